package e2e_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/bonychat/puente/services/egress/telegram/telegramtest"
)

// prepareBridge is a bridge that does not run yet, with a data folder that a test may put something in the place of.
func prepareBridge(t *testing.T) (br *bridge, data string) {
	t.Helper()
	br = &bridge{a: telegramtest.NewServer(botA), b: telegramtest.NewServer(botB)}
	t.Cleanup(br.a.Close)
	t.Cleanup(br.b.Close)
	br.platform = newPlatform(t, map[string]string{"A": tokenA, "B": tokenB})
	br.program = &program{t: t, dir: t.TempDir(), url: "http://" + freePort(t), internal: "http://" + freePort(t)}
	br.configure(br.channels(botA))
	data = filepath.Join(br.dir, "data")
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	return br, data
}

// readiness is what /readyz says.
func (br *bridge) readiness() (ready bool, text string) {
	client := http.Client{Timeout: 10 * time.Second}
	resp, err := client.Get(br.internal + "/readyz")
	if err != nil {
		return false, err.Error()
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode == http.StatusOK, string(body)
}

// book is what the bridge took in a test: it has to arrive, once.
type book struct {
	br    *bridge
	taken []string
	next  int
}

// write sends one more message and notes it where it is taken.
func (k *book) write() bool {
	k.next++
	body := fmt.Sprintf("%s %d", marker, k.next)
	if k.br.send("Bearer "+tokenA, text("A", 1, body)).status != http.StatusOK {
		return false
	}
	k.taken = append(k.taken, body)
	return true
}

// arrived waits until all of it is at the network, and says what is lost or doubled.
func (k *book) arrived(t *testing.T) {
	t.Helper()
	counts := func() map[string]int {
		found := map[string]int{}
		for _, m := range k.br.a.Messages(1) {
			found[m.Text]++
		}
		return found
	}
	eventually(t, "all that was taken arrives", func() bool {
		found := counts()
		for _, body := range k.taken {
			if found[body] == 0 {
				return false
			}
		}
		return true
	})
	for body, n := range counts() {
		if n != 1 {
			t.Errorf("%q arrived %d times", body, n)
		}
	}
}

// A disk that is full for a moment stops the bridge for that moment, and it says why: then it goes on by itself.
func TestADiskThatIsFullForAMoment(t *testing.T) {
	t.Parallel()
	br, data := prepareBridge(t)
	if err := syscall.Mount("tmpfs", data, "tmpfs", 0, "size=96m"); err != nil {
		t.Skipf("a small disk needs the right to mount one: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(data, syscall.MNT_DETACH) })
	br.run()
	br.a.Register(telegramtest.Webhook{URL: br.url + "/webhooks/telegram/A", SecretToken: secretA})
	t.Cleanup(func() { br.scanLogs(t) })
	k := &book{br: br}
	for range 10 {
		k.write()
	}
	filler, err := os.Create(filepath.Join(data, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	for chunk := make([]byte, 4096); err == nil; {
		_, err = filler.Write(chunk)
	}
	_ = filler.Close()
	var why string
	eventually(t, "it says that it cannot go on", func() bool {
		k.write()
		ready, text := br.readiness()
		why = text
		return !ready && strings.Contains(text, "no space left")
	})
	if !strings.Contains(why, `"nats"`) {
		t.Errorf("readiness does not name the broker: %s", why)
	}
	if err := os.Remove(filler.Name()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is ready again", func() bool { ready, _ := br.readiness(); return ready })
	eventually(t, "it takes messages again", k.write)
	k.arrived(t)
	if len(br.runs) != 1 || !strings.Contains(br.log(), "has started again") {
		t.Error("the broker was not started again in the same process")
	}
}

// descriptors sets how many descriptors a running process may have.
func descriptors(t *testing.T, pid int, n uint64) {
	t.Helper()
	limit := syscall.Rlimit{Cur: n, Max: 4096}
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(pid), syscall.RLIMIT_NOFILE, uintptr(unsafe.Pointer(&limit)), 0, 0, 0); errno != 0 {
		t.Skipf("the limits of another process cannot be set: %v", errno)
	}
}

// launchWith runs the program with as many descriptors at most.
func (p *program) launchWith(n int) {
	p.t.Helper()
	run := launchProcess(p.t, "/bin/sh", p.internal, "-c", fmt.Sprintf(`ulimit -n %d && exec "$0" "$@"`, n), binary, "up", "-f", filepath.Join(p.dir, "puente.yaml"))
	p.runs = append(p.runs, run)
	run.ready("the program")
}

// A process that finds no descriptors for a moment, for whatever reason, goes on afterwards without a restart.
func TestNoDescriptorsForAMoment(t *testing.T) {
	t.Parallel()
	br, _ := prepareBridge(t)
	const enough = 1000 // below what these tests may have themselves
	br.launchWith(enough)
	br.a.Register(telegramtest.Webhook{URL: br.url + "/webhooks/telegram/A", SecretToken: secretA})
	t.Cleanup(func() { br.scanLogs(t) })
	k := &book{br: br}
	for range 10 {
		k.write()
	}
	pid := br.runs[0].cmd.Process.Pid
	descriptors(t, pid, 8) // nothing new can be opened: neither a file nor a connection
	for range 20 {
		k.write()
	}
	descriptors(t, pid, enough)
	eventually(t, "it is ready again", func() bool { ready, _ := br.readiness(); return ready })
	eventually(t, "it takes messages again", k.write)
	k.arrived(t)
	if len(br.runs) != 1 {
		t.Error("it was started again")
	}
}

// Strangers who keep connections open take no descriptor from the store, and shut nobody out.
func TestStrangersCannotUseUpTheDescriptors(t *testing.T) {
	t.Parallel()
	br, _ := prepareBridge(t)
	br.launchWith(256)
	br.a.Register(telegramtest.Webhook{URL: br.url + "/webhooks/telegram/A", SecretToken: secretA})
	t.Cleanup(func() { br.scanLogs(t) })
	for i := range 600 {
		address := br.url
		if i%3 == 0 {
			address = br.internal
		}
		c, err := net.Dial("tcp", strings.TrimPrefix(address, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		if i%2 == 0 { // these are idle, the others say nothing at all
			_, _ = io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
		}
	}
	k := &book{br: br}
	for range 20 {
		eventually(t, "a message is taken in spite of them", k.write)
	}
	eventually(t, "health is told in spite of them", func() bool { ready, _ := br.readiness(); return ready })
	k.arrived(t)
	if log := br.log(); strings.Contains(log, "too many open files") || strings.Contains(log, "has started again") {
		t.Error("the store was short of descriptors")
	}
}
