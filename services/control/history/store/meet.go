package store

import (
	"context"
	"database/sql"
	"errors"

	"github.com/bonychat/puente/services/control/history/internal/projection"
)

// How many rows one statement looks for; where fewer are missing than findFrom, each is looked for when its turn comes.
const findAtOnce, findFrom = 32, 8

// named is which message and channel an entry is about; the message's id is "" where it is about the channel itself.
func (w *Writer) named(ctx context.Context, i Item) (rowKey, *channel, error) {
	c, err := w.channel(ctx, place{projection.Cut(i.Entry.GetNetwork(), 64), projection.Cut(i.Entry.GetChannel(), 64)})
	if err != nil {
		return rowKey{}, nil, err
	}
	return rowKey{projection.Cut(i.Entry.GetId(), 128), c.number}, c, nil
}

// meet reads the rows of the messages that a batch is about, many with one statement. Those that are at hand are not read.
func (w *Writer) meet(ctx context.Context, items []Item) error {
	missing := map[rowKey]*channel{}
	var keys []any
	for _, i := range items {
		if i.Entry.GetId() == "" || i.Sequence <= w.Sequence {
			continue
		}
		key, c, err := w.named(ctx, i)
		if err != nil {
			return err
		}
		if missing[key] == nil && w.rows.get(key) == nil {
			missing[key] = c
			keys = append(keys, key.id, key.channel)
		}
	}
	if len(missing) < findFrom {
		return nil
	}
	for len(keys)%(2*findAtOnce) != 0 {
		keys = append(keys, keys[0], keys[1]) // found twice, it is the same
	}
	for key, c := range missing {
		w.rows.put(key, &row{of: key, network: c.network})
	}
	for ; len(keys) > 0; keys = keys[2*findAtOnce:] {
		rows, err := w.findRows.QueryContext(ctx, keys[:2*findAtOnce]...)
		if err != nil {
			return err
		}
		if err := eachOf(rows, func(rows *sql.Rows) error {
			r := &row{}
			if err := r.scan(rows); err != nil {
				return err
			}
			w.rows.put(r.of, r)
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// row is the row of a message; its number is 0 where it is not stored yet.
func (w *Writer) row(ctx context.Context, key rowKey, c *channel) (*row, error) {
	if r := w.rows.get(key); r != nil {
		return r, nil
	}
	r := &row{}
	err := r.scan(w.findRow.QueryRowContext(ctx, key.id, key.channel))
	if errors.Is(err, sql.ErrNoRows) {
		r, err = &row{}, nil
	}
	r.of, r.network = key, c.network
	w.rows.put(key, r)
	return r, err
}
