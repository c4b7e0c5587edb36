package ledger

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// process is a child that is started again and again under the same name and on the same ports.
type process struct {
	name   string // such as egress-phone-1
	args   []string
	ready  string // URL that answers 200
	folder string // of its log

	mu   sync.Mutex
	runs int
	cmd  *exec.Cmd
	done chan struct{} // closed when this run has ended
}

// Times of a child.
const (
	startTime = 2 * time.Minute // until it is ready
	endTime   = time.Minute     // after SIGTERM; the bridge itself wants ten seconds at most
)

// run is the name of the current run: each start is a process of its own.
func (p *process) run() (name string, pid int, done chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return "", 0, nil
	}
	return fmt.Sprintf("%s#%d", p.name, p.runs), p.cmd.Process.Pid, p.done
}

// start starts it; it dies with this program.
func (p *process) start(f *fleet) error {
	log, err := os.OpenFile(p.folder+"/"+p.name+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.runs++
	fmt.Fprintf(log, "== run %d\n", p.runs)
	p.cmd, p.done = exec.Command(f.program, p.args...), make(chan struct{})
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.SysProcAttr = child()
	p.cmd.Env = asProxy(os.Environ(), f.far, fmt.Sprintf("%s#%d", p.name, p.runs))
	if err := p.cmd.Start(); err != nil {
		p.cmd = nil
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	go func(cmd *exec.Cmd, done chan struct{}) { _ = cmd.Wait(); close(done) }(p.cmd, p.done)
	return nil
}

// await waits until the child says that it is ready.
func (p *process) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	name, _, done := p.run()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.ready, nil)
		if err != nil {
			return err
		}
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

// last is the end of its log.
func (p *process) last() string {
	log, _ := os.ReadFile(p.folder + "/" + p.name + ".log")
	return string(log[max(0, len(log)-600):])
}

// signal sends one; it does not wait.
func (p *process) signal(s syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil {
		_ = p.cmd.Process.Signal(s)
	}
}

// freeze stops it and waits until it has come to a stop, a second at most.
func (p *process) freeze() {
	_, pid, done := p.run()
	if done == nil {
		return
	}
	p.signal(syscall.SIGSTOP)
	for range 1000 {
		if stopped(pid) {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// kill ends it at once.
func (p *process) kill() {
	_, _, done := p.run()
	if done == nil {
		return
	}
	p.signal(syscall.SIGKILL)
	<-done
}

// end lets it finish, and says what was wrong with that.
func (p *process) end() error {
	name, _, done := p.run()
	if done == nil {
		return nil
	}
	p.signal(syscall.SIGTERM)
	select {
	case <-done:
	case <-time.After(endTime):
		p.kill()
		return fmt.Errorf("%s did not end within %s of SIGTERM", name, endTime)
	}
	if !p.cmd.ProcessState.Success() {
		return errors.New(name + " ended with " + p.cmd.ProcessState.String() + " after SIGTERM")
	}
	return nil
}
