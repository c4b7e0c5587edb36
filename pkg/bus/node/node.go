// Package node is the embedded NATS server: one process, one folder, no port unless asked for. Where it has no port,
// other programs of the same user reach it by a socket in its folder ([Reach]). Several of them make a cluster on one
// machine, for trials of what happens when one dies; a deployment has its own.
package node

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
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

// MaxPayload is the largest message in bytes.
const MaxPayload = 8 << 20

// drainTime is over how long a draining server sends its clients away.
const drainTime = 2 * time.Second

// Node is a running server.
type Node struct {
	server *server.Server
	lock   *os.File
	door   *door // nil where it has a port
}

// ErrInUse is returned where another process holds the folder.
var ErrInUse = errors.New("another process is using it")

// Start starts a server and waits until it can be used, 30 seconds at most.
func Start(o Options) (*Node, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	lock, err := flock(filepath.Join(o.Dir, "lock"))
	if err != nil {
		return nil, fmt.Errorf("data folder %s: %w", o.Dir, err)
	}
	port := o.Port
	if o.Listen && port == 0 {
		port = server.RANDOM_PORT
	}
	options := &server.Options{
		ServerName: "puente", Host: "127.0.0.1", Port: port, DontListen: port == 0, NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: o.Dir, SyncAlways: o.SyncAlways, MaxPayload: MaxPayload,
		// the streams' own limits bound the store: a reservation must not fail for want of a number here
		JetStreamMaxStore: 1 << 46, JetStreamMaxMemory: 1 << 30,
		LameDuckDuration: drainTime, LameDuckGracePeriod: drainTime / 4,
	}
	if o.Cluster != nil {
		o.Cluster.apply(options)
	}
	s, err := server.NewServer(options)
	if err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("embedded nats: %w", err)
	}
	s.Start()
	n := &Node{server: s, lock: lock}
	if !s.ReadyForConnections(30 * time.Second) {
		n.Stop()
		return nil, errors.New("embedded nats: not ready after 30 s")
	}
	if port == 0 {
		n.door = openDoor(o.Dir, s)
	}
	return n, nil
}

// InProcess connects without a port.
func (n *Node) InProcess() nats.Option { return nats.InProcessServer(n.server) }

// URL is where other processes connect; "" where it does not listen.
func (n *Node) URL() string {
	if n.server.Addr() == nil {
		return ""
	}
	return n.server.ClientURL()
}

// Ready says what is missing before the server can be used: in a cluster, a leader and what it has to catch up with.
func (n *Node) Ready() error {
	if h := n.server.Healthz(&server.HealthzOptions{}); h.Status != "ok" {
		return fmt.Errorf("nats: %s %s", h.Status, h.Error)
	}
	return nil
}

// Drain hands what it leads to the others, sends its clients away one by one, and stops.
func (n *Node) Drain() {
	n.server.LameDuckShutdown()
	n.Stop()
}

// Stop writes everything to the disk and ends the server.
func (n *Node) Stop() {
	n.door.close()
	n.server.Shutdown()
	n.server.WaitForShutdown()
	_ = n.lock.Close()
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
