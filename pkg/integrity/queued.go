package integrity

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// queued are the keys of sends, and the ids of messages, that are somewhere: as hashes of 8 bytes, since there may be
// millions. Two texts with one hash are possible: then something that is missing is not told of, and never the other
// way round.
type queued struct {
	// seed is drawn for each search, so that nobody can choose texts with one hash.
	seed maphash.Seed
	keys map[uint64]bool
	// parts is how many parts a message to the platform has, by id and generation, where there are several and one of
	// them was seen.
	parts map[string]uint32
}

// add notes a key, has says whether it was noted. An id of a message has "message " before it, so that it is no key.
func (q queued) add(key string)      { q.keys[maphash.String(q.seed, key)] = true }
func (q queued) has(key string) bool { return q.keys[maphash.String(q.seed, key)] }

// split notes that a message has several parts. A part that is seen says of how many it is one.
func (q queued) split(id string, generation, parts uint32) {
	if parts > 1 {
		q.parts[fmt.Sprintf("%s-%d", id, generation)] = parts
	}
}

// queues are the names of the streams of unfinished work that there are, in the order in which messages move: MESSAGES first, so
// that what leaves it while it is read is found in the next.
func (s *search) queues(ctx context.Context) ([]string, error) {
	all, err := s.bus.StreamNames(ctx)
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

// letterIDs are the ids of the messages that have a dead letter. It reads the list page by page.
func (s *search) letterIDs(ctx context.Context) (map[string]bool, error) {
	ids := map[string]bool{}
	// a page bounds what is in memory of the letters; of each only the id is kept
	q := deadletter.Query{Limit: 1000}
	for {
		letters, more, err := deadletter.List(ctx, s.bus, q)
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

// queuedIn adds what such a stream holds, and returns since when its first entry is there; the zero time for an empty
// one. It reads one entry after the other.
func (s *search) queuedIn(ctx context.Context, name string) (first time.Time, err error) {
	q := s.queued
	for next := uint64(1); ; {
		m, err := s.bus.Next(ctx, name, ">", next)
		if errors.Is(err, bus.ErrNotFound) {
			return first, nil
		}
		if err != nil {
			return first, err
		}
		// the stream is read in its order, so the first entry is the oldest
		if first.IsZero() {
			first = m.Stored
		}
		next = m.Sequence + 1
		q.add(m.ID())
		var e eventv1.Event
		if err := proto.Unmarshal(m.Data, &e); err != nil {
			// whoever works on it leaves it in the dead letters; its key is noted
			continue
		}
		// on MESSAGES a message is not split yet, and all of its sends are to come: it is known by its id
		switch held := topology.MessageOf(&e); name {
		case topology.Messages.Name:
			q.add("message " + held.GetId())
		case topology.Egress(topology.Platform).Name:
			q.split(held.GetId(), held.GetGeneration(), held.GetPart().GetCount())
		}
	}
}

// platformTold adds the sends to the platform that have an outcome. It says whether all of them are known: where a
// full stream was tidied up, what is not there may have been sent long ago.
func (s *search) platformTold(ctx context.Context, since time.Time) (all bool, err error) {
	name := topology.Outcomes(topology.Platform).Name
	state, err := s.bus.State(ctx, name)
	if err != nil {
		return false, err
	}
	// gaps, or a beginning within the time that is looked at: outcomes were removed
	if state.Deleted > 0 || state.First > 1 && state.FirstTime.After(since) {
		return false, nil
	}
	return true, s.bus.Each(ctx, name, []string{">"}, since, func(m *bus.Message) error {
		var e eventv1.Event
		if err := proto.Unmarshal(m.Data, &e); err != nil {
			return nil // the translator leaves it in the dead letters
		}
		o := e.GetOutcome()
		// an intent or a wait says nothing of how it ended
		if !record.Final(o.GetResult()) {
			return nil
		}
		s.queued.add(o.GetKey())
		s.queued.split(o.GetId(), o.GetGeneration(), o.GetParts())
		return nil
	})
}
