package history

import (
	"context"
	"database/sql"
	"slices"

	"github.com/bonychat/puente/services/control/history/internal/hops"
	"github.com/bonychat/puente/services/control/history/internal/projection"
	"github.com/bonychat/puente/services/control/history/store"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
)

// Message is a message as the history knows it: its fields contact, behind, position, lane, live and trace_url are for others
// to set.
type Message struct {
	*controlv1.Message
	// ContactKey is the keyed digest that the journal has in place of the contact's address; "" where it has none.
	ContactKey string
}

// messages reads messages by their numbers, in this order, without hops; those that are gone are left out.
func (f reader) messages(ctx context.Context, numbers []int64) (all []Message, err error) {
	stored, err := f.Messages(ctx, numbers)
	for _, s := range stored {
		m := &controlv1.Message{
			Id: s.ID, Generation: s.Generation, Direction: s.Direction, Network: s.Network, Channel: s.Channel, State: s.State,
			Why: s.Why, NextTry: s.NextTry, AcceptedAt: s.AcceptedAt, StateAt: s.StateAt, SentAt: s.SentAt, Parts: s.Parts, TraceId: s.TraceID,
		}
		if projection.Pending(s.State) {
			m.Ends = s.EndAt
		}
		all = append(all, Message{m, s.Contact})
	}
	return all, err
}

// WithIDs are messages by their ids, of whichever channel, without hops and in no order; those that are not known are left out. They
// cost a look at the index each.
func (h *History) WithIDs(ctx context.Context, ids []string) (all []Message, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	ctx, f, done, err := h.asking(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	for chunk := range slices.Chunk(ids, 500) {
		numbers, err := f.integers(ctx, "SELECT message FROM messages WHERE id IN ("+store.Marks(len(chunk))+")", store.Anys(chunk)...)
		if err != nil {
			return nil, h.failed("messages by their ids", err)
		}
		some, err := f.messages(ctx, numbers)
		if err != nil {
			return nil, h.failed("messages by their ids", err)
		}
		all = append(all, some...)
	}
	return all, nil
}

// OfContact are the ids of a contact's messages by the contact's key, the newest first, at most so many.
func (h *History) OfContact(ctx context.Context, key string, most int) (ids []string, err error) {
	ctx, f, done, err := h.asking(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	err = f.Each(ctx, "SELECT id FROM messages WHERE contact_key = ? ORDER BY accepted_at DESC LIMIT ?", []any{store.Contact(key), most}, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, h.failed("messages of a contact", err)
}

// hops is the way of a message, the oldest first.
func (f reader) hops(ctx context.Context, message int64, m *controlv1.Message) ([]*controlv1.Hop, error) {
	var way hops.Way
	err := f.Entries(ctx, message, func(e *journalv1.Entry, body []byte) {
		e.Id, e.Network, e.Channel = m.GetId(), m.GetNetwork(), m.GetChannel()
		way.Add(e, body)
	})
	all := way.Hops()
	for _, h := range all {
		h.Direction = m.GetDirection()
	}
	return all, err
}

// neighboursEach is how many messages are told before one, and how many after it.
const neighboursEach = 5

// Neighbours are the messages of the same contact and channel that were accepted before a message and after it, five of each at
// most, the newest first, without hops. It is nil where the journal does not say whose the message is.
func (h *History) Neighbours(ctx context.Context, m Message) (around []Message, err error) {
	if m.ContactKey == "" {
		return nil, nil
	}
	ctx, f, done, err := h.asking(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	around, err = f.neighbours(ctx, m)
	return around, h.failed("neighbours of a message", err)
}

func (f reader) neighbours(ctx context.Context, m Message) ([]Message, error) {
	const of = "SELECT message FROM messages m JOIN channels c ON c.channel = m.channel JOIN networks n ON n.network = c.network WHERE m.contact_key = ? AND c.id = ? AND n.name = ? AND m.id != ? AND m.accepted_at "
	args := []any{store.Contact(m.ContactKey), m.GetChannel(), m.GetNetwork(), m.GetId(), m.GetAcceptedAt().AsTime().UnixMicro(), neighboursEach}
	after, err := f.integers(ctx, of+"> ? ORDER BY m.accepted_at LIMIT ?", args...)
	if err != nil {
		return nil, err
	}
	before, err := f.integers(ctx, of+"<= ? ORDER BY m.accepted_at DESC LIMIT ?", args...)
	if err != nil {
		return nil, err
	}
	slices.Reverse(after)
	return f.messages(ctx, append(after, before...))
}
