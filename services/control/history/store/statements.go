package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// statements are what a writer does again and again.
type statements struct {
	findRow, addRow, setRow, setSlot, setKeys, addEntry, addRef, addTrace, addEvent, setLast, setMeta, addFailure, endFailure, addResent, endResent *sql.Stmt
}

func (s *statements) close() {
	for _, x := range []*sql.Stmt{s.findRow, s.addRow, s.setRow, s.setSlot, s.setKeys, s.addEntry, s.addRef, s.addTrace, s.addEvent, s.setLast, s.setMeta, s.addFailure, s.endFailure, s.addResent, s.endResent} {
		if x != nil {
			_ = x.Close()
		}
	}
}

// rowColumns are those of [scanRow].
const rowColumns = "m.message, m.id, m.channel, m.slot, m.contact, m.trace, m.accepted_at, m.state_at, m.next_try, m.ends, m.seen, m.entries, m.progress, m.why"

func (s *statements) prepare(c *sql.Conn) error {
	var errs []error
	for _, x := range []struct {
		to  **sql.Stmt
		sql string
	}{
		{&s.findRow, "SELECT " + rowColumns + " FROM messages m WHERE m.id = ? AND m.channel = ?"},
		{&s.addRow, "INSERT INTO messages (slot, accepted_at, contact, trace, state_at, next_try, ends, seen, entries, progress, why, message, id, channel) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
		// what is indexed is written only where it changed: SQLite does not look whether it did
		{&s.setRow, "UPDATE messages SET trace = ?, state_at = ?, next_try = ?, ends = ?, seen = ?, entries = ?, progress = ?, why = ? WHERE message = ?"},
		{&s.setSlot, "UPDATE messages SET slot = ? WHERE message = ?"},
		{&s.setKeys, "UPDATE messages SET slot = ?, accepted_at = ?, contact = ? WHERE message = ?"},
		{&s.addEntry, "INSERT INTO entries (message, sequence, place, body) VALUES (?, ?, ?, ?)"},
		{&s.addRef, "INSERT OR IGNORE INTO refs (ref, message) VALUES (?, ?)"},
		{&s.addTrace, "INSERT OR IGNORE INTO traces (trace, message) VALUES (?, ?)"},
		{&s.addEvent, "INSERT OR REPLACE INTO channel_events (channel, sequence, place, seen, body) VALUES (?, ?, ?, ?, ?)"},
		{&s.setLast, "UPDATE channels SET last_in = ?, last_sent = ?, last_told = ? WHERE channel = ?"},
		{&s.setMeta, "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)"},
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

// scanRow reads the columns of [rowColumns].
func scanRow(from interface{ Scan(...any) error }, r *row, more ...any) error {
	var slot int64
	var progress []byte
	to := []any{&r.message, &r.id, &r.channel, &slot, &r.contact, &r.trace, &r.acceptedAt, &r.stateAt, &r.nextTry, &r.ends, &r.seen, &r.entries, &progress, &r.why}
	if err := from.Scan(append(to, more...)...); err != nil {
		return err
	}
	r.network, r.direction, r.state = OpenSlot(slot)
	r.stored = r.keys()
	var err error
	r.progress, err = decodeProgress(progress)
	return err
}

// update writes a row, and that of its failure.
func (w *Writer) update(ctx context.Context, r *row) error {
	keys := r.keys()
	var err error
	rest := []any{r.trace, r.stateAt, r.nextTry, r.ends, r.seen, r.entries, r.progress.encode(), r.why, r.message}
	switch {
	case r.stored == (keysOfRow{}):
		_, err = w.addRow.ExecContext(ctx, append(append([]any{keys.slot, keys.acceptedAt, keys.contact}, rest...), r.id, r.channel)...)
	case keys.acceptedAt != r.stored.acceptedAt || keys.contact != r.stored.contact:
		_, err = w.setKeys.ExecContext(ctx, keys.slot, keys.acceptedAt, keys.contact, r.message)
	case keys.slot != r.stored.slot:
		_, err = w.setSlot.ExecContext(ctx, keys.slot, r.message)
	}
	if err == nil && r.stored != (keysOfRow{}) {
		_, err = w.setRow.ExecContext(ctx, rest...)
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
	if !Failed(r.state) {
		if Failed(before) {
			_, err = w.endFailure.ExecContext(ctx, r.message)
		}
		if err == nil && r.resent.changed {
			r.resent.changed = false
			why := ReadReason(r.resent.why)
			_, err = w.addResent.ExecContext(ctx, r.message, r.resent.at, r.channel, kindOf(r.resent.state), why.GetFault(), cmp.Or(why.GetCode(), why.GetEn()),
				why.GetEn(), why.GetEs(), r.resent.why, r.resent.again)
		}
		return err
	}
	r.resent.changed = false
	if !r.failure.changed {
		return nil
	}
	r.failure.changed = false
	if r.progress.generation() > 0 {
		if _, err = w.endResent.ExecContext(ctx, r.message); err != nil {
			return err
		}
	}
	why := ReadReason(r.why)
	_, err = w.addFailure.ExecContext(ctx, r.message, r.stateAt, r.channel, kindOf(r.state), why.GetFault(), r.failure.generation, r.failure.part, r.failure.service,
		cmp.Or(why.GetCode(), why.GetEn()), why.GetEn(), why.GetEs(), r.why)
	return err
}

// kindOf is how a failure of this state is known.
func kindOf(s controlv1.State) controlv1.FailureKind {
	if s == controlv1.State_STATE_FAILED_BY_RECEIPT {
		return controlv1.FailureKind_FAILURE_KIND_RECEIPT
	}
	return controlv1.FailureKind_FAILURE_KIND_REFUSED
}
