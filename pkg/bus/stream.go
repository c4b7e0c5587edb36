package bus

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus/internal/valid"
	"github.com/bonychat/puente/pkg/topology"
)

// StreamState is what a stream holds at one moment. In a busy stream it is out of date when it arrives.
type StreamState struct {
	// Messages and Bytes are those that are there now, on one server: replicas are not counted.
	Messages, Bytes uint64
	// First and Last are sequences; Last is that of the newest message that ever was, 0 for none.
	First, Last uint64
	// FirstTime and LastTime are when those were stored, by the broker's clock; zero for none.
	FirstTime, LastTime time.Time
	// Deleted is how many messages between First and Last are not there any more.
	Deleted int
	// Created is when the stream was made: one that was made anew has another.
	Created time.Time
	// MaxAge is how long a message is kept, 0 for without end.
	MaxAge time.Duration
	// MaxBytes is the stream's limit, 0 for none; Replicas on how many servers it is.
	MaxBytes int64
	Replicas int
}

// State asks the stream's leader what it holds, or fails with [ErrNoStream]. It costs one request.
func (b *Bus) State(ctx context.Context, stream string) (StreamState, error) {
	s, err := b.stream(ctx, stream)
	if err != nil {
		return StreamState{}, err
	}
	info, err := s.Info(ctx)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		err = errors.Join(ErrNoStream, err) // it was there when it was asked for first
	}
	if err != nil {
		return StreamState{}, fmt.Errorf("state of %s: %w", stream, err)
	}
	return StreamState{
		Messages: info.State.Msgs, Bytes: info.State.Bytes, First: info.State.FirstSeq, Last: info.State.LastSeq,
		FirstTime: info.State.FirstTime, LastTime: info.State.LastTime, Deleted: info.State.NumDeleted,
		Created: info.Created, MaxAge: info.Config.MaxAge, MaxBytes: max(0, info.Config.MaxBytes), Replicas: info.Config.Replicas,
	}, nil
}

// recent remembers how streams stood, so that a door that asks for every call costs the broker one request a second.
type recent struct {
	mu    sync.Mutex
	known map[string]known
}

// known is how a stream stood.
type known struct {
	state StreamState // the zero value where it was never answered
	asked time.Time   // when the request was begun that was answered
	last  time.Time   // when the last request was begun, answered or not
}

// recentFor is how long a stream's state is believed.
const recentFor = time.Second

// Recent is how a stream stood a second ago at most, and when that was asked. Where the broker does not answer within a second, it is
// the last answer, and the zero time where there was none. One caller asks, the others get the last answer meanwhile: a broker that
// is slow holds back nobody else.
func (b *Bus) Recent(ctx context.Context, stream string) (state StreamState, asked time.Time) {
	b.recent.mu.Lock()
	k := b.recent.known[stream]
	if time.Since(k.last) < recentFor {
		b.recent.mu.Unlock()
		return k.state, k.asked
	}
	// noted before it is asked: whoever comes meanwhile does not ask too
	k.last = time.Now()
	b.recent.put(stream, k)
	b.recent.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, time.Second) // whoever asks holds up the answer to somebody
	defer cancel()
	found, err := b.State(ctx, stream)
	if err != nil {
		return k.state, k.asked
	}
	k.state, k.asked = found, k.last
	b.recent.mu.Lock()
	defer b.recent.mu.Unlock()
	b.recent.put(stream, k)
	return k.state, k.asked
}

// put remembers. The lock is held.
func (s *recent) put(stream string, k known) {
	if s.known == nil {
		s.known = map[string]known{}
	}
	s.known[stream] = k
}

// Fill is how full a stream is in bytes, 0 to 1, by [Bus.Recent]; a stream without a limit is empty, and so is one of which nothing
// is known.
func (b *Bus) Fill(ctx context.Context, stream string) float64 {
	s, _ := b.Recent(ctx, stream)
	if s.MaxBytes == 0 {
		return 0
	}
	return float64(s.Bytes) / float64(s.MaxBytes)
}

// Full says that a stream is over a share of its room, 0 to 1, as [Bus.Fill] has it. It is a
// forecast: what is published meanwhile may still be refused with [ErrNoRoom].
func (b *Bus) Full(ctx context.Context, stream string, share float64) bool {
	return b.Fill(ctx, stream) > share
}

