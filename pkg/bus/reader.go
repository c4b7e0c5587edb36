package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus/internal/conn"
	"github.com/bonychat/puente/pkg/bus/internal/valid"
	"github.com/bonychat/puente/pkg/topology"
)

// heartbeat is how often the broker says that a reader's consumer is there: it is in the memory of one server, and when that dies the
// client makes another one after two of them.
const heartbeat = 2 * time.Second

// readBytes bounds what one reader has under way from the broker: at least one of the largest messages.
const readBytes = topology.MaxPayload + 64<<10

// Reader reads what a stream holds, in order, without taking anything out. One goroutine at a time uses it.
// It ends with its connection, and makes its consumer anew where the broker has lost it. Any number may read the same stream.
type Reader struct {
	stream string
	link   *conn.Link
	next   <-chan delivered
	stop   context.CancelFunc
	limit  *time.Timer // of Within; nil before the first call
}

// delivered is a message, or why there will be none.
type delivered struct {
	msg jetstream.Msg
	err error
}

// Reader reads the subjects that match a filter, from the message behind a sequence on; 0 reads from the start. It ends
// with the context, or by [Reader.Close]. A message that is purged before its turn is left out, without a sign: the sequences
// tell.
func (b *Bus) Reader(ctx context.Context, stream, filter string, after uint64) (*Reader, error) {
	return b.reader(ctx, stream, jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{filter}, DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: after + 1,
	})
}

// reader makes a reader whose consumer the client makes anew, behind the last message, when the broker has lost it: it is in
// memory, and gone with the server that had it.
func (b *Bus) reader(ctx context.Context, stream string, c jetstream.OrderedConsumerConfig) (*Reader, error) {
	for _, filter := range c.FilterSubjects {
		if err := errors.Join(valid.Name(stream), valid.Filter(filter)); err != nil {
			return nil, fmt.Errorf("read %s: %w", stream, err)
		}
	}
	l := b.Link()
	consumer, err := l.JetStream().OrderedConsumer(ctx, stream, b.signed(c))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", stream, err)
	}
	messages, err := consumer.Messages(jetstream.PullMaxMessagesWithBytesLimit(64, readBytes), jetstream.PullExpiry(30*time.Second), jetstream.PullHeartbeat(heartbeat))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", stream, err)
	}
	ctx, stop := context.WithCancel(ctx)
	return &Reader{stream: stream, link: l, next: deliver(ctx, messages), stop: stop}, nil
}

// signed is a consumer that says who reads what, for whoever looks with the tools of NATS. A name is given once, since two consumers of
// one name would be one.
func (b *Bus) signed(c jetstream.OrderedConsumerConfig) jetstream.OrderedConsumerConfig {
	c.NamePrefix = fmt.Sprintf("%s-%d", b.instance, b.readers.Add(1))
	c.Metadata = map[string]string{"puente.instance": b.instance, "puente.reads": strings.Join(c.FilterSubjects, " ")}
	return c
}

