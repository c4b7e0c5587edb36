// Package bustest starts a real NATS server in the test's process.
package bustest

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/trace"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/node"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/topology"
)

// Server is a running broker with its streams.
type Server struct {
	t    testing.TB
	node *node.Node // nil where it is reached by its address alone
	url  string

	reader sync.Once
	stream jetstream.JetStream
}

// Start starts a broker with the streams of these networks. It ends with the test.
func Start(t testing.TB, networks ...string) *Server {
	t.Helper()
	s := StartEmpty(t)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := provision.Apply(ctx, s.Connect("provision"), networks, provision.Storage{Replicas: 1}); err != nil {
		t.Fatal(err)
	}
	return s
}

// StartEmpty starts a broker without any stream. It ends with the test.
func StartEmpty(t testing.TB) *Server {
	t.Helper()
	s, _ := StartIn(t, t.TempDir())
	return s
}

// StartIn starts a broker on a folder, with whatever is there. It ends with the test, or when stop is called: then another
// one can be started on the folder. Whoever is connected by then is so no longer.
func StartIn(t testing.TB, dir string) (s *Server, stop func()) {
	t.Helper()
	n, err := node.Start(node.Options{Dir: dir, Listen: true})
	if err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(n.Stop)
	t.Cleanup(stop)
	return &Server{t: t, node: n, url: n.URL()}, stop
}

// URL is where a client in another process connects.
func (s *Server) URL() string { return s.url }

// Connect connects a process of the service with this name; it is closed with the test.
func (s *Server) Connect(name string) *bus.Bus { return s.connect(name, nil) }

// ConnectTraced connects a service whose hops are traced.
func (s *Server) ConnectTraced(name string, tracer trace.Tracer) *bus.Bus {
	return s.connect(name, tracer)
}

func (s *Server) connect(name string, tracer trace.Tracer) *bus.Bus {
	s.t.Helper()
	var embedded bus.Node
	if s.node != nil {
		embedded = s.node
	}
	b, err := bus.Connect(s.url, bus.Options{Name: name, Node: embedded, Tracer: tracer, Log: slog.New(slog.NewTextHandler(writer{s.t}, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second) // nothing may log after the test
		defer cancel()
		b.Close(ctx)
	})
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Second)
	defer cancel()
	if name != "provision" {
		if err := provision.Await(ctx, b, topology.Messages.Name); err != nil {
			s.t.Fatal(err)
		}
	}
	return b
}

// writer logs into the test's output.
type writer struct{ t testing.TB }

func (w writer) Write(p []byte) (int, error) {
	_, _ = w.t.Output().Write(p)
	return len(p), nil
}
