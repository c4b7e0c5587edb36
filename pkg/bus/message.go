package bus

import (
	"context"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus/internal/traceparent"
)

// The headers of a stored message.
const (
	headerID     = "Nats-Msg-Id"
	headerRepeat = "Puente-Repeat" // this publish may be one too many: whoever acts on it looks first
	headerStamp  = "Puente-Stamp"  // when the publisher sent it, milliseconds
)

// lateAfter is how long after it was sent a message has to be stored for its publisher to have given it up meanwhile:
// [RequestTimeout]. A message that waited longer in the broker may have a second one behind it.
const lateAfter = 5 * time.Second

// Message is one stored message. It is only read, Data too, so that it is safe for concurrent use.
type Message struct {
	// Subject is where it was published; package topology takes it apart.
	Subject string
	// Sequence is its place in its stream, from 1. It is never given again while the stream is the same.
	Sequence uint64
	// Data is the body: protobuf, as [Post].Body was. It is up to 8 MB, so whoever keeps many messages keeps their sequences instead.
	Data []byte
	// Stored is when the broker stored it, by the broker's clock.
	Stored time.Time

	header   nats.Header
	delivery uint64 // its place among what its consumer delivered; 0 where it was read without one
	again    bool   // its consumer delivered it before
}

// ID is the message id that it was published with ([Post].ID), "" for none.
func (m *Message) ID() string { return m.header.Get(headerID) }

// Repeat says that it may be in the stream twice, or that it was delivered before: whoever acts on it looks first whether
// somebody has done so. Three things say so: its consumer delivered it before, its publisher marked it ([Post].Repeat), or the
// broker stored it more than five seconds after it was sent. The last compares two machines' clocks: a publisher whose clock is
// behind costs look-ups.
func (m *Message) Repeat() bool {
	if m.again || m.header.Get(headerRepeat) != "" {
		return true
	}
	sent, err := strconv.ParseInt(m.header.Get(headerStamp), 10, 64)
	return err == nil && m.Stored.Sub(time.UnixMilli(sent)) > lateAfter // its publisher may have sent another
}

// Headers are those that it was stored with, by name; of one that stands there several times the first.
func (m *Message) Headers() map[string]string {
	all := make(map[string]string, len(m.header))
	for name := range m.header {
		all[name] = m.header.Get(name)
	}
	return all
}

// Context is a context under the trace of whoever stored the message; the same one where no trace was stored.
func (m *Message) Context(ctx context.Context) context.Context {
	return traceparent.Extract(ctx, m.header)
}

// rawMessage is a message that was asked for.
func rawMessage(m *jetstream.RawStreamMsg) *Message {
	return &Message{Subject: m.Subject, Sequence: m.Sequence, Data: m.Data, Stored: m.Time, header: m.Header}
}

// consumed is a message that a consumer delivered, with what the consumer says of it. It fails where the reply subject is
// none of JetStream's.
func consumed(m jetstream.Msg) (*Message, *jetstream.MsgMetadata, error) {
	meta, err := m.Metadata()
	if err != nil {
		return nil, nil, err
	}
	return &Message{
		Subject: m.Subject(), Sequence: meta.Sequence.Stream, Data: m.Data(), Stored: meta.Timestamp,
		header: m.Headers(), delivery: meta.Sequence.Consumer, again: meta.NumDelivered > 1,
	}, meta, nil
}

// Delivered is a message as a consumer delivers it for the first time, for tests of what keeps messages.
func Delivered(subject string, sequence uint64, data []byte, header map[string][]string) *Message {
	return &Message{Subject: subject, Sequence: sequence, Data: data, Stored: time.Now(), header: header, delivery: sequence}
}
