package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus/internal/traceparent"
	"github.com/bonychat/puente/pkg/bus/internal/valid"
	"github.com/bonychat/puente/pkg/topology"
)

// Create writes the first record under a subject of INDEX, or fails with [ErrExists]. It carries no message id: a
// repeated create with one would be answered as success by three replicas, and two would both believe to be first.
// keep is how long it is remembered, 1 s at least, 0 for as long as the stream keeps it. It returns the revision, which
// is the sequence in the stream.
//
// [ErrNoRoom], [ErrTooLarge] and [ErrName] mean that nothing was written. After any other error it may be written all the same, and
// the next Create then returns ErrExists for one's own record: whoever needs to know puts into it what tells it apart.
func (b *Bus) Create(ctx context.Context, subject string, record proto.Message, keep time.Duration) (uint64, error) {
	seq, err := b.write(ctx, subject, record, 0, keep)
	if errors.Is(err, ErrConflict) {
		return 0, ErrExists
	}
	return seq, err
}

// Replace writes a record where its revision is still this one (0: nothing there), or fails with [ErrConflict]: then somebody
// else was first, or one's own write of before, whose answer was lost. Read again, and decide anew. It returns the new
// revision. keep and the errors are as for [Bus.Create].
func (b *Bus) Replace(ctx context.Context, subject string, record proto.Message, revision uint64, keep time.Duration) (uint64, error) {
	return b.write(ctx, subject, record, revision, keep)
}

// write is a compare-and-set: the broker stores it only where the last message under the subject has this sequence, 0 for none.
func (b *Bus) write(ctx context.Context, subject string, record proto.Message, revision uint64, keep time.Duration) (uint64, error) {
	data, err := proto.Marshal(record)
	if err != nil {
		return 0, fmt.Errorf("encode record: %w", err)
	}
	opts := []jetstream.PublishOpt{jetstream.WithExpectLastSequencePerSubject(revision)}
	if keep > 0 {
		opts = append(opts, jetstream.WithMsgTTL(keep))
	}
	m := &nats.Msg{Subject: subject, Data: data, Header: nats.Header{}}
	traceparent.Inject(ctx, m.Header)
	begun := time.Now()
	stream := topology.StreamOf(subject)
	sequence, err := b.send(ctx, stream, m, opts...)
	b.meter.Published(ctx, stream, 1, err, time.Since(begun))
	if err != nil {
		return 0, publishError(stream, err)
	}
	return sequence, nil
}

// Read reads the last record under a subject into record, and returns its revision, or [ErrNotFound]; [ErrNoStream] says that there
// is not even its stream. It asks the stream's leader, so it sees every write that was confirmed. It costs one request.
func (b *Bus) Read(ctx context.Context, subject string, record proto.Message) (uint64, error) {
	m, err := b.last(ctx, subject)
	if err != nil {
		return 0, err
	}
	if err := proto.Unmarshal(m.Data, record); err != nil {
		return 0, fmt.Errorf("read record of %s: %w", topology.StreamOf(subject), err)
	}
	return m.Sequence, nil
}

// last reads from the leader, since a replica may be behind: a compare-and-set that was decided on an old record would be
// refused until the replica has caught up.
func (b *Bus) last(ctx context.Context, subject string) (*jetstream.RawStreamMsg, error) {
	name := topology.StreamOf(subject)
	if err := valid.Subject(subject); err != nil {
		return nil, fmt.Errorf("read record of %s: %w", name, err)
	}
	s, err := b.stream(ctx, name)
	if err != nil {
		return nil, err
	}
	m, err := s.GetLastMsgForSubject(ctx, subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, ErrNotFound
	}
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		err = errors.Join(ErrNoStream, err)
	}
	if err != nil {
		return nil, fmt.Errorf("read record of %s: %w", name, err)
	}
	return m, nil
}
