package bustest

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"
)

// Stored is one message as a stream holds it.
type Stored struct {
	Subject  string
	Sequence uint64
	Header   nats.Header
	Body     []byte
}

// Into reads the body; a body of another type fails the test.
func (s Stored) Into(t interface{ Fatal(...any) }, m proto.Message) {
	if err := proto.Unmarshal(s.Body, m); err != nil {
		t.Fatal(err)
	}
}

// Stored is what a stream holds behind a sequence (0: from its start), in order. It takes nothing out: a work queue's
// owner would see some of it again.
func (s *Server) Stored(stream string, after uint64) []Stored {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 2*time.Minute)
	defer cancel()
	handle, err := s.js().Stream(ctx, stream)
	if err != nil {
		s.t.Fatal(err)
	}
	var all []Stored
	for {
		m, err := handle.GetMsg(ctx, after+1, jetstream.WithGetMsgSubject(">"))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return all
		}
		if err != nil {
			s.t.Fatal(err)
		}
		all = append(all, Stored{m.Subject, m.Sequence, m.Header, m.Data})
		after = m.Sequence
	}
}

// Await is [Server.Stored] once there are n of them.
func (s *Server) Await(stream string, after uint64, n int) []Stored {
	s.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		all := s.Stored(stream, after)
		if len(all) >= n {
			return all
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("%s holds %d behind %d, want %d", stream, len(all), after, n)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// js is the reader's own connection.
func (s *Server) js() jetstream.JetStream {
	s.t.Helper()
	s.reader.Do(func() {
		nc, err := nats.Connect("", s.node.InProcess())
		if err != nil {
			s.t.Fatal(err)
		}
		s.t.Cleanup(nc.Close)
		if s.stream, err = jetstream.New(nc); err != nil {
			s.t.Fatal(err)
		}
	})
	return s.stream
}
