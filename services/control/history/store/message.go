package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/services/control/history/internal/projection"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// Message is how a message stands. A time is nil where there is none.
type Message struct {
	// Number is the file's own; the same message has another one in another file.
	Number                        int64
	ID, Network, Channel, TraceID string
	// Contact is the keyed digest of the contact's address; "" where the journal has none.
	Contact   string
	Direction controlv1.Direction
	State     controlv1.State
	// Why is why it waits or failed; nil where it does neither.
	Why *reasonv1.Reason
	// Generation counts how often it was brought back; Parts is in how many pieces it goes, 1 at least.
	Generation, Parts                   uint32
	AcceptedAt, StateAt, NextTry, EndAt *timestamppb.Timestamp
	// SentAt is when the far end had taken all of it.
	SentAt *timestamppb.Timestamp
}

// fullRow is what a message's row is read with: see [scanMessage].
const fullRow = "SELECT " + rowColumns + ", n.name, c.id FROM messages m JOIN channels c ON c.channel = m.channel JOIN networks n ON n.network = c.network "

// scanMessage reads a row of [fullRow].
func scanMessage(rows *sql.Rows) (Message, error) {
	r, m := &row{}, Message{}
	if err := r.scan(rows, &m.Network, &m.Channel); err != nil {
		return m, err
	}
	m.Number, m.ID, m.Contact, m.TraceID, m.Direction, m.State = r.number, r.of.id, r.Contact, r.Trace, r.Direction, r.State
	m.Why, m.Generation, m.Parts = projection.ReadReason(r.Why), r.Progress.Generation(), uint32(r.Progress.Parts())
	m.AcceptedAt, m.StateAt, m.SentAt = projection.Timestamp(r.AcceptedAt), projection.Timestamp(r.StateAt), projection.Timestamp(r.SentAt)
	m.NextTry, m.EndAt = projection.Timestamp(r.NextTry), projection.Timestamp(r.Ends)
	return m, nil
}

// Messages are messages by their numbers, in this order; those that are gone are left out.
func (f *File) Messages(ctx context.Context, numbers []int64) ([]Message, error) {
	found := make(map[int64]Message, len(numbers))
	for chunk := range slices.Chunk(numbers, 500) {
		err := f.Each(ctx, fullRow+"WHERE m.message IN ("+Marks(len(chunk))+")", Anys(chunk), func(rows *sql.Rows) error {
			m, err := scanMessage(rows)
			found[m.Number] = m
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	var all []Message
	for _, n := range numbers {
		if m, ok := found[n]; ok {
			all = append(all, m)
		}
	}
	return all, nil
}

// Entries are what the journal told of a message, by its number, in the order in which it was told. They lack what the message's
// row says: its id, network, channel and trace. read gets each with its bytes as they are stored.
func (f *File) Entries(ctx context.Context, message int64, read func(e *journalv1.Entry, body []byte)) error {
	return f.Each(ctx, "SELECT body FROM entries WHERE message = ? ORDER BY sequence, place LIMIT ?", []any{message, 2 * mostEntries}, func(rows *sql.Rows) error {
		var packed []byte
		if err := rows.Scan(&packed); err != nil {
			return err
		}
		return unpack(packed, read)
	})
}

// ChannelEvents are what the journal told of a channel itself, the newest first, at most so many.
func (f *File) ChannelEvents(ctx context.Context, channel string, most int) (all []*journalv1.Entry, err error) {
	const query = "SELECT body FROM channel_events JOIN channels USING (channel) WHERE id = ? ORDER BY sequence DESC, place DESC LIMIT ?"
	err = f.Each(ctx, query, []any{channel, most}, func(rows *sql.Rows) error {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return err
		}
		e := &journalv1.Entry{}
		if err := proto.Unmarshal(body, e); err != nil {
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
		all = append(all, e)
		return nil
	})
	return all, err
}

// Marks are the places of n values in a list: "?,?,?".
func Marks(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }

// Anys are values as arguments.
func Anys[T any](values []T) []any {
	all := make([]any, len(values))
	for i, v := range values {
		all[i] = v
	}
	return all
}
