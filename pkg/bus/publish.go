package bus

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus/internal/batch"
	"github.com/bonychat/puente/pkg/bus/internal/conn"
	"github.com/bonychat/puente/pkg/bus/internal/traceparent"
	"github.com/bonychat/puente/pkg/bus/internal/valid"
	"github.com/bonychat/puente/pkg/topology"
)

// Post is one message to be stored, on the stream that its subject belongs to (see topology.StreamOf). With its headers it may
// have 8 MB; a larger one is [ErrTooLarge].
type Post struct {
	// Subject is one of package topology's, up to 512 bytes.
	Subject string
	// ID is the Nats-Msg-Id, a first net against repeats: the stream remembers it for two minutes. "" for none.
	ID string
	// Body is encoded as protobuf. It is not kept, and may be changed once the call has returned.
	Body proto.Message
	// Repeat says that it may have been stored before, outside what the ID still catches: whoever acts on it looks
	// first. Every try after the first sets it by itself.
	Repeat bool
}

// Publish stores one message and returns its sequence in the stream once a majority of the stream's replicas has it. Where the
// ID is still remembered nothing more is stored, and the sequence is that of the first.
//
// It returns [ErrFull], [ErrNoRoom], [ErrTooLarge] or [ErrName] where it was refused; any other error, which comes after
// [RequestTimeout] at the latest, leaves open whether it was stored. Whoever tries again sets [Post].Repeat.
//
// It may be called by any number of goroutines. Two publishes that are under way at once have no order, so whoever needs one, a
// lane, has one at a time under way. For the same reason the client's own retry is off: it would send a message again behind
// its successors.
func (b *Bus) Publish(ctx context.Context, p Post) (uint64, error) {
	stream := topology.StreamOf(p.Subject)
	ctx, span := b.StartSpan(b.About(ctx, p.Subject, p.Body), "publish", stream, trace.SpanKindProducer)
	defer span.End()
	m, err := message(ctx, p)
	if err != nil {
		return 0, err
	}
	begun := time.Now()
	sequence, err := b.send(ctx, stream, m)
	b.meter.Published(ctx, stream, 1, err, time.Since(begun))
	// of a message that was not stored the span has no sequence: its id is all that names it
	if err != nil {
		err = publishError(stream, err)
		span.SetStatus(codes.Error, err.Error())
		if p.ID != "" {
			span.SetAttributes(MessageID(p.Subject, p.ID, 0))
		}
		return 0, err
	}
	span.SetAttributes(MessageID(p.Subject, p.ID, sequence))
	return sequence, nil
}

