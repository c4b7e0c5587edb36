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
	findRow, addRow, setRow, setSlot, setKeys, addEntry, addRef, addTrace, addEvent, setLast, setMeta, addFailure, endFailure, addResent, endResent *sql.Stmt
}

func (s *statements) close() {
	for _, x := range []*sql.Stmt{s.findRow, s.addRow, s.setRow, s.setSlot, s.setKeys, s.addEntry, s.addRef, s.addTrace, s.addEvent, s.setLast, s.setMeta, s.addFailure, s.endFailure, s.addResent, s.endResent} {
		if x != nil {
			_ = x.Close()
		}
	}
}

func (s *statements) prepare(c *sql.Conn) error {
	var errs []error
	for _, x := range []struct {
		to  **sql.Stmt
		sql string
	}{
		{&s.findRow, "SELECT " + rowColumns + " FROM messages m WHERE m.id = ? AND m.channel = ?"},
		{&s.addRow, "INSERT INTO messages (slot, accepted_at, contact, trace, state_at, sent_at, next_try, ends, seen, entries, progress, why, message, id, channel) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
		// what is indexed is written only where it changed: SQLite does not look whether it did
		{&s.setRow, "UPDATE messages SET trace = ?, state_at = ?, sent_at = ?, next_try = ?, ends = ?, seen = ?, entries = ?, progress = ?, why = ? WHERE message = ?"},
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

// update writes a row, and that of its failure.
func (w *Writer) update(ctx context.Context, r *row) error {
	keys := r.keys()
	var err error
	rest := []any{r.Trace, r.StateAt, r.SentAt, r.NextTry, r.Ends, r.Seen, r.entries, r.Progress.Encode(), r.Why, r.number}
	switch {
	case r.stored == (keysOfRow{}):
		_, err = w.addRow.ExecContext(ctx, append(append([]any{keys.slot, keys.acceptedAt, keys.contact}, rest...), r.of.id, r.of.channel)...)
	case keys.acceptedAt != r.stored.acceptedAt || keys.contact != r.stored.contact:
		_, err = w.setKeys.ExecContext(ctx, keys.slot, keys.acceptedAt, keys.contact, r.number)
	case keys.slot != r.stored.slot:
		_, err = w.setSlot.ExecContext(ctx, keys.slot, r.number)
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
