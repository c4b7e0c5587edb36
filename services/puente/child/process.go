package child

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/bonychat/puente/pkg/version"
)

// Process is a child that is started again and again under the same name and on the same ports.
type Process struct {
	Name   string // such as egress-phone-1
	Args   []string
	Ready  string // URL that answers 200
	Folder string // of its log
	// Within is how long it may take until it is ready; default [StartTime].
	Within time.Duration
	// Env is the environment of a run, by its name; nil for that of this program.
	Env func(run string) []string

	mu   sync.Mutex
	runs int
	cmd  *exec.Cmd
	done chan struct{} // closed when this run has ended
}

// Times of a child.
const (
	StartTime = 2 * time.Minute // until it is ready
	endTime   = 2 * time.Minute // after SIGTERM: longer than stop.grace
)

// Run is the name of the current run: each start is a process of its own.
func (p *Process) Run() (name string, pid int, done chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return "", 0, nil
	}
	return fmt.Sprintf("%s#%d", p.Name, p.runs), p.cmd.Process.Pid, p.done
}

// Start starts it; it dies with this program.
func (p *Process) Start(program string) error {
	log, err := os.OpenFile(p.Folder+"/"+p.Name+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.runs++
	fmt.Fprintf(log, "== run %d\n", p.runs)
	p.cmd, p.done = exec.Command(program, p.Args...), make(chan struct{})
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.SysProcAttr = attributes()
	if p.Env != nil {
		p.cmd.Env = p.Env(fmt.Sprintf("%s#%d", p.Name, p.runs))
	}
	if err := p.cmd.Start(); err != nil {
		p.cmd = nil
		return fmt.Errorf("start %s: %w", p.Name, err)
	}
	go func(cmd *exec.Cmd, done chan struct{}) { _ = cmd.Wait(); close(done) }(p.cmd, p.done)
	return nil
}

// Await waits until the child says that it is ready.
func (p *Process) Await(ctx context.Context) error {
	within := p.Within
	if within == 0 {
		within = StartTime
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	name, _, done := p.Run()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.Ready, nil)
		if err != nil {
			return err
		}
		req.Header.Set("User-Agent", version.UserAgent())
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-done:
			return fmt.Errorf("%s ended by itself: %s", name, p.last())
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready: %w", name, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Said says that a text is in its log, of any of its runs.
func (p *Process) Said(text string) bool {
	log, _ := os.ReadFile(p.Folder + "/" + p.Name + ".log")
	return bytes.Contains(log, []byte(text))
}

// last is the end of its log.
func (p *Process) last() string {
	log, _ := os.ReadFile(p.Folder + "/" + p.Name + ".log")
	return string(log[max(0, len(log)-600):])
}

// Signal sends one; it does not wait.
func (p *Process) Signal(s syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil {
		_ = p.cmd.Process.Signal(s)
	}
}

// Freeze stops it and waits until it has come to a stop, a second at most.
func (p *Process) Freeze() {
	_, pid, done := p.Run()
	if done == nil {
		return
	}
	p.Signal(syscall.SIGSTOP)
	for range 1000 {
		if stopped(pid) {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// Kill ends it at once.
func (p *Process) Kill() {
	_, _, done := p.Run()
	if done == nil {
		return
	}
	p.Signal(syscall.SIGKILL)
	<-done
}

// End lets it finish, and says what was wrong with that.
func (p *Process) End() error {
	name, _, done := p.Run()
	if done == nil {
		return nil
	}
	p.Signal(syscall.SIGTERM)
	select {
	case <-done:
	case <-time.After(endTime):
		p.Kill()
		return fmt.Errorf("%s did not end within %s of SIGTERM", name, endTime)
	}
	if !p.cmd.ProcessState.Success() {
		return errors.New(name + " ended with " + p.cmd.ProcessState.String() + " after SIGTERM")
	}
	return nil
}
