package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"

	"github.com/bonychat/puente/services/control/history/internal/projection"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// statements are what a writer does again and again.
type statements struct {
	findRow, findRows, setRow, setSlot, setKeys, addEvent, setLast, setMeta, addFailure, endFailure, addResent, endResent *sql.Stmt
	addRow, addEntry, addKey                                                                                              bulk
}

func (s *statements) close() {
	for _, x := range []*sql.Stmt{s.findRow, s.findRows, s.setRow, s.setSlot, s.setKeys, s.addEvent, s.setLast, s.setMeta, s.addFailure, s.endFailure, s.addResent, s.endResent} {
		if x != nil {
			_ = x.Close()
		}
	}
	for _, x := range []*bulk{&s.addRow, &s.addEntry, &s.addKey} {
		x.close()
	}
}

func (s *statements) prepare(c *sql.Conn) error {
	const rest = "trace = ?, state_at = ?, sent_at = ?, next_try = ?, ends = ?, seen = ?, entries = ?, progress = ?, why = ? WHERE message = ?"
	errs := []error{
		s.addRow.prepare(c, "INSERT OR ROLLBACK INTO messages (slot, accepted_at, contact_key, contact, trace, state_at, sent_at, next_try, ends, seen, entries, progress, why, id, channel)", 15),
		s.addEntry.prepare(c, "INSERT OR ROLLBACK INTO entries (message, sequence, place, body)", 4),
		s.addKey.prepare(c, "INSERT OR IGNORE INTO keys (key, message)", 2),
	}
	for _, x := range []struct {
		to  **sql.Stmt
		sql string
	}{
		{&s.findRow, "SELECT " + rowColumns + " FROM messages m WHERE m.id = ? AND m.channel = ?"},
		{&s.findRows, "SELECT " + rowColumns + " FROM (VALUES " + tuples(findAtOnce, 2) + ") k CROSS JOIN messages m ON m.id = k.column1 AND m.channel = k.column2"},
		// what is indexed is written only where it changed: SQLite does not look whether it did
		{&s.setRow, "UPDATE messages SET " + rest},
		{&s.setSlot, "UPDATE messages SET slot = ?, " + rest},
		{&s.setKeys, "UPDATE messages SET slot = ?, accepted_at = ?, contact_key = ?, contact = ?, " + rest},
		{&s.addEvent, "INSERT OR REPLACE INTO channel_events (channel, sequence, place, seen, body) VALUES (?, ?, ?, ?, ?)"},
		{&s.setLast, "UPDATE channels SET last_in = ?, last_sent = ?, last_told = ? WHERE channel = ?"},
		{&s.setMeta, "INSERT OR REPLACE INTO meta (name, value) VALUES ('journal', ?), ('sequence', ?), ('last', ?)"},
		{&s.addFailure, "INSERT OR REPLACE INTO failures (message, at, channel, kind, fault, generation, part, service, code, en, es, why) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
		{&s.endFailure, "DELETE FROM failures WHERE message = ?"},
		{&s.addResent, "INSERT OR REPLACE INTO resent (message, at, channel, kind, fault, code, en, es, why, again) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
		{&s.endResent, "DELETE FROM resent WHERE message = ?"},
	} {
		var err error
		*x.to, err = c.PrepareContext(context.Background(), x.sql)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// update writes a row, with what came of its message, and that of its failure.
func (w *Writer) update(ctx context.Context, r *row) error {
	keys := r.keys()
	if r.came != nil {
		if err := w.addEntry.add(ctx, r.number, r.cameAt.sequence, r.cameAt.place, r.came); err != nil {
			return err
		}
		r.came = nil
	}
	values := []any{keys.slot, keys.acceptedAt, int64(keys.contact), r.Contact, r.Trace, r.StateAt, r.SentAt, r.NextTry, r.Ends, r.Seen, r.entries, r.Progress.Encode(), r.Why, r.number, r.of.channel}
	const number, rest = 13, 4
	var err error
	switch {
	case r.stored == (keysOfRow{}):
		values[number] = r.of.id
		err = w.addRow.add(ctx, values...)
	case keys.acceptedAt != r.stored.acceptedAt || keys.contact != r.stored.contact:
		_, err = w.setKeys.ExecContext(ctx, values[:number+1]...)
	case keys.slot != r.stored.slot:
		_, err = w.setSlot.ExecContext(ctx, append([]any{keys.slot}, values[rest:number+1]...)...)
	default:
		_, err = w.setRow.ExecContext(ctx, values[rest:number+1]...)
	}
	if err != nil {
		return err
	}
	return w.updateFailure(ctx, r)
}

// updateFailure writes the failure's row, or takes it away.
func (w *Writer) updateFailure(ctx context.Context, r *row) (err error) {
	_, _, before := OpenSlot(r.stored.slot)
	r.stored = r.keys()
	if !projection.Failed(r.State) {
		if projection.Failed(before) {
			_, err = w.endFailure.ExecContext(ctx, r.number)
		}
		if err == nil && r.Resent.Changed {
			r.Resent.Changed = false
			why := projection.ReadReason(r.Resent.Why)
			_, err = w.addResent.ExecContext(ctx, r.number, r.Resent.At, r.of.channel, kindOf(r.Resent.State), why.GetFault(), cmp.Or(why.GetCode(), why.GetEn()),
				why.GetEn(), why.GetEs(), r.Resent.Why, r.Resent.Again)
		}
		return err
	}
	r.Resent.Changed = false
	if !r.Failure.Changed {
		return nil
	}
	r.Failure.Changed = false
	if r.Progress.Generation() > 0 {
		if _, err = w.endResent.ExecContext(ctx, r.number); err != nil {
			return err
		}
	}
	why := projection.ReadReason(r.Why)
	_, err = w.addFailure.ExecContext(ctx, r.number, r.StateAt, r.of.channel, kindOf(r.State), why.GetFault(), r.Failure.Generation, r.Failure.Part, r.Failure.Service,
		cmp.Or(why.GetCode(), why.GetEn()), why.GetEn(), why.GetEs(), r.Why)
	return err
}

// kindOf is how a failure of this state is known.
func kindOf(s controlv1.State) controlv1.FailureKind {
	if s == controlv1.State_STATE_FAILED_BY_RECEIPT {
		return controlv1.FailureKind_FAILURE_KIND_RECEIPT
	}
	return controlv1.FailureKind_FAILURE_KIND_REFUSED
}
