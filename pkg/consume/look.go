package consume

import (
	"context"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/lanes"
)

// LaneState is how one lane of a queue stands.
type LaneState struct {
	// Head is the sequence of its first message, and Length how many it holds.
	Head   uint64
	Length int
	// Working says that the head is being worked on. Due is until when it waits; zero where it works or waits for its turn.
	Working bool
	Due     time.Time
	// Accepted is when the head was accepted, by its event, else when it was stored. Fractions of a second are left out.
	Accepted time.Time
	// Note is what the work on the head last said of it ([Entry.SetNote]); nil for nothing.
	Note any
	// Found are the messages of the lane that were looked for, by their hashes.
	Found []Found
}

// Found is a message that may be one that was looked for: see [Queue.Look].
type Found struct {
	// Sequence is where it is stored, and Position its place in the lane, from 1.
	Sequence uint64
	Position int
}

// Look tells how every lane stands, in no order, and which messages may be those with these ids. What waits is kept without
// its body, so that an id is compared by a hash of 32 bits: whoever needs to be sure reads the message ([Queue.Read]).
// f must be quick, and must not call the queue. The queue works on meanwhile: it is never held up for more than a
// millisecond.
func (q *Queue) Look(ids []string, f func(LaneState)) {
	asked := make(map[uint32]bool, len(ids))
	for _, id := range ids {
		asked[hashOf(id)] = true
	}
	q.set.Each(func(_ string, l lanes.State[waiting]) {
		head := l.Items[0]
		state := LaneState{
			Head: head.sequence, Length: len(l.Items), Working: l.Working, Due: l.Due, Accepted: time.Unix(int64(head.at), 0),
		}
		if len(asked) > 0 {
			for i, w := range l.Items {
				if asked[w.id] {
					state.Found = append(state.Found, Found{w.sequence, i + 1})
				}
			}
		}
		q.mu.Lock()
		e := q.heads[state.Head]
		q.mu.Unlock()
		if e != nil {
			if note := e.note.Load(); note != nil {
				state.Note = *note
			}
		}
		f(state)
	})
}

// Read reads a message that waits from the stream, for whoever only looks: nobody works on the entry. It returns
// [bus.ErrNotFound] where it has left the stream.
func (q *Queue) Read(ctx context.Context, sequence uint64) (*Entry, error) {
	ctx, cancel := context.WithTimeout(ctx, bus.RequestTimeout)
	defer cancel()
	m, err := q.partition.Bus.At(ctx, q.partition.Stream, sequence)
	if err != nil {
		return nil, err
	}
	e := entryOf(m)
	return e, e.decode()
}

// SetNote says how the entry stands, for whoever looks at the queue meanwhile ([Queue.Look]): it must not be changed
// afterwards.
func (e *Entry) SetNote(note any) { e.note.Store(&note) }