// deliver reads until the context ends. It is not waited for: while the client makes its consumer anew, which takes as
// long as the broker is away, it cannot be stopped, and whoever gives up reading must not be held back by that.
func deliver(ctx context.Context, messages jetstream.MessagesContext) <-chan delivered {
	next := make(chan delivered)
	context.AfterFunc(ctx, messages.Stop)
	go func() {
		for {
			m, err := messages.Next()
			select {
			case next <- delivered{m, err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	}()
	return next
}

// Next waits for the next message, however long none comes. An error ends the reader, the context's too: a message may have
// been lost by then. Another reader begins behind the last message that was returned. The client reads up to 64 messages and
// about 8 MB ahead of it.
func (r *Reader) Next(ctx context.Context) (*Message, error) {
	m, _, err := r.take(ctx, nil)
	return m, err
}

// Within is [Reader.Next] for a while: it returns nil and no error where nothing came so long. A context with a timeout for each
// message would cost more than the message's own way through the client.
func (r *Reader) Within(ctx context.Context, d time.Duration) (*Message, error) {
	if r.limit == nil {
		r.limit = time.NewTimer(d)
	} else {
		r.limit.Reset(d)
	}
	defer r.limit.Stop()
	m, _, err := r.take(ctx, r.limit.C)
	return m, err
}

// take is [Reader.Next], and how many messages are behind the one that it returns. It returns nil when over comes before a message.
func (r *Reader) take(ctx context.Context, over <-chan time.Time) (m *Message, behind uint64, err error) {
	select {
	case <-ctx.Done():
		return nil, 0, context.Cause(ctx)
	case <-r.link.Gone():
		return nil, 0, conn.ErrGone
	case <-over:
		return nil, 0, nil
	case d := <-r.next:
		if d.err != nil {
			return nil, 0, fmt.Errorf("read %s: %w", r.stream, d.err)
		}
		m, meta, err := consumed(d.msg)
		if err != nil {
			return nil, 0, fmt.Errorf("read %s: %w", r.stream, err)
		}
		return m, meta.NumPending, nil
	}
}

// Close ends the reader and its consumer at the broker. It does not wait for the goroutine that reads, and may be called twice.
func (r *Reader) Close() { r.stop() }

// Each reads what a stream with limits holds now of the subjects that match the filters, the oldest first, since a time by
// the broker's clock; the zero time reads all. It calls read for one message at a time, and returns nil behind the last that
// was there when it was delivered; what is stored meanwhile may be among them. What is taken out meanwhile is not waited for.
// An error of read ends it and is returned.
func (b *Bus) Each(ctx context.Context, stream string, filters []string, since time.Time, read func(*Message) error) error {
	c := jetstream.OrderedConsumerConfig{FilterSubjects: filters, DeliverPolicy: jetstream.DeliverAllPolicy}
	if !since.IsZero() {
		c.DeliverPolicy, c.OptStartTime = jetstream.DeliverByStartTimePolicy, &since
	}
	return b.each(ctx, stream, c, read)
}

// Between is [Bus.Each] for one filter and what stands at the places from one to another, both included. [ErrStop] of read
// ends it without an error. Places that hold nothing any more cost nothing.
func (b *Bus) Between(ctx context.Context, stream, filter string, from, to uint64, read func(*Message) error) error {
	c := jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{filter}, DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: max(from, 1),
	}
	err := b.each(ctx, stream, c, func(m *Message) error {
		if m.Sequence > to {
			return ErrStop
		}
		return read(m)
	})
	if errors.Is(err, ErrStop) {
		return nil
	}
	return err
}

// ErrStop is what read returns to [Bus.Between] once it has read enough. Nothing else knows it.
var ErrStop = errors.New("enough is read")

// each reads what a stream holds now, the oldest first.
func (b *Bus) each(ctx context.Context, stream string, c jetstream.OrderedConsumerConfig, read func(*Message) error) error {
	for _, filter := range c.FilterSubjects {
		if err := valid.Filter(filter); err != nil {
			return fmt.Errorf("read %s: %w", stream, err)
		}
	}
	s, err := b.stream(ctx, stream)
	if err != nil {
		return err
	}
	// a consumer that has nothing to deliver says so only when it is asked; the client deletes none that is read to its end
	c.InactiveThreshold = eachKept
	consumer, err := s.OrderedConsumer(ctx, b.signed(c))
	if err != nil {
		return fmt.Errorf("read %s: %w", stream, err)
	}
	info, err := consumer.Info(ctx)
	if err != nil {
		return fmt.Errorf("read %s: %w", stream, err)
	}
	if info.NumPending == 0 {
		return nil
	}
	messages, err := consumer.Messages(ahead(stream))
	if err != nil {
		return fmt.Errorf("read %s: %w", stream, err)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	r := &Reader{stream: stream, link: b.Link(), next: deliver(ctx, messages), stop: stop}
	taken, quiet := uint64(0), 0 // the last delivery that was taken; how many looks in a row found nothing to come
	for {
		wait, cancel := context.WithTimeoutCause(ctx, lookAfter, errQuiet)
		m, behind, err := r.take(wait, nil)
		cancel()
		if errors.Is(err, errQuiet) {
			if quiet = drained(ctx, consumer, taken, quiet); quiet == 2 {
				return nil
			}
			continue
		}
		if err != nil {
			return err
		}
		if err := read(m); err != nil {
			return err
		}
		if behind == 0 {
			return nil
		}
		taken, quiet = m.delivery, 0
	}
}

// ahead is how many messages [Bus.Each] has under way from the broker: few of a stream that holds calls as they came, up to 7 MB each.
// With a bound in bytes the broker would say how each request has ended. The client has no room for that beside the messages, so that one
// would be lost, and read again, wherever the reading is slow.
func ahead(stream string) jetstream.PullMaxMessages {
	if topology.HoldsCalls(stream) {
		return 4
	}
	return 64
}

// eachKept is how long the broker keeps the consumer of [Bus.Each] after the last request for it.
const eachKept = 10 * time.Second

// lookAfter is how long [Bus.each] waits for a message before it asks whether there is one to come. What was counted when it
// began may have been taken out of the stream since: then no message comes that says that it is the last.
const lookAfter = time.Second

// errQuiet means that no message came for [lookAfter].
var errQuiet = errors.New("nothing came for a while")

// drained asks whether all that the consumer delivered was taken, and nothing is to come. It returns the number of looks in a
// row that found so: after one, what was under way to the client may still come; after two it would have.
func drained(ctx context.Context, c jetstream.Consumer, taken uint64, quiet int) int {
	info, err := c.Info(ctx)
	// a consumer that the client has just made anew counts its deliveries from 1 again
	if err != nil || info.NumPending > 0 || info.Delivered.Consumer != taken && info.Delivered.Consumer != 0 {
		return 0
	}
	return quiet + 1
}
