// Package e2e_test starts the real program as a child process, with stand-ins for both far ends on loopback, and does
// to it what the world does: forged calls, floods, outages, SIGKILL.
package e2e_test

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var binary string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "puente-e2e-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "puente")
		if out, err := exec.Command("go", "build", "-o", binary, "github.com/bonychat/puente/services/puente").CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// program is the gateway as a child process that can be killed and started again on the same data and ports.
type program struct {
	t        *testing.T
	dir      string
	url      string // public side
	internal string

	mu   sync.Mutex
	cmd  *exec.Cmd
	done chan struct{} // closed when the process has ended
	logs bytes.Buffer
}

// start writes the file and runs the program on it. The configuration's listen, internal, data and log are added.
func start(t *testing.T, channels string) *program {
	t.Helper()
	p := &program{t: t, dir: t.TempDir()}
	p.url, p.internal = "http://"+freePort(t), "http://"+freePort(t)
	p.configure(channels)
	p.run()
	t.Cleanup(func() { p.signal(syscall.SIGKILL) })
	return p
}

func (p *program) configure(channels string) {
	p.t.Helper()
	file := fmt.Sprintf("listen: %s\ninternal: %s\npublic_url: %s\ndata: data\nlog: {level: debug, format: json}\nallow_addresses: [127.0.0.0/8]\nchannels:\n%s",
		strings.TrimPrefix(p.url, "http://"), strings.TrimPrefix(p.internal, "http://"), p.url, channels)
	if err := os.WriteFile(filepath.Join(p.dir, "puente.yaml"), []byte(file), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// run starts the process and waits until it is ready.
func (p *program) run() {
	p.t.Helper()
	cmd := exec.Command(binary, "up", "-f", filepath.Join(p.dir, "puente.yaml"))
	cmd.Stdout, cmd.Stderr = p, p
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { _ = cmd.Wait(); close(done) }()
	p.mu.Lock()
	p.cmd, p.done = cmd, done
	p.mu.Unlock()
	eventually(p.t, 30*time.Second, "the program is ready", func() bool {
		select {
		case <-done:
			p.t.Fatalf("the program ended: %s", p.log())
		default:
		}
		resp, err := http.Get(p.internal + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// signal sends a signal and waits for the end; it returns the exit status, -1 where a signal ended it.
func (p *program) signal(s syscall.Signal) int {
	p.mu.Lock()
	cmd, done := p.cmd, p.done
	p.mu.Unlock()
	_ = cmd.Process.Signal(s)
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		p.t.Errorf("still there 20 s after %s", s)
		_ = cmd.Process.Kill()
		<-done
	}
	return cmd.ProcessState.ExitCode()
}

// Write keeps what the program logs.
func (p *program) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.logs.Write(b)
}

func (p *program) log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.logs.String()
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// eventually polls: the condition is of another process.
func eventually(t *testing.T, within time.Duration, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(within); !ok(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", within, what)
		}
	}
}
