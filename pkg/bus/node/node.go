// Package node is the embedded NATS server: one process, one folder, no port unless asked for. Where it has no port,
// other programs of the same user reach it by a socket in its folder ([Reach]). Several of them make a cluster on one
// machine, for trials of what happens when one dies; a deployment has its own.
package node

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/bonychat/puente/pkg/topology"
)

// Options of [Start].
type Options struct {
	// Dir is where the store is kept; it is made where it is missing.
	Dir string
	// SyncAlways has every write on the disk before it is acknowledged: what was answered 200 survives a power cut.
	// Off, the disk is up to two minutes behind.
	SyncAlways bool
	// Listen opens a loopback port that the system chooses, for services in other processes.
	Listen bool
	// Port is the loopback port for services in other processes; over 0 it goes before Listen.
	Port int
	// Cluster makes the server one of several; nil for one alone.
	Cluster *Cluster
	// Log takes the server's warnings and errors, and at the level debug what else it tells; nil for nobody.
	Log *slog.Logger
}

// Cluster is how a server meets the others.
type Cluster struct {
	// Name is the server's own, different from the others' and the same at each start.
	Name string
	// Port is the loopback port where the others reach it.
	Port int
	// Peers are the ports of all of them; its own may be among them.
	Peers []int
}

// drainTime is over how long a draining server sends its clients away.
const drainTime = 2 * time.Second

// Node is a running server. After a write error of its store it starts the server again by itself, as soon as its folder
// can be written to.
type Node struct {
	options  Options
	lock     *os.File
	door     *door // nil where it has a port
	alarm    chan struct{}
	stopping chan struct{}
	stop     sync.Once
	attended chan struct{} // closed when nobody watches the server any more

	mu     sync.Mutex
	port   int            // 0 where it does not listen
	server *server.Server // nil while it is started again
	broken string         // why the store takes nothing, "" while it does
}

// ErrInUse is returned where another process holds the folder.
var ErrInUse = errors.New("another process is using it")

// startWithin bounds the start of a server, which reads its whole store where it was killed.
const startWithin = 30 * time.Second

// Start starts a server and waits until it can be used, 30 seconds at most.
func Start(o Options) (*Node, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	lock, err := flock(filepath.Join(o.Dir, "lock"))
	if err != nil {
		return nil, fmt.Errorf("data folder %s: %w", o.Dir, err)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	n := &Node{
		options: o, lock: lock, port: o.Port, alarm: make(chan struct{}, 1), stopping: make(chan struct{}), attended: make(chan struct{}),
	}
	if o.Listen && n.port == 0 {
		n.port = server.RANDOM_PORT
	}
	if err := n.start(); err != nil {
		_ = lock.Close()
		return nil, err
	}
	if n.port == 0 {
		n.door = openDoor(o.Dir, n)
	}
	go func() {
		defer close(n.attended)
		n.attend()
	}()
	return n, nil
}

// start starts the server, the first time or again.
func (n *Node) start() error {
	port := n.port
	options := &server.Options{
		ServerName: "puente", Host: "127.0.0.1", Port: port, DontListen: port == 0, NoSigs: true,
		JetStream: true, StoreDir: n.options.Dir, SyncAlways: n.options.SyncAlways, MaxPayload: topology.MaxPayload,
		// the streams' own limits bound the store: a reservation must not fail for want of a number here
		JetStreamMaxStore: 1 << 46, JetStreamMaxMemory: 1 << 30,
		LameDuckDuration: drainTime, LameDuckGracePeriod: drainTime / 4,
	}
	if n.options.Cluster != nil {
		n.options.Cluster.apply(options)
	}
	s, err := server.NewServer(options)
	if err != nil {
		return fmt.Errorf("embedded nats: %w", err)
	}
	v := &voice{log: n.options.Log, broken: n.broke}
	s.SetLoggerV2(v, false, false, false)
	s.Start()
	for began := time.Now(); !s.ReadyForConnections(100 * time.Millisecond); {
		why := v.failure()
		if why == "" && time.Since(began) > startWithin {
			why = fmt.Sprintf("not ready after %s", startWithin)
		}
		if why != "" || n.isStopping() {
			s.Shutdown()
			s.WaitForShutdown()
			return fmt.Errorf("embedded nats: %s", why)
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.server = s
	if a, ok := s.Addr().(*net.TCPAddr); ok {
		n.port = a.Port // the same one after the next start
	}
	return nil
}

// running is the server, nil while it is started again.
func (n *Node) running() *server.Server {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.server
}

func (n *Node) isStopping() bool {
	select {
	case <-n.stopping:
		return true
	default:
		return false
	}
}

// InProcess connects without a port.
func (n *Node) InProcess() nats.Option { return nats.InProcessServer(n) }

// InProcessConn implements the client's way to a server without a port: to the one that runs now.
func (n *Node) InProcessConn() (net.Conn, error) {
	s := n.running()
	if s == nil {
		return nil, errDown
	}
	return s.InProcessConn()
}

// URL is where other processes connect; "" where it does not listen.
func (n *Node) URL() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.port == 0 {
		return ""
	}
	return "nats://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(n.port))
}

// Ready says what is missing before the server can be used: a store that can be written to, every stream of it; in a
// cluster, a leader and what it has to catch up with.
func (n *Node) Ready() error {
	if why := n.brokenBy(); why != "" {
		return fmt.Errorf("the store takes nothing: %s", why)
	}
	s := n.running()
	if s == nil {
		return errDown
	}
	if h := s.Healthz(&server.HealthzOptions{}); h.Status != "ok" {
		return fmt.Errorf("nats: %s %s", h.Status, h.Error)
	}
	return nil
}

// Drain hands what it leads to the others, sends its clients away one by one, and stops.
func (n *Node) Drain() {
	n.unattend()
	if s := n.running(); s != nil {
		s.LameDuckShutdown()
	}
	n.Stop()
}

// Stop writes everything to the disk and ends the server.
func (n *Node) Stop() {
	n.unattend()
	n.door.close()
	if s := n.running(); s != nil {
		s.Shutdown()
		s.WaitForShutdown()
	}
	_ = n.lock.Close()
}

// unattend ends what starts the server again.
func (n *Node) unattend() {
	n.stop.Do(func() { close(n.stopping) })
	<-n.attended
}

func (c *Cluster) apply(o *server.Options) {
	o.ServerName = c.Name
	o.Cluster = server.ClusterOpts{Name: "puente", Host: "127.0.0.1", Port: c.Port}
	for _, port := range c.Peers {
		o.Routes = append(o.Routes, &url.URL{Scheme: "nats", Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port))})
	}
}

func flock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, ErrInUse
	}
	return f, nil
}
