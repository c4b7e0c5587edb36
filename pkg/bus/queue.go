package bus

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// QueueReader reads one share of a work queue: a consumer of its own, which delivers each message once, in the stream's
// order, from the first that nobody has acknowledged. The broker allows one at a time for a subject: a new one is made
// only when the last is gone, so that whoever has the last can neither read nor acknowledge any more. That is what makes it safe
// to take a share over from a process that may still run.
//
// [QueueReader.Read] is called once, by one goroutine; [QueueReader.Ack] by any.
type QueueReader struct {
	bus      *Bus
	link     *link
	stream   string
	consumer jetstream.Consumer
	// Until is the sequence of the last message that the stream held when the reader was made: what is at or below it may
	// have been acted on by a reader before.
	Until uint64

	// ack is the form of the consumer's acknowledgements, known from its first delivery on.
	ack atomic.Pointer[ackSubject]
}

// Ticket acknowledges one message of a queue: its sequence in the stream, and its place among what was delivered. It takes
// 16 bytes where the message takes hundreds.
type Ticket struct{ Sequence, delivery uint64 }

// Bounds of a queue's consumer.
const (
	// pullBytes bounds what one reader has under way from the broker: with hundreds of them at once, a connection that is
	// sent more than the client reads is cut by the server. No message of a work queue is larger: /message takes 256 kB.
	pullBytes = 1 << 20
	// ackWait is when the broker delivers again what was not acknowledged. Whoever holds a message drops the repeat.
	ackWait = 10 * time.Minute
)

// OpenQueue makes a queue's consumer under a name that none had before: the broker would go on with an old one of the same name.
// A consumer that somebody else made on the same subjects is deleted, and the call fails: with it there, nobody could ever read the
// queue. The next call may succeed. Whoever takes over from another closes that one's consumer first ([Bus.CloseQueue]).
//
// After an error the consumer may be there all the same: the name has to be remembered before the call, and closed.
func (b *Bus) OpenQueue(ctx context.Context, stream, name, filter string) (*QueueReader, error) {
	if err := errors.Join(checkName(name), checkFilter(filter)); err != nil {
		return nil, fmt.Errorf("consumer on %s: %w", stream, err)
	}
	l := b.link()
	// MaxDeliver: a bound would strand messages in the queue. MaxAckPending: the reader holds back by what it takes. The consumer is in
	// memory, because on three servers one in files costs ten times as much, and what it knows is not needed again
	c, err := l.js.CreateConsumer(ctx, stream, jetstream.ConsumerConfig{
		Durable: name, FilterSubject: filter, AckPolicy: jetstream.AckExplicitPolicy, MaxDeliver: -1, MaxAckPending: -1,
		AckWait: ackWait, MemoryStorage: true,
	})
	if err != nil {
		if isCode(err, codeFilterOverlaps) {
			b.evict(ctx, stream, filter)
		}
		return nil, fmt.Errorf("create consumer on %s: %w", stream, err)
	}
	// asked after the consumer was made, when nobody before can act on anything any more
	state, err := b.State(ctx, stream)
	if err != nil {
		return nil, err
	}
	return &QueueReader{bus: b, link: l, stream: stream, consumer: c, Until: state.Last}, nil
}

// evict deletes, on a best effort, the consumers of a filter that are on nobody's list, such as one that an operator made.
func (b *Bus) evict(ctx context.Context, stream, filter string) {
	s, err := b.stream(ctx, stream)
	if err != nil {
		return
	}
	// by the same filter alone: a consumer of another process has a name on that one's list, and another filter
	list := s.ListConsumers(ctx)
	for info := range list.Info() {
		if info.Config.FilterSubject == filter {
			b.log.Warn("foreign consumer deleted", "stream", stream, "consumer", info.Name)
			_ = b.JetStream().DeleteConsumer(ctx, stream, info.Name)
		}
	}
}

