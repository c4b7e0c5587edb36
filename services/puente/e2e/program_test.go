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
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

var (
	binary     string
	buildFlags []string
)

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "puente-e2e-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "puente")
		if out, err := exec.Command("go", append(append([]string{"build"}, buildFlags...), "-o", binary, "github.com/bonychat/puente/services/puente")...).CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// process is a child process.
type process struct {
	t        *testing.T
	internal string
	cmd      *exec.Cmd
	done     chan struct{} // closed when it has ended

	mu   sync.Mutex
	logs bytes.Buffer
}

func launchProcess(t *testing.T, path, internal string, args ...string) *process {
	t.Helper()
	p := &process{t: t, internal: internal, cmd: exec.Command(path, args...), done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = p, p
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = p.cmd.Wait(); close(p.done) }()
	t.Cleanup(func() { p.stop(syscall.SIGKILL) })
	return p
}

// ready waits until the process says so.
func (p *process) ready(name string) {
	p.t.Helper()
	eventually(p.t, name+" is ready", func() bool {
		select {
		case <-p.done:
			p.t.Fatalf("%s ended: %s", name, p.log())
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

// stop sends a signal and waits for the end; it returns the exit status, -1 where a signal ended it.
func (p *process) stop(s syscall.Signal) int {
	_ = p.cmd.Process.Signal(s)
	select {
	case <-p.done:
	case <-time.After(15 * time.Second):
		p.t.Errorf("still there 15 s after %s", s)
		_ = p.cmd.Process.Kill()
		<-p.done
	}
	return p.cmd.ProcessState.ExitCode()
}

// Write keeps what the process logs.
func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.logs.Write(b)
}

func (p *process) log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.logs.String()
}

// program is the gateway as a child process that can be killed and started again on the same data and ports.
type program struct {
	t        *testing.T
	dir      string
	url      string // public side
	internal string
	runs     []*process
}

// start writes the file and runs the program on it. The configuration's listen, internal, data and log are added.
func start(t *testing.T, channels string) *program {
	t.Helper()
	p := &program{t: t, dir: t.TempDir()}
	p.url, p.internal = "http://"+freePort(t), "http://"+freePort(t)
	p.configure(channels)
	p.run()
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
	run := launchProcess(p.t, binary, p.internal, "up", "-f", filepath.Join(p.dir, "puente.yaml"))
	p.runs = append(p.runs, run)
	run.ready("the program")
}

func (p *program) signal(s syscall.Signal) int { return p.runs[len(p.runs)-1].stop(s) }

// log is what all runs logged.
func (p *program) log() string {
	var all strings.Builder
	for _, run := range p.runs {
		all.WriteString(run.log())
	}
	return all.String()
}

// nextPort is the port to try next: below those that the system gives to outgoing connections, and another for every
// test, since a program that was killed must find its port again.
var nextPort atomic.Int32

func freePort(t *testing.T) string {
	t.Helper()
	for range 1000 {
		address := fmt.Sprintf("127.0.0.1:%d", 10000+(int32(os.Getpid())+nextPort.Add(1))%9000)
		if l, err := net.Listen("tcp", address); err == nil {
			_ = l.Close()
			return address
		}
	}
	t.Fatal("no free port")
	return ""
}

// hangs is how long a test waits for something before it says that it will not come. It is no measure: a machine may be slow.
const hangs = 2 * time.Minute

// eventually polls: the condition is of another process.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(hangs); !ok(); <-tick.C {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", hangs, what)
		}
	}
}
