package bustest

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
)

// What follows happens to a broker behind the backs of those who use it.

// Sever cuts a connection at once, as the death of its process does: nothing that runs can store anything more.
func Sever(b *bus.Bus) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b.Close(ctx)
}

func (s *Server) handle(ctx context.Context, stream string) jetstream.Stream {
	s.t.Helper()
	handle, err := s.js().Stream(ctx, stream)
	if err != nil {
		s.t.Fatal(err)
	}
	return handle
}

// ForgetIDs makes a stream forget the message ids it remembers, as a restart of the server does.
func (s *Server) ForgetIDs(stream string) {
	s.t.Helper()
	c := s.handle(s.t.Context(), stream).CachedInfo().Config
	window := c.Duplicates
	c.Duplicates = 100 * time.Millisecond // the shortest
	for _, d := range []time.Duration{c.Duplicates, window} {
		c.Duplicates = d
		if _, err := s.js().UpdateStream(s.t.Context(), c); err != nil {
			s.t.Fatal(err)
		}
		if d != window {
			time.Sleep(300 * time.Millisecond)
		}
	}
}

// Remake deletes a stream and makes it anew as this version needs it, as a restore from an old backup does.
func (s *Server) Remake(stream string) {
	s.t.Helper()
	s.Without(stream, func() {})
}

// Without does something while a stream is not there, and makes it anew afterwards, empty.
func (s *Server) Without(stream string, do func()) {
	s.t.Helper()
	c := s.handle(s.t.Context(), stream).CachedInfo().Config
	if err := s.js().DeleteStream(s.t.Context(), stream); err != nil {
		s.t.Fatal(err)
	}
	do()
	if _, err := s.js().CreateStream(s.t.Context(), c); err != nil {
		s.t.Fatal(err)
	}
}

// Drop deletes a stream, if it is there. It may be called by any goroutine.
func (s *Server) Drop(stream string) {
	if err := s.js().DeleteStream(context.Background(), stream); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
		s.t.Errorf("drop %s: %v", stream, err)
	}
}

// Bound gives a stream another limit, in bytes.
func (s *Server) Bound(stream string, bytes int64) {
	s.t.Helper()
	c := s.handle(s.t.Context(), stream).CachedInfo().Config
	c.MaxBytes = bytes
	if _, err := s.js().UpdateStream(s.t.Context(), c); err != nil {
		s.t.Fatal(err)
	}
}

// Consumers are the names of the consumers that a stream has.
func (s *Server) Consumers(stream string) (names []string) {
	s.t.Helper()
	list := s.handle(s.t.Context(), stream).ConsumerNames(s.t.Context())
	for name := range list.Name() {
		names = append(names, name)
	}
	if err := list.Err(); err != nil {
		s.t.Fatal(err)
	}
	return names
}

// DeleteConsumers deletes all consumers of a stream. That one is gone meanwhile is no mistake.
func (s *Server) DeleteConsumers(stream string) {
	s.t.Helper()
	for _, name := range s.Consumers(stream) {
		_ = s.js().DeleteConsumer(s.t.Context(), stream, name)
	}
}

// PauseConsumers has the consumers that a stream has now deliver nothing for an hour. Whoever reads by them is told that they are there
// and hears nothing else.
func (s *Server) PauseConsumers(stream string) {
	s.t.Helper()
	for _, name := range s.Consumers(stream) {
		if _, err := s.js().PauseConsumer(s.t.Context(), stream, name, time.Now().Add(time.Hour)); err != nil {
			s.t.Fatal(err)
		}
	}
}

// Undelivered is how many messages of a stream its consumers have not delivered yet; 1 where that cannot be known.
func (s *Server) Undelivered(stream string) (n uint64) {
	handle, err := s.js().Stream(s.t.Context(), stream)
	if err != nil {
		return 1
	}
	list := handle.ListConsumers(s.t.Context())
	for info := range list.Info() {
		n += info.NumPending
	}
	return n
}

// Store stores a message without a notification, as if the broker had lost that.
func (s *Server) Store(p bus.Post) {
	s.t.Helper()
	data, err := proto.Marshal(p.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	m := &nats.Msg{Subject: p.Subject, Data: data, Header: nats.Header{}}
	if p.ID != "" {
		m.Header.Set(jetstream.MsgIDHeader, p.ID)
	}
	if _, err := s.js().PublishMsg(s.t.Context(), m); err != nil {
		s.t.Fatal(err)
	}
}

// Leases are the shards that have a lease record: the keys of their records.
func (s *Server) Leases() (keys []string) {
	s.t.Helper()
	kv, err := s.js().KeyValue(s.t.Context(), topology.Leases)
	if err != nil {
		s.t.Fatal(err)
	}
	list, err := kv.ListKeysFiltered(s.t.Context(), "unit.>")
	if err != nil {
		s.t.Fatal(err)
	}
	for key := range list.Keys() {
		keys = append(keys, key)
	}
	return keys
}