// CloseQueue deletes a queue's consumer by its name, until it is known to be gone: once it has returned nil, nobody can
// acknowledge by it any more, and another one may be opened. One that is not there is gone. A request that an election
// swallowed is not waited for: it is made again each second, for as long as the context lives. An error leaves open whether it is
// gone; the name has to be kept, and closed again.
func (b *Bus) CloseQueue(ctx context.Context, stream, name string) error {
	for {
		one, cancel := context.WithTimeout(ctx, time.Second)
		err := b.JetStream().DeleteConsumer(one, stream, name)
		cancel()
		if err == nil || errors.Is(err, jetstream.ErrConsumerNotFound) {
			return nil
		}
		// only silence is tried again: a refusal would be refused again
		if ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("delete consumer %s: %w", name, err)
		}
	}
}

// Read hands over message after message until the context ends, or anything happened that could have lost or reordered a
// delivery: a gap, a reconnect, a missed heartbeat. It returns which, never nil; then another reader has to be opened. take is
// called by one goroutine at a time, the client's, and should only note the message: what it holds up is every later delivery.
func (q *QueueReader) Read(ctx context.Context, take func(*Message)) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	// what was under way when the connection was lost comes again after [ackWait] only, behind what came later
	status := q.link.nc.StatusChanged(nats.RECONNECTING)
	defer q.link.nc.RemoveStatusListener(status)
	expected := uint64(0)
	reading, err := q.consumer.Consume(func(m jetstream.Msg) {
		message, _, err := consumed(m)
		if err != nil || ctx.Err() != nil {
			return
		}
		// the consumer numbers what it delivers without a gap, whatever stands in the stream
		if expected++; message.delivery != expected {
			end(fmt.Errorf("gap: expected delivery %d, got %d", expected, message.delivery)) // nothing behind it may start
			return
		}
		if expected == 1 {
			q.ack.Store(ackSubjectOf(m.Reply()))
		}
		take(message)
	}, jetstream.PullMaxMessagesWithBytesLimit(200, pullBytes), jetstream.PullExpiry(30*time.Second), jetstream.PullHeartbeat(5*time.Second),
		jetstream.ConsumeErrHandler(func(_ jetstream.ConsumeContext, err error) { end(err) }))
	if err != nil {
		return fmt.Errorf("consume %s: %w", q.stream, err)
	}
	defer reading.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-q.link.gone:
		return errGone
	case s := <-status:
		return fmt.Errorf("connection %s", s)
	}
}

// Ack acknowledges: the broker takes the message out of the queue. It waits for no confirmation, since a confirmed one could not be
// relied on either. So what comes again has to be known by whoever acted on it, and what came of a message is stored before
// it is acknowledged. The ticket has to be one of this reader's messages.
func (q *QueueReader) Ack(t Ticket) {
	subject := q.ack.Load()
	if subject == nil {
		return // nothing was delivered
	}
	if err := q.bus.Conn().Publish(subject.of(t), []byte("+ACK")); err != nil {
		q.bus.log.Debug("acknowledgement not sent", "stream", q.stream, "err", err)
	}
}

// ackSubject is the form of the subjects that acknowledge a consumer's messages. They differ in two numbers, so that a
// [Ticket] is all that has to be kept of each:
//
//	$JS.ACK.<stream>.<consumer>.<deliveries>.<stream sequence>.<consumer sequence>.<time>.<pending>
//	$JS.ACK.<domain>.<account>.<stream>.<consumer>.<deliveries>.<stream sequence>.<consumer sequence>.<time>.<pending>[.<token>]
//
// The broker reads of the others only how often the message was delivered: once, or the holder has dropped it.
type ackSubject struct{ before, after string }

// ackSubjectOf is the form of a reply subject, nil for one that is none of a consumer.
func ackSubjectOf(reply string) *ackSubject {
	t := strings.Split(reply, ".")
	deliveries := 4 // where the number of deliveries stands
	if len(t) > 9 {
		deliveries = 6
	}
	if len(t) < deliveries+5 {
		return nil
	}
	return &ackSubject{before: strings.Join(t[:deliveries], ".") + ".1.", after: "." + strings.Join(t[deliveries+3:], ".")}
}

// of is the subject that acknowledges one message.
func (a *ackSubject) of(t Ticket) string {
	return a.before + strconv.FormatUint(t.Sequence, 10) + "." + strconv.FormatUint(t.delivery, 10) + a.after
}
