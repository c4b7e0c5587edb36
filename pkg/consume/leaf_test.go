package consume_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/provision"
)

// TestThroughALeafNode: a service may reach the broker by a leaf node near it, which stores nothing: a process of it makes
// the streams, publishes, owns partitions, works on them and takes out what is finished. The hub has a domain, by which
// JetStream is asked (nats.api_prefix): without one a leaf passes no request of JetStream on.
func TestThroughALeafNode(t *testing.T) {
	t.Parallel()
	hub := startServer(t, &server.Options{
		// by itself it would take three quarters of what the disk has free, and the streams need room for 20 GB
		JetStream: true, JetStreamMaxStore: 40 << 30, JetStreamDomain: "hub", StoreDir: t.TempDir(), ServerName: "hub",
		LeafNode: server.LeafNodeOpts{Host: "127.0.0.1", Port: -1},
	})
	leaf := startServer(t, &server.Options{ServerName: "leaf", LeafNode: server.LeafNodeOpts{
		Remotes: []*server.RemoteLeafOpts{{URLs: []*url.URL{{Scheme: "nats-leaf", Host: fmt.Sprintf("127.0.0.1:%d", leafPort(t, hub))}}}},
	}})
	connect := func(service string) *bus.Bus {
		b, err := bus.Connect(leaf.ClientURL(), bus.Options{Name: service, Access: bus.Access{APIPrefix: "$JS.hub.API"}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { b.Close(t.Context()) })
		return b
	}
	b := connect("translator")
	// the leaf hears a moment later who answers behind the hub
	bustest.Eventually(t, "the streams are made", func() bool {
		return provision.Apply(t.Context(), b, []string{network}, provision.Storage{Replicas: 1}) == nil
	})
	h := newHandler(false)
	stop := work(t, b, h)
	defer stop()
	publisher := connect("ingress")
	for i := range 20 {
		if _, err := publisher.Publish(t.Context(), text("c1", "ana", i)); err != nil {
			t.Fatal(err)
		}
	}
	bustest.Eventually(t, "all were handled", func() bool { return h.count() == 20 })
	bustest.Eventually(t, "they have left the stream", func() bool { return messages(t, b) == 0 })
}

func startServer(t *testing.T, o *server.Options) *server.Server {
	t.Helper()
	o.Host, o.Port, o.NoSigs, o.NoLog, o.MaxPayload = "127.0.0.1", server.RANDOM_PORT, true, true, 8<<20
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("the server does not start")
	}
	return s
}

// leafPort is where a server takes leaf nodes.
func leafPort(t *testing.T, s *server.Server) int {
	t.Helper()
	v, err := s.Varz(nil)
	if err != nil {
		t.Fatal(err)
	}
	return v.LeafNode.Port
}
