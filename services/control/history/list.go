package history

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/services/control/history/internal/cursor"
	"github.com/bonychat/puente/services/control/history/store"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// List is a page of messages without their hops, the newest first, and the token of the next page, "" where this is the last.
// What comes in meanwhile does not move pages: a message stands in the list where it was accepted. One whose state changes
// between two pages is in the list by its state at its page. A token that goes with another list is [ErrPageToken].
func (h *History) List(ctx context.Context, q *controlv1.ListMessagesRequest) (page []Message, next string, err error) {
	ctx, f, done, err := h.asking(ctx)
	if err != nil {
		return nil, "", err
	}
	defer done()
	if len(q.GetIds()) > 0 {
		page, err = f.withIDs(ctx, q)
		return page, "", h.failed("list messages", err)
	}
	page, next, err = f.list(ctx, q)
	return page, next, h.failed("list messages", err)
}

func (f reader) list(ctx context.Context, q *controlv1.ListMessagesRequest) ([]Message, string, error) {
	asked := proto.CloneOf(q)
	asked.PageSize, asked.PageToken = 0, ""
	of, size := cursor.Question(asked), cursor.PageSize(q.GetPageSize())
	token, err := cursor.Open(q.GetPageToken(), of)
	if err != nil {
		return nil, "", err
	}
	behind, err := f.behind(ctx, token)
	if err != nil {
		return nil, "", err
	}
	channels, err := f.numbersOf(ctx, q.GetChannel())
	if err != nil {
		return nil, "", err
	}
	networks, err := f.networks(ctx)
	if err != nil {
		return nil, "", err
	}
	var all []dated
	for _, c := range channels {
		if q.GetContact() != "" {
			some, err := f.ofContact(ctx, c, networks, q, behind, size+1)
			if err != nil {
				return nil, "", err
			}
			all = append(all, some...)
			continue
		}
		slots, err := f.slots(ctx, c)
		if err != nil {
			return nil, "", err
		}
		for _, slot := range slots {
			network, d, s := store.OpenSlot(slot)
			if q.GetNetwork() != "" && networks[network] != q.GetNetwork() || q.GetState() != 0 && q.GetState() != s || q.GetDirection() != 0 && q.GetDirection() != d {
				continue
			}
			some, err := f.inSlot(ctx, c, slot, q, behind, size+1)
			if err != nil {
				return nil, "", err
			}
			all = append(all, some...)
		}
	}
	numbers := newest(all, size+1)
	more := len(numbers) > size
	page, err := f.messages(ctx, numbers[:min(size, len(numbers))])
	if err != nil || !more || len(page) == 0 {
		return page, "", err
	}
	last := page[len(page)-1]
	end := cursor.Cursor{At: last.GetAcceptedAt().AsTime().UnixMicro(), ID: last.GetId(), Channel: last.GetChannel(), Network: last.GetNetwork(), Of: of}
	return page, end.Token(), nil
}

// withIDs are the messages of a list that names them, the newest first: all of them in one page.
func (f reader) withIDs(ctx context.Context, q *controlv1.ListMessagesRequest) ([]Message, error) {
	ids := q.GetIds()
	all, err := f.integers(ctx, "SELECT message FROM messages WHERE id IN ("+store.Marks(len(ids))+") ORDER BY accepted_at DESC, message DESC", store.Anys(ids)...)
	if err != nil {
		return nil, err
	}
	page, err := f.messages(ctx, all)
	return slices.DeleteFunc(page, func(m Message) bool {
		return q.GetChannel() != "" && m.GetChannel() != q.GetChannel() || q.GetNetwork() != "" && m.GetNetwork() != q.GetNetwork() ||
			q.GetState() != 0 && m.GetState() != q.GetState() || q.GetDirection() != 0 && m.GetDirection() != q.GetDirection() || q.GetContact() != "" && m.ContactKey != q.GetContact()
	}), err
}

// behind is where a page begins, by the numbers of this file.
func (f reader) behind(ctx context.Context, c *cursor.Cursor) (*dated, error) {
	if c == nil {
		return nil, nil
	}
	d := &dated{at: c.At}
	err := f.Row(ctx, "SELECT message FROM messages JOIN channels USING (channel) JOIN networks n USING (network) WHERE messages.id = ? AND channels.id = ? AND n.name = ?",
		c.ID, c.Channel, c.Network).Scan(&d.message)
	if errors.Is(err, sql.ErrNoRows) { // it is too old by now: the page begins at its time
		err = nil
	}
	return d, err
}