// send publishes to a stream and waits until it is stored. The client's asynchronous side takes a quarter less CPU than one request
// each. A publish ends after [RequestTimeout] at the latest.
func (b *Bus) send(ctx context.Context, stream string, m *nats.Msg, options ...jetstream.PublishOpt) (uint64, error) {
	// for a caller that is gone nothing is begun: below, its end and the answer might come in either order
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	l := b.Link()
	f, err := publishOn(l, m, options...)
	if err != nil {
		return 0, err
	}
	// the client ends it after RequestTimeout by f.Err; of a connection that is gone for good it would say nothing before
	select {
	case ack := <-f.Ok():
		return ack.Sequence, storedIn(stream, ack)
	case <-l.Gone():
		return 0, conn.ErrGone
	case err := <-f.Err():
		return 0, err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// storedIn is an error where another stream has taken the message: somebody has given it our subjects. The broker could be told to
// refuse that beforehand, by a header that every message would keep.
func storedIn(stream string, ack *jetstream.PubAck) error {
	if ack.Stream != stream {
		return fmt.Errorf("the stream %s has taken the message: no other stream may have the subjects of %s", ack.Stream, stream)
	}
	return nil
}

// publishOn publishes without waiting. The client's own retry is off.
func publishOn(l *conn.Link, m *nats.Msg, options ...jetstream.PublishOpt) (jetstream.PubAckFuture, error) {
	if err := valid.Subject(m.Subject); err != nil {
		return nil, err
	}
	return l.JetStream().PublishMsgAsync(m, append(options, jetstream.WithRetryAttempts(0))...)
}

// PublishLater stores one message without waiting; the function it returns waits for that, and is to be called once. Its
// errors are those of [Bus.Publish]. It is for what is not ordered, such as the journal: nothing keeps two of them in order.
// It makes no span, since the hop has one already. At most
// 32,768 of a process may be under way; one more fails.
func (b *Bus) PublishLater(ctx context.Context, p Post) func(context.Context) error {
	stream := topology.StreamOf(p.Subject)
	m, err := message(ctx, p)
	if err != nil {
		return func(context.Context) error { return err }
	}
	// the link is kept: the answer comes on the connection that the message went out on, or never
	l, begun := b.Link(), time.Now()
	f, err := publishOn(l, m)
	if err != nil {
		return func(context.Context) error { return publishError(stream, err) }
	}
	return func(ctx context.Context) error {
		select {
		case ack := <-f.Ok():
			if err := storedIn(stream, ack); err != nil {
				return publishError(stream, err)
			}
			b.meter.Published(ctx, stream, 1, nil, time.Since(begun))
			return nil
		case <-l.Gone():
			return publishError(stream, conn.ErrGone)
		case err := <-f.Err():
			return publishError(stream, err)
		case <-ctx.Done():
			return publishError(stream, ctx.Err())
		}
	}
}

// PublishAll stores all of the posts, one after the other, or none: the parts of a split message. They go to one stream, which
// has to allow batches ([topology.Stream].Batch). Parts that are already there mean that all are (they were stored together), and
// that is success, as long as the ids of the posts are remembered ([Post].ID). It takes [RequestTimeout] at most, and a request for
// each post; its errors are those of [Bus.Publish]. An empty list panics.
func (b *Bus) PublishAll(ctx context.Context, posts []Post) error {
	// a batch costs a millisecond on one server: most messages have one part, and need none
	if len(posts) == 1 {
		_, err := b.Publish(ctx, posts[0])
		return err
	}
	stream := topology.StreamOf(posts[0].Subject)
	ctx, span := b.StartSpan(b.About(ctx, posts[0].Subject, posts[0].Body), "publish", stream, trace.SpanKindProducer, attribute.Int("messaging.batch.message_count", len(posts)))
	defer span.End()
	begun := time.Now()
	err := b.publishAll(ctx, stream, posts)
	b.meter.Published(ctx, stream, len(posts), err, time.Since(begun))
	if err != nil {
		err = publishError(stream, err)
		span.SetStatus(codes.Error, err.Error())
		return err
	}
	return nil
}

// publishAll stores them by one batch.
func (b *Bus) publishAll(ctx context.Context, stream string, posts []Post) error {
	ctx, cancel := context.WithTimeout(ctx, RequestTimeout)
	defer cancel()
	messages := make([]*nats.Msg, 0, len(posts))
	for _, p := range posts {
		m, err := message(ctx, p)
		if err == nil {
			err = valid.Subject(m.Subject)
		}
		if err != nil {
			return err
		}
		messages = append(messages, m)
	}
	return batch.Publish(ctx, b.Conn(), stream, messages)
}

// message is a post as the client takes it: encoded, with its headers and the trace of the context.
func message(ctx context.Context, p Post) (*nats.Msg, error) {
	data, err := proto.Marshal(p.Body)
	if err != nil {
		return nil, fmt.Errorf("encode for %s: %w", topology.StreamOf(p.Subject), err)
	}
	m := &nats.Msg{Subject: p.Subject, Data: data, Header: nats.Header{}}
	if p.ID != "" {
		m.Header.Set(headerID, p.ID)
	}
	// what is marked is looked up by whoever acts on it: a mark too many costs a request, one too few a second message
	if p.Repeat || repeated(ctx) {
		m.Header.Set(headerRepeat, "1")
	}
	m.Header.Set(headerStamp, strconv.FormatInt(time.Now().UnixMilli(), 10))
	traceparent.Inject(ctx, m.Header)
	return m, nil
}
