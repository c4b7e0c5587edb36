package history

import (
	"context"
	"slices"
)

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

func (f *file) neighbours(ctx context.Context, m Message) ([]Message, error) {
	const of = "SELECT message FROM messages m JOIN channels c ON c.channel = m.channel JOIN networks n ON n.network = c.network WHERE m.contact = ? AND c.id = ? AND n.name = ? AND m.id != ? AND m.accepted_at "
	args := []any{m.ContactKey, m.GetChannel(), m.GetNetwork(), m.GetId(), m.GetAcceptedAt().AsTime().UnixMicro(), neighboursEach}
	after, err := integers(ctx, f.read, of+"> ? ORDER BY m.accepted_at LIMIT ?", args...)
	if err != nil {
		return nil, err
	}
	before, err := integers(ctx, f.read, of+"<= ? ORDER BY m.accepted_at DESC LIMIT ?", args...)
	if err != nil {
		return nil, err
	}
	slices.Reverse(after)
	return messages(ctx, f.read, append(after, before...))
}
