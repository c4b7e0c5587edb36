package node

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/nats-io/nats.go"
)

// door is how other programs of the same user reach a server without a port: a socket in its folder, which only they
// can open. It hands each caller to the server as if it were in the process. It needs no password: whoever may open the
// folder may read the store anyway.
type door struct {
	listener net.Listener
	node     *Node
	wg       sync.WaitGroup

	mu     sync.Mutex
	open   map[net.Conn]struct{}
	closed bool
}

// doorPath is where the socket is.
func doorPath(dir string) string { return filepath.Join(dir, "socket") }

// acceptPause is after what keeps a caller from being heard.
const acceptPause = 100 * time.Millisecond

// longestPath is how long the path of a socket may be, in bytes, wherever this runs.
const longestPath = 100

// openDoor opens the door of a server whose folder nobody else has. Where there can be no socket (a path that is too
// long, a file system that has none) there is no door: the server goes before.
func openDoor(dir string, n *Node) *door {
	path := doorPath(dir)
	if len(path) > longestPath {
		return nil
	}
	_ = os.Remove(path) // of a process that was killed
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil
	}
	if err := os.Chmod(path, 0o600); err != nil {
		_ = l.Close()
		return nil
	}
	d := &door{listener: l, node: n, open: map[net.Conn]struct{}{}}
	d.wg.Go(d.accept)
	return d
}

func (d *door) accept() {
	for {
		outer, err := d.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // too few descriptors, for now
			time.Sleep(acceptPause)
			continue
		}
		inner, err := d.node.InProcessConn()
		if err != nil {
			_ = outer.Close()
			continue
		}
		if !d.keep(outer) {
			_, _ = outer.Close(), inner.Close()
			continue
		}
		d.wg.Go(func() { d.join(outer, inner) })
	}
}

// keep notes a caller, unless the door is closed.
func (d *door) keep(c net.Conn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return false
	}
	d.open[c] = struct{}{}
	return true
}

// join passes everything on, both ways, until one side has ended.
func (d *door) join(outer, inner net.Conn) {
	var wg sync.WaitGroup
	for _, way := range [][2]net.Conn{{outer, inner}, {inner, outer}} {
		wg.Go(func() {
			_, _ = io.Copy(way[0], way[1])
			_ = outer.Close()
			_ = inner.Close()
		})
	}
	wg.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.open, outer)
}

// close shuts the door and sends the callers away.
func (d *door) close() {
	if d == nil {
		return
	}
	_ = d.listener.Close()
	d.mu.Lock()
	d.closed = true
	for c := range d.open {
		_ = c.Close()
	}
	d.mu.Unlock()
	d.wg.Wait()
}

// ErrNotRunning is returned where no process works on the folder.
var ErrNotRunning = errors.New("no process is running on it")

// Reach finds the server that another process of this user runs on a folder, to be connected to by its socket. It has to be
// running now: else the error is [ErrNotRunning].
func Reach(dir string) (Remote, error) {
	r := Remote(doorPath(dir))
	if len(r) > longestPath {
		return "", fmt.Errorf("the path %s is too long for a socket: it has %d bytes, %d are allowed", string(r), len(r), longestPath)
	}
	c, err := r.InProcessConn()
	if err != nil {
		return "", err
	}
	_ = c.Close()
	return r, nil
}

// Remote is the path of the socket of a server that runs in another process.
type Remote string

// InProcess is how to connect to it.
func (r Remote) InProcess() nats.Option { return nats.InProcessServer(r) }

// InProcessConn implements the client's way to a server without a port.
func (r Remote) InProcessConn() (net.Conn, error) {
	c, err := net.Dial("unix", string(r))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, ErrNotRunning
	}
	return c, err
}
