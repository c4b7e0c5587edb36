package foreigntest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"
)

// Process is a program that runs.
type Process struct {
	// Log is what it wrote. It is read after Stop.
	Log  bytes.Buffer
	cmd  *exec.Cmd
	done chan error
}

// stopWithin is how long a program that is told to end may take: then it is killed.
const stopWithin = 10 * time.Second

// Start starts a program and returns when it answers a GET of ready with 200. Where it does not before the context ends,
// it is stopped. Its output goes to [Process.Log].
func Start(ctx context.Context, cmd *exec.Cmd, ready string) (*Process, error) {
	p := &Process{cmd: cmd, done: make(chan error, 1)}
	cmd.Stdout, cmd.Stderr = &p.Log, &p.Log
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	go func() { p.done <- cmd.Wait() }()
	return p, p.await(ctx, ready)
}

// await waits until it answers.
func (p *Process) await(ctx context.Context, ready string) error {
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, ready, nil)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case err := <-p.done:
			p.done <- err
			return fmt.Errorf("%s ended: %w\n%s", p.cmd.Path, err, p.Log.String())
		case <-ctx.Done():
			p.Stop()
			return errors.Join(ctx.Err(), fmt.Errorf("%s does not answer\n%s", p.cmd.Path, p.Log.String()))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Stop ends it. It must be called once.
func (p *Process) Stop() {
	_ = p.cmd.Process.Signal(os.Interrupt)
	select {
	case <-p.done:
	case <-time.After(stopWithin):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

// FreeAddress is a loopback address that nobody listens on.
func FreeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