// anyChannel stands for all channels.
const anyChannel = 0

// numbersOf are the numbers of the channels with an id, [anyChannel] for "".
func (f reader) numbersOf(ctx context.Context, id string) ([]int64, error) {
	if id == "" {
		return []int64{anyChannel}, nil
	}
	return f.integers(ctx, "SELECT channel FROM channels WHERE id = ?", id)
}

// integers are the numbers that a question finds.
func (f reader) integers(ctx context.Context, query string, args ...any) (all []int64, err error) {
	err = f.Each(ctx, query, args, func(rows *sql.Rows) error {
		var n int64
		err := rows.Scan(&n)
		all = append(all, n)
		return err
	})
	return all, err
}

// networks are the names of the networks by their numbers.
func (f reader) networks(ctx context.Context) (map[int64]string, error) {
	all := map[int64]string{}
	err := f.Each(ctx, "SELECT network, name FROM networks", nil, func(rows *sql.Rows) error {
		var number int64
		var name string
		err := rows.Scan(&number, &name)
		all[number] = name
		return err
	})
	return all, err
}

// slots are those in which there is a message, of a channel or of all. It costs a look at the index for each.
func (f reader) slots(ctx context.Context, channel int64) ([]int64, error) {
	const walk = "WITH RECURSIVE s(slot) AS (SELECT min(slot) FROM messages WHERE %% UNION ALL SELECT (SELECT min(slot) FROM messages WHERE %% AND slot > s.slot) FROM s WHERE s.slot IS NOT NULL) SELECT slot FROM s WHERE slot IS NOT NULL"
	if channel == anyChannel {
		return f.integers(ctx, strings.ReplaceAll(walk, "%%", "true"))
	}
	return f.integers(ctx, strings.ReplaceAll(walk, "%%", "channel = ?1"), channel)
}

// ofContact are the newest messages of a contact, of a channel or of all.
func (f reader) ofContact(ctx context.Context, channel int64, networks map[int64]string, q *controlv1.ListMessagesRequest, behind *dated, most int) (found []dated, err error) {
	query, args := "SELECT accepted_at, message, slot FROM messages WHERE contact_key = ?", []any{store.Contact(q.GetContact())}
	query, args = narrowed(query, args, channel, q, behind)
	if q.GetState() != 0 {
		query, args = query+" AND slot & 15 = ?", append(args, int64(q.GetState()))
	}
	if q.GetDirection() != 0 {
		query, args = query+" AND slot >> 4 & 15 = ?", append(args, int64(q.GetDirection()))
	}
	err = f.Each(ctx, query+" ORDER BY accepted_at DESC, message DESC LIMIT ?", append(args, most), func(rows *sql.Rows) error {
		var d dated
		var slot int64
		err := rows.Scan(&d.at, &d.message, &slot)
		if network, _, _ := store.OpenSlot(slot); q.GetNetwork() == "" || networks[network] == q.GetNetwork() {
			found = append(found, d)
		}
		return err
	})
	return found, err
}

// narrowed is a question for messages of a channel, of a time, and behind a page.
func narrowed(query string, args []any, channel int64, q *controlv1.ListMessagesRequest, behind *dated) (string, []any) {
	if channel != anyChannel {
		query, args = query+" AND channel = ?", append(args, channel)
	}
	if q.GetSince() != nil {
		query, args = query+" AND accepted_at >= ?", append(args, q.GetSince().AsTime().UnixMicro())
	}
	if q.GetUntil() != nil {
		query, args = query+" AND accepted_at < ?", append(args, q.GetUntil().AsTime().UnixMicro())
	}
	if behind != nil {
		query, args = query+" AND accepted_at <= ? AND (accepted_at < ? OR message < ?)", append(args, behind.at, behind.at, behind.message)
	}
	return query, args
}

// inSlot are the newest messages of a slot.
func (f reader) inSlot(ctx context.Context, channel, slot int64, q *controlv1.ListMessagesRequest, behind *dated, most int) (found []dated, err error) {
	query, args := narrowed("SELECT accepted_at, message FROM messages WHERE slot = ?", []any{slot}, channel, q, behind)
	query, args = query+" ORDER BY accepted_at DESC LIMIT ?", append(args, most)
	err = f.Each(ctx, query, args, func(rows *sql.Rows) error {
		var d dated
		err := rows.Scan(&d.at, &d.message)
		found = append(found, d)
		return err
	})
	slices.SortFunc(found, func(a, b dated) int { return cmpDown(a.message, b.message) })
	return found, err
}
