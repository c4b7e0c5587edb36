// Package node is the embedded NATS server: one process, one folder, no port unless asked for.
package node

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
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
}

// MaxPayload is the largest message in bytes.
const MaxPayload = 8 << 20

// Node is a running server.
type Node struct {
	server *server.Server
	lock   *os.File
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
	port := 0
	if o.Listen {
		port = server.RANDOM_PORT
	}
	s, err := server.NewServer(&server.Options{
		ServerName: "puente", Host: "127.0.0.1", Port: port, DontListen: !o.Listen, NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: o.Dir, SyncAlways: o.SyncAlways, MaxPayload: MaxPayload,
		// the streams' own limits bound the store: a reservation must not fail for want of a number here
		JetStreamMaxStore: 1 << 46, JetStreamMaxMemory: 1 << 30,
	})
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

// Stop writes everything to the disk and ends the server.
func (n *Node) Stop() {
	n.server.Shutdown()
	n.server.WaitForShutdown()
	_ = n.lock.Close()
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
