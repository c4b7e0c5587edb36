package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"
)

// Position is how far the file goes. It is stored in the transaction that brings it there.
type Position struct {
	// Journal says which journal the file was built from; "" where it is new. Whoever reads the journal chooses what it says, and
	// sets it before the first [Writer.Write].
	Journal string
	// Sequence is that of the last stored message that the file holds, 0 for none, and Last when the broker stored it.
	Sequence uint64
	Last     time.Time
}

// Writer brings entries into the file, a batch at a time. A batch is one transaction, with the sequence up to which it goes:
// after a death in the middle, none of it is there, and it is read again. One goroutine uses it, and there is one at a time. After
// an error it is of no use any more: what it remembers may not be what the file holds.
type Writer struct {
	Position
	file *File

	networks map[string]int64
	channels map[place]*channel
	rows     *cache
	next     int64     // the number of the next new message
	dirty    []*row    // changed in this batch, in the order in which they were met
	found    []foundBy // what messages of this batch are found by
	statements
	retention
}

// place is a channel by its names.
type place struct{ network, id string }

// channel is a channel's row.
type channel struct {
	number, network int64
	lastIn          int64 // when a message of a contact was accepted last
	lastSent        int64 // when the network took something last
	lastTold        int64 // when the platform did
	changed         bool
}

// Writer begins to write into the file, from where it was left. The caller closes it.
func (f *File) Writer() (*Writer, error) {
	w := &Writer{file: f, networks: map[string]int64{}, channels: map[place]*channel{}, rows: newCache()}
	if err := w.load(); err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	return w, w.statements.prepare(f.write)
}

// Close gives back what it holds of the file.
func (w *Writer) Close() { w.statements.close() }

// load reads what the writer has to know.
func (w *Writer) load() error {
	ctx := context.Background()
	meta := map[string]string{}
	if err := each(ctx, w.file.write, "SELECT name, value FROM meta", nil, func(rows *sql.Rows) error {
		var name, value string
		err := rows.Scan(&name, &value)
		meta[name] = value
		return err
	}); err != nil {
		return err
	}
	w.Journal = meta["journal"]
	if text := meta["sequence"]; text != "" {
		var err error
		if w.Sequence, err = strconv.ParseUint(text, 10, 64); err != nil {
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
		if w.Last, err = time.Parse(time.RFC3339Nano, meta["last"]); err != nil {
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
	}
	if err := w.number(ctx); err != nil {
		return err
	}
	if err := each(ctx, w.file.write, "SELECT network, name FROM networks", nil, func(rows *sql.Rows) error {
		var number int64
		var name string
		err := rows.Scan(&number, &name)
		w.networks[name] = number
		return err
	}); err != nil {
		return err
	}
	return each(ctx, w.file.write, "SELECT channel, network, name, id, last_in, last_sent, last_told FROM channels JOIN networks USING (network)", nil, func(rows *sql.Rows) error {
		c, at := &channel{}, place{}
		err := rows.Scan(&c.number, &c.network, &at.network, &at.id, &c.lastIn, &c.lastSent, &c.lastTold)
		w.channels[at] = c
		return err
	})
}

// number finds the number of the next new message: the one that SQLite will give it.
func (w *Writer) number(ctx context.Context) error {
	w.addRow.last = 0
	return w.file.write.QueryRowContext(ctx, "SELECT coalesce(max(message), 0) + 1 FROM messages").Scan(&w.next)
}

// Write brings entries in, in their order: all of those that are stored as one message. Those that the file has are passed over.
func (w *Writer) Write(items []Item) error {
	from := w.Sequence
	return w.transaction(func(ctx context.Context) error {
		if err := w.meet(ctx, items); err != nil {
			return err
		}
		for _, i := range items {
			if i.Sequence <= from {
				continue
			}
			if i.Entry == nil {
				// it cannot be read
			} else if err := w.take(ctx, i); err != nil {
				return fmt.Errorf("entry %d of %d: %w", i.Place, i.Sequence, err)
			}
			w.Sequence, w.Last = i.Sequence, i.Stored
		}
		return w.finish(ctx)
	})
}

// transaction does all of it or nothing. The context has no end: a batch is short, and one that ends costs a goroutine for each
// statement.
func (w *Writer) transaction(do func(ctx context.Context) error) error {
	ctx := context.Background()
	if _, err := w.file.write.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := do(ctx)
	if err == nil {
		_, err = w.file.write.ExecContext(ctx, "COMMIT")
	}
	if err != nil {
		_, _ = w.file.write.ExecContext(ctx, "ROLLBACK")
	}
	return err
}

// channel is the row of a channel; it is made where there is none.
func (w *Writer) channel(ctx context.Context, at place) (*channel, error) {
	if c, ok := w.channels[at]; ok {
		return c, nil
	}
	network, ok := w.networks[at.network]
	if !ok {
		result, err := w.file.write.ExecContext(ctx, "INSERT INTO networks (name) VALUES (?)", at.network)
		if err != nil {
			return nil, err
		}
		if network, err = result.LastInsertId(); err != nil {
			return nil, err
		}
		w.networks[at.network] = network
	}
	result, err := w.file.write.ExecContext(ctx, "INSERT INTO channels (network, id, last_in, last_sent, last_told) VALUES (?, ?, 0, 0, 0)", network, at.id)
	if err != nil {
		return nil, err
	}
	number, err := result.LastInsertId()
	c := &channel{number: number, network: network}
	w.channels[at] = c
	return c, err
}

// finish writes the rows that the batch changed, what was gathered of it, and how far it goes.
func (w *Writer) finish(ctx context.Context) error {
	for _, r := range w.dirty {
		r.dirty = false
		if err := w.update(ctx, r); err != nil {
			return err
		}
	}
	w.dirty = w.dirty[:0]
	if err := w.addFound(ctx); err != nil {
		return err
	}
	for _, b := range []*bulk{&w.addRow, &w.addEntry, &w.addKey} {
		if err := b.flush(ctx); err != nil {
			return err
		}
	}
	if w.addRow.last != 0 && w.addRow.last != w.next-1 {
		return fmt.Errorf("the last message was numbered %d, not %d", w.addRow.last, w.next-1)
	}
	for _, c := range w.channels {
		if c.changed {
			c.changed = false
			if _, err := w.setLast.ExecContext(ctx, c.lastIn, c.lastSent, c.lastTold, c.number); err != nil {
				return err
			}
		}
	}
	_, err := w.setMeta.ExecContext(ctx, w.Journal, strconv.FormatUint(w.Sequence, 10), w.Last.UTC().Format(time.RFC3339Nano))
	return err
}
