package process

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/bonychat/puente/pkg/bus/node"
	"github.com/bonychat/puente/pkg/service"
)

// NodeOptions of [Node].
type NodeOptions struct {
	Dir      string // folder of the store
	Port     int    // loopback port for clients
	Internal string // address of /readyz
	Name     string // the server's in its cluster
	Cluster  int    // loopback port for the other servers; 0 for a server alone
	Peers    []int  // cluster ports of all servers
	Sync     string // Always or Interval; "" is Always for a server alone
}

// When a broker syncs its writes.
const (
	Always   = "always"
	Interval = "interval"
)

// Node is a NATS server in a process of its own, for trials of several on one machine, until the context ends. One of a
// cluster is drained then. Its log goes to stderr.
func Node(ctx context.Context, o NodeOptions, stderr io.Writer) error {
	defer service.Overdue(ctx, func() time.Duration { return service.EndWithin })()
	health, err := service.ListenInternal(o.Internal)
	if err != nil {
		return err
	}
	defer health.Close()
	server := node.Options{
		Dir: o.Dir, Port: o.Port, Log: slog.New(slog.NewTextHandler(stderr, nil)),
		SyncAlways: o.Cluster == 0 && o.Sync == "" || o.Sync == Always, // one alone is all there is of a message; three keep it three times
	}
	if o.Cluster != 0 {
		server.Cluster = &node.Cluster{Name: o.Name, Port: o.Cluster, Peers: o.Peers}
	}
	n, err := node.Start(server)
	if err != nil {
		return err
	}
	defer func() {
		if o.Cluster != 0 {
			n.Drain()
			return
		}
		n.Stop()
	}()
	ready := service.NewHealth()
	ready.Add("nats", func(context.Context) error { return n.Ready() })
	return service.ServeHTTP(ctx, health, ready)
}
