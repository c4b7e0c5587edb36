package bus

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/topology"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// queued are the keys of sends, and the ids of messages, that are somewhere: as hashes, since there may be millions.
type queued struct {
	seed maphash.Seed
	keys map[uint64]bool
	// parts is how many parts a message to the platform has, by id and generation, where there are several and one of
	// them was seen.
	parts map[string]uint32
}

func (q queued) add(key string)      { q.keys[maphash.String(q.seed, key)] = true }
func (q queued) has(key string) bool { return q.keys[maphash.String(q.seed, key)] }

// split notes that a message has several parts.
func (q queued) split(id string, generation, parts uint32) {
	if parts > 1 {
		q.parts[fmt.Sprintf("%s-%d", id, generation)] = parts
	}
}

// queues are the names of the work queues that there are, in the order in which messages move.
func (b *Bus) queues(ctx context.Context) ([]string, error) {
	all, err := b.streamNames(ctx)
	if err != nil {
		return nil, err
	}
	names := []string{topology.Messages.Name}
	for _, name := range all {
		if strings.HasPrefix(name, "EGRESS_") {
			names = append(names, name)
		}
	}
	return names, nil
}

// streamNames are the names of the streams of a deployment that there are.
func (b *Bus) streamNames(ctx context.Context) (names []string, err error) {
	list := b.js().StreamNames(ctx)
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

// letterIDs are the ids of the messages that have a dead letter.
func (b *Bus) letterIDs(ctx context.Context) (map[string]bool, error) {
	ids := map[string]bool{}
	q := LetterQuery{Limit: 1000}
	for {
		letters, more, err := b.Letters(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, l := range letters {
			ids[l.ID] = true
		}
		if !more {
			return ids, nil
		}
		q.After = letters[len(letters)-1].Sequence
	}
}

func (b *Bus) info(ctx context.Context, name string) (*jetstream.StreamInfo, error) {
	s, err := b.stream(ctx, name)
	if err != nil {
		return nil, err
	}
	info, err := s.Info(ctx)
	if err != nil {
		return nil, fmt.Errorf("state of %s: %w", name, err)
	}
	return info, nil
}

// queuedIn adds what a work queue holds, and returns since when its first entry is there. It reads one entry after the
// other, since only its owner may have a consumer on it.
func (b *Bus) queuedIn(ctx context.Context, name string, q queued) (first time.Time, err error) {
	s, err := b.stream(ctx, name)
	if err != nil {
		return first, err
	}
	for next := uint64(1); ; {
		m, err := s.GetMsg(ctx, next, jetstream.WithGetMsgSubject(">"))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return first, nil
		}
		if err != nil {
			return first, fmt.Errorf("read %s: %w", name, err)
		}
		if first.IsZero() {
			first = m.Time
		}
		next = m.Sequence + 1
		q.add(m.Header.Get(headerID))
		var e eventv1.Event
		if err := proto.Unmarshal(m.Data, &e); err != nil {
			continue // whoever works on it leaves it in the dead letters
		}
		switch held := messageOf(&e); name {
		case topology.Messages.Name:
			q.add("message " + held.GetId())
		case topology.Egress(topology.Platform).Name:
			q.split(held.GetId(), held.GetGeneration(), held.GetPart().GetCount())
		}
	}
}

// platformTold adds the sends to the platform that have an outcome. It says whether all of them are known: where a full
// stream was tidied up, what is not there may have been sent long ago.
func (b *Bus) platformTold(ctx context.Context, since time.Time, q queued) (all bool, err error) {
	name := topology.Outcomes(topology.Platform).Name
	info, err := b.info(ctx, name)
	if err != nil {
		return false, err
	}
	state := info.State
	if state.NumDeleted > 0 || state.FirstSeq > 1 && state.FirstTime.After(since) {
		return false, nil
	}
	return true, b.each(ctx, name, []string{">"}, since, func(m jetstream.Msg, _ uint64) error {
		var e eventv1.Event
		if err := proto.Unmarshal(m.Data(), &e); err != nil {
			return nil // the translator leaves it in the dead letters
		}
		o := e.GetOutcome()
		if !final(o.GetResult()) {
			return nil
		}
		q.add(o.GetKey())
		q.split(o.GetId(), o.GetGeneration(), o.GetParts())
		return nil
	})
}

// each reads what a stream with limits holds of these subjects since a time, as of now.
func (b *Bus) each(ctx context.Context, name string, filters []string, since time.Time, read func(m jetstream.Msg, sequence uint64) error) error {
	s, err := b.stream(ctx, name)
	if err != nil {
		return err
	}
	consumer, err := s.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{FilterSubjects: filters, DeliverPolicy: jetstream.DeliverByStartTimePolicy, OptStartTime: &since})
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	info, err := consumer.Info(ctx)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if info.NumPending == 0 {
		return nil
	}
	messages, err := consumer.Messages()
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	defer messages.Stop()
	for {
		m, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		meta, err := m.Metadata()
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		if err := read(m, meta.Sequence.Stream); err != nil {
			return err
		}
		if meta.NumPending == 0 {
			return nil
		}
	}
}
