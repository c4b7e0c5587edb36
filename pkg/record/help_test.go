package record_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

const (
	network = "testnet"
	channel = "ch1"

	sent      = eventv1.Status_STATUS_SENT
	delivered = eventv1.Status_STATUS_DELIVERED
	read      = eventv1.Status_STATUS_READ
	failed    = eventv1.Status_STATUS_FAILED
)

// busy is a store in which others change records: before runs ahead of each write, and says nothing.
type busy struct {
	record.Store
	before func(subject string)
	refuse int // so many creates are refused though there is nothing

	mu                       sync.Mutex
	creates, replaces, reads int
}

func (s *busy) Create(ctx context.Context, subject string, r proto.Message, keep time.Duration) (uint64, error) {
	s.count(&s.creates)
	if s.creates <= s.refuse {
		return 0, bus.ErrExists
	}
	if s.before != nil {
		s.before(subject)
	}
	return s.Store.Create(ctx, subject, r, keep)
}

func (s *busy) Replace(ctx context.Context, subject string, r proto.Message, revision uint64, keep time.Duration) (uint64, error) {
	s.count(&s.replaces)
	if s.before != nil {
		s.before(subject)
	}
	return s.Store.Replace(ctx, subject, r, revision, keep)
}

func (s *busy) Read(ctx context.Context, subject string, r proto.Message) (uint64, error) {
	s.count(&s.reads)
	return s.Store.Read(ctx, subject, r)
}

func (s *busy) count(n *int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*n++
}

func newIndex(t *testing.T) (*record.Index, *busy) {
	t.Helper()
	s := &busy{Store: bustest.Start(t, network).Connect("test")}
	return record.New(s), s
}

// put writes a record, whatever is there.
func (s *busy) put(t *testing.T, subject string, r proto.Message) {
	t.Helper()
	revision, err := s.Store.Read(t.Context(), subject, proto.CloneOf(r))
	if err != nil && !errors.Is(err, bus.ErrNotFound) {
		t.Fatal(err)
	}
	if _, err := s.Store.Replace(t.Context(), subject, r, revision, 0); err != nil {
		t.Fatal(err)
	}
}

// state is what is stored of a message.
func (s *busy) state(t *testing.T, id string) *indexv1.State {
	t.Helper()
	var state indexv1.State
	if _, err := s.Store.Read(t.Context(), topology.StateSubject(channel, id), &state); err != nil {
		t.Fatal(err)
	}
	return &state
}

func message(id string, generation uint32) *messagev1.Message {
	return &messagev1.Message{
		Id: id, Network: network, Channel: channel, Generation: generation, Contact: &messagev1.Contact{Address: "ana"},
		Direction: messagev1.Direction_DIRECTION_OUTBOUND, Content: text("hola"),
	}
}

func text(body string) *messagev1.Content {
	return &messagev1.Content{Kind: &messagev1.Content_Text{Text: &messagev1.Text{Body: body}}}
}

func claim(t *testing.T, ix *record.Index, sequence uint64, m *messagev1.Message, contents ...*messagev1.Content) record.Outbound {
	t.Helper()
	if len(contents) == 0 {
		contents = []*messagev1.Content{m.GetContent()}
	}
	out, err := ix.ClaimOutbound(t.Context(), sequence, m, contents)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// advance advances a message and writes it.
func advance(t *testing.T, ix *record.Index, id string, n record.News) record.Effect {
	t.Helper()
	next, err := ix.Advance(t.Context(), channel, id, n)
	if err == nil {
		err = ix.Commit(t.Context(), next)
	}
	if err != nil {
		t.Fatal(err)
	}
	return next.Effect
}
