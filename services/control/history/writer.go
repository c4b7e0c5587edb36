package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
)

// item is an entry of the journal as it was read.
type item struct {
	entry    *journalv1.Entry // nil where it cannot be read
	sequence uint64           // of the stored message that it is in
	place    int              // which of the entries there, from 0
	stored   time.Time
}

// writer brings entries into the file, a batch at a time. A batch is one transaction, with the sequence up to which it goes:
// after a death in the middle, none of it is there, and it is read again. One goroutine uses it. After an error it is of
// no use any more: what it remembers may not be what the file holds.
type writer struct {
	file *file
	// sequence is that of the last entry that the file holds, last when the broker stored it.
	sequence uint64
	last     time.Time
	// journal says which journal it is: see [identity].
	journal string

	networks map[string]int64
	channels map[place]*channel
	rows     *cache
	next     int64  // the number of the next new message
	dirty    []*row // changed in this batch, in the order in which they were met
	in       map[*row]bool
	statements
	retention
}

// place is a channel by its names.
type place struct{ network, id string }

// channel is a channel's row.
type channel struct {
	number, network int64
	lastIn          int64
	changed         bool
}

// rowKey names a message.
type rowKey struct {
	id      string
	channel int64
}

// newWriter begins to write into a file, from where it was left.
func newWriter(f *file) (*writer, error) {
	w := &writer{file: f, networks: map[string]int64{}, channels: map[place]*channel{}, rows: newCache(), in: map[*row]bool{}}
	if err := w.load(); err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	return w, w.statements.prepare(f.write)
}