// Subjects counts what a stream holds of each subject that matches a filter. It costs the broker a walk over the subjects
// that hold something; the others cost nothing.
func (b *Bus) Subjects(ctx context.Context, stream, filter string) (map[string]uint64, error) {
	if err := valid.Filter(filter); err != nil {
		return nil, fmt.Errorf("subjects of %s: %w", stream, err)
	}
	s, err := b.stream(ctx, stream)
	if err != nil {
		return nil, err
	}
	info, err := s.Info(ctx, jetstream.WithSubjectFilter(filter))
	if err != nil {
		return nil, fmt.Errorf("subjects of %s: %w", stream, err)
	}
	return info.State.Subjects, nil
}

// Backlog is how many messages of a channel wait for a destination, statuses and what is being sent included. It costs one request,
// and the broker a look at its index.
func (b *Bus) Backlog(ctx context.Context, far, channel string) (uint64, error) {
	subject := topology.EgressSubject(far, channel)
	if err := valid.Subject(subject); err != nil {
		return 0, fmt.Errorf("backlog: %w", err)
	}
	waiting, err := b.Subjects(ctx, topology.Egress(far).Name, subject)
	return waiting[subject], err
}

// At reads the message of a stream with this sequence from the stream's leader, or [ErrNotFound].
func (b *Bus) At(ctx context.Context, stream string, sequence uint64) (*Message, error) {
	return b.read(ctx, stream, sequence)
}

// Next reads the first message of a stream at or behind a sequence whose subject matches a filter, or [ErrNotFound]. It is how a
// queue that has a reader can be looked through by somebody else, a request for each message.
func (b *Bus) Next(ctx context.Context, stream, filter string, sequence uint64) (*Message, error) {
	if err := valid.Filter(filter); err != nil {
		return nil, fmt.Errorf("read %s: %w", stream, err)
	}
	return b.read(ctx, stream, max(sequence, 1), jetstream.WithGetMsgSubject(filter))
}

func (b *Bus) read(ctx context.Context, stream string, sequence uint64, options ...jetstream.GetMsgOpt) (*Message, error) {
	s, err := b.stream(ctx, stream)
	if err != nil {
		return nil, err
	}
	m, err := s.GetMsg(ctx, sequence, options...)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read message %d of %s: %w", sequence, stream, err)
	}
	return rawMessage(m), nil
}

// Remove takes one message out of a stream, for good; it is no error where it is not there. Consumers that have it already
// go on with it.
func (b *Bus) Remove(ctx context.Context, stream string, sequence uint64) error {
	s, err := b.stream(ctx, stream)
	if err != nil {
		return err
	}
	err = s.DeleteMsg(ctx, sequence)
	if err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) && !errors.Is(err, jetstream.ErrMsgDeleteUnsuccessful) {
		return fmt.Errorf("remove message %d of %s: %w", sequence, stream, err)
	}
	return nil
}

// Purge removes what a stream holds of the subjects that match a filter, up to and with a sequence, for good. What is stored
// meanwhile is behind that sequence and stays.
func (b *Bus) Purge(ctx context.Context, stream, filter string, upTo uint64) error {
	if err := valid.Filter(filter); err != nil {
		return fmt.Errorf("purge %s: %w", stream, err)
	}
	s, err := b.stream(ctx, stream)
	if err != nil {
		return err
	}
	if err := s.Purge(ctx, jetstream.WithPurgeSubject(filter), jetstream.WithPurgeSequence(upTo+1)); err != nil {
		return fmt.Errorf("purge %s: %w", stream, err)
	}
	return nil
}

// StreamNames are the names of the streams of a deployment that there are, in no order: those that pkg/topology declares, and
// none of somebody else's on the same broker, nor buckets.
func (b *Bus) StreamNames(ctx context.Context) (names []string, err error) {
	list := b.JetStream().StreamNames(ctx)
	for name := range list.Name() {
		if _, ok := topology.Declared(name); ok {
			names = append(names, name)
		}
	}
	if err := list.Err(); err != nil {
		return nil, fmt.Errorf("list streams: %w", err)
	}
	return names, nil
}

// stream is a handle on a stream; it is asked for once a connection, since asking costs a request. It stays good where the
// stream is made anew under its name.
func (b *Bus) stream(ctx context.Context, name string) (jetstream.Stream, error) {
	s, err := b.Link().Stream(ctx, name)
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return nil, fmt.Errorf("stream %s: %w: %w", name, ErrNoStream, err)
	case errors.Is(err, ErrName): // the text may be a stranger's
		return nil, fmt.Errorf("stream: %w", err)
	case err != nil:
		return nil, fmt.Errorf("stream %s: %w", name, err)
	}
	return s, nil
}
