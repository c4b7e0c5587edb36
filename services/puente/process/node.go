package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/bus/node"
	"github.com/bonychat/puente/pkg/service"
)

// runNode is a NATS server of its own process, for trials of several on one machine. SIGTERM drains one of a cluster.
func runNode(args []string, stderr io.Writer) error {
	f := flags("node", stderr)
	dir := f.String("dir", "", "folder of the store")
	port := f.Int("port", 4222, "loopback port for clients")
	internal := f.String("internal", "127.0.0.1:8222", "address of /readyz")
	name := f.String("name", "puente", "the server's name in its cluster")
	cluster := f.Int("cluster", 0, "loopback port for the other servers; 0 for a server alone")
	peers := f.String("peers", "", "cluster ports of all servers, with commas between them")
	sync := f.String("sync", "", "always or interval; default: always for a server alone")
	if err := parse(f, args); err != nil {
		return err
	}
	if *dir == "" {
		return errors.New("node: -dir is required")
	}
	// one alone is all there is of a message; three keep it three times
	o := node.Options{Dir: *dir, Port: *port, SyncAlways: *cluster == 0 && *sync == "" || *sync == "always"}
	if *sync != "" && *sync != "always" && *sync != "interval" {
		return fmt.Errorf("node: -sync: %q is neither always nor interval", *sync)
	}
	if *cluster != 0 {
		o.Cluster = &node.Cluster{Name: *name, Port: *cluster}
		for _, p := range strings.Split(*peers, ",") {
			n, err := strconv.Atoi(p)
			if err != nil {
				return fmt.Errorf("node: -peers: %q is not a port", p)
			}
			o.Cluster.Peers = append(o.Cluster.Peers, n)
		}
	}
	ctx, stop := service.Signals()
	defer stop()
	defer service.Overdue(ctx, func() time.Duration { return service.EndWithin })()
	health, err := service.ListenInternal(*internal)
	if err != nil {
		return err
	}
	defer health.Close()
	o.Log = slog.New(slog.NewTextHandler(stderr, nil))
	n, err := node.Start(o)
	if err != nil {
		return err
	}
	end := n.Stop
	if o.Cluster != nil {
		end = n.Drain
	}
	defer end()
	ready := service.NewHealth()
	ready.Add("nats", func(context.Context) error { return n.Ready() })
	return service.ServeHTTP(ctx, health, ready)
}