// load reads what the writer has to know.
func (w *writer) load() error {
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
	w.journal = meta["journal"]
	if text := meta["sequence"]; text != "" {
		var err error
		if w.sequence, err = strconv.ParseUint(text, 10, 64); err != nil {
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
		if w.last, err = time.Parse(time.RFC3339Nano, meta["last"]); err != nil {
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
	}
	if err := w.file.write.QueryRowContext(ctx, "SELECT coalesce(max(message), 0) + 1 FROM messages").Scan(&w.next); err != nil {
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
	return each(ctx, w.file.write, "SELECT channel, network, name, id, last_in FROM channels JOIN networks USING (network)", nil, func(rows *sql.Rows) error {
		c, at := &channel{}, place{}
		err := rows.Scan(&c.number, &c.network, &at.network, &at.id, &c.lastIn)
		w.channels[at] = c
		return err
	})
}

// write brings entries in, in their order: all of those that are stored as one message. Those that the file has are passed over.
func (w *writer) write(items []item) error {
	from := w.sequence
	return w.transaction(func(ctx context.Context) error {
		for _, i := range items {
			if i.sequence <= from {
				continue
			}
			if i.entry == nil {
				// it cannot be read
			} else if err := w.take(ctx, i); err != nil {
				return fmt.Errorf("entry %d of %d: %w", i.place, i.sequence, err)
			}
			w.sequence, w.last = i.sequence, i.stored
		}
		return w.finish(ctx)
	})
}

// transaction does all of it or nothing. The context has no end: a batch is short, and one that ends costs a goroutine for each
// statement.
func (w *writer) transaction(do func(ctx context.Context) error) error {
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

// take brings one entry in. What the message's row says is written at the end of the batch.
func (w *writer) take(ctx context.Context, i item) error {
	c, err := w.channel(ctx, place{cut(i.entry.GetNetwork(), 64), cut(i.entry.GetChannel(), 64)})
	if err != nil {
		return err
	}
	if i.entry.GetId() == "" {
		return w.takeEvent(ctx, c, i)
	}
	r, err := w.row(ctx, rowKey{cut(i.entry.GetId(), 128), c.number}, c)
	if err != nil {
		return err
	}
	if !w.in[r] {
		w.in[r], w.dirty = true, append(w.dirty, r)
	}
	if r.message == 0 {
		r.message = w.next
		w.next++
	}
	r.take(i.entry, i.stored)
	if r.direction == controlv1.Direction_DIRECTION_IN && r.acceptedAt > c.lastIn {
		c.lastIn, c.changed = r.acceptedAt, true
	}
	return w.keep(ctx, r, i)
}

// keep stores the entry itself, and what its message is found by.
func (w *writer) keep(ctx context.Context, r *row, i item) error {
	e := i.entry
	if hop := e.GetHop(); r.entries >= mostEntries && (hop == journalv1.Hop_HOP_WAITING || hop == journalv1.Hop_HOP_REPEATED) || r.entries >= 2*mostEntries {
		return nil
	}
	r.entries++
	if ref := cut(e.GetRef(), 64); ref != "" && ref != r.foundBy.ref {
		r.foundBy.ref = ref
		if _, err := w.addRef.ExecContext(ctx, ref, r.message); err != nil {
			return err
		}
	}
	if trace := cut(e.GetTraceId(), 64); trace != "" && trace != r.foundBy.trace {
		r.foundBy.trace = trace
		if _, err := w.addTrace.ExecContext(ctx, trace, r.message); err != nil {
			return err
		}
	}
	body, err := proto.Marshal(stripped(e, r.trace))
	if err != nil {
		return nil // not UTF-8: nothing that this version writes
	}
	_, err = w.addEntry.ExecContext(ctx, r.message, int64(i.sequence), i.place, body)
	return err
}

// stripped is an entry without what its message's row says.
func stripped(e *journalv1.Entry, trace string) *journalv1.Entry {
	kept := &journalv1.Entry{
		Generation: e.GetGeneration(), Part: e.GetPart(), Service: e.GetService(), Hop: e.GetHop(), At: e.GetAt(), Attempts: e.GetAttempts(),
		Ref: e.GetRef(), AcceptedAt: e.GetAcceptedAt(), AcceptedBy: e.GetAcceptedBy(), Why: e.GetWhy(), NextTry: e.GetNextTry(),
		Holds: e.GetHolds(), ByReceipt: e.GetByReceipt(),
	}
	if e.GetWhy() == nil {
		kept.Reason = cut(e.GetReason(), 1000)
	}
	if e.GetTraceId() != trace {
		kept.TraceId = e.GetTraceId()
	}
	return kept
}

// takeEvent brings in what happened to a channel.
func (w *writer) takeEvent(ctx context.Context, c *channel, i item) error {
	body, err := proto.Marshal(stripped(i.entry, ""))
	if err != nil {
		return nil
	}
	_, err = w.addEvent.ExecContext(ctx, c.number, int64(i.sequence), i.place, i.stored.UnixMicro(), body)
	return err
}

// channel is the row of a channel; it is made where there is none.
func (w *writer) channel(ctx context.Context, at place) (*channel, error) {
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
	result, err := w.file.write.ExecContext(ctx, "INSERT INTO channels (network, id, last_in) VALUES (?, ?, 0)", network, at.id)
	if err != nil {
		return nil, err
	}
	number, err := result.LastInsertId()
	c := &channel{number: number, network: network}
	w.channels[at] = c
	return c, err
}

// row is the row of a message; its number is 0 where it is not stored yet.
func (w *writer) row(ctx context.Context, key rowKey, c *channel) (*row, error) {
	if r := w.rows.get(key); r != nil {
		return r, nil
	}
	r := &row{}
	err := scanRow(w.findRow.QueryRowContext(ctx, key.id, key.channel), r)
	if errors.Is(err, sql.ErrNoRows) {
		r, err = &row{}, nil
	}
	r.id, r.channel, r.network = key.id, key.channel, c.network
	w.rows.put(key, r)
	return r, err
}

// finish writes the rows that the batch changed, and how far it goes.
func (w *writer) finish(ctx context.Context) error {
	for _, r := range w.dirty {
		if err := w.update(ctx, r); err != nil {
			return err
		}
	}
	clear(w.in)
	w.dirty = w.dirty[:0]
	for _, c := range w.channels {
		if c.changed {
			c.changed = false
			if _, err := w.setLastIn.ExecContext(ctx, c.lastIn, c.number); err != nil {
				return err
			}
		}
	}
	for name, value := range map[string]string{"journal": w.journal, "sequence": strconv.FormatUint(w.sequence, 10), "last": w.last.UTC().Format(time.RFC3339Nano)} {
		if _, err := w.setMeta.ExecContext(ctx, name, value); err != nil {
			return err
		}
	}
	return nil
}
