package store

import (
	"context"
	"database/sql"
	"time"

	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
)

// retention is how far the search for what is too old has come.
type retention struct {
	from  int64     // the next message that is looked at
	again time.Time // when it begins anew
}

// Bounds of a step of deleting, which is one transaction: the writer does nothing else meanwhile.
const (
	mostDeleted = 1000 // messages of a step
	// mostKept is after how many messages in a row that are not too old the search ends until the next time: messages are
	// numbered by age, so that behind them there is nothing as a rule.
	mostKept = 200
	// retentionPause is when the search begins anew.
	retentionPause = time.Minute
)

// Retain deletes the messages of which nothing was heard since a time, and where the file is too large the oldest. It is one
// step; more says that there is something left to do.
func (w *Writer) Retain(cut time.Time, maxBytes int64) (more bool, err error) {
	now := time.Now()
	if now.Before(w.again) {
		return false, nil
	}
	ctx := context.Background()
	bytes, err := w.file.Size(ctx)
	if err != nil {
		return false, err
	}
	tooLarge := maxBytes > 0 && bytes > maxBytes
	var gone []rowKey
	kept, last := 0, w.from
	err = w.transaction(func(ctx context.Context) error {
		gone, kept = nil, 0
		var numbers []int64
		if err := each(ctx, w.file.write, "SELECT message, id, channel, seen FROM messages WHERE message >= ? ORDER BY message LIMIT ?",
			[]any{w.from, mostDeleted}, func(rows *sql.Rows) error {
				var k rowKey
				var seen int64
				if err := rows.Scan(&last, &k.id, &k.channel, &seen); err != nil {
					return err
				}
				if tooLarge || seen < cut.UnixMicro() {
					numbers, gone, kept = append(numbers, last), append(gone, k), 0
				} else {
					kept++
				}
				return nil
			}); err != nil {
			return err
		}
		for _, number := range numbers {
			if err := w.remove(ctx, number); err != nil {
				return err
			}
		}
		if _, err := w.file.write.ExecContext(ctx, "DELETE FROM channel_events WHERE seen < ?", cut.UnixMicro()); err != nil {
			return err
		}
		return w.number(ctx)
	})
	if err != nil {
		return false, err
	}
	for _, k := range gone {
		w.rows.drop(k)
	}
	if len(gone) == 0 || kept >= mostKept {
		w.from, w.again = 0, now.Add(retentionPause)
		return false, nil
	}
	w.from = last + 1
	return true, nil
}

// remove deletes one message with all that leads to it.
func (w *Writer) remove(ctx context.Context, message int64) error {
	var trace string
	if err := w.file.write.QueryRowContext(ctx, "SELECT trace FROM messages WHERE message = ?", message).Scan(&trace); err != nil {
		return err
	}
	keys := map[Key]bool{Trace(trace): true}
	if err := each(ctx, w.file.write, "SELECT body FROM entries WHERE message = ?", []any{message}, func(rows *sql.Rows) error {
		var packed []byte
		if err := rows.Scan(&packed); err != nil {
			return err
		}
		return unpack(packed, func(e *journalv1.Entry, _ []byte) { keys[Ref(e.GetRef())], keys[Trace(e.GetTraceId())] = true, true })
	}); err != nil {
		return err
	}
	for key := range keys {
		if _, err := w.file.write.ExecContext(ctx, "DELETE FROM keys WHERE key = ? AND message = ?", int64(key), message); err != nil {
			return err
		}
	}
	for _, sql := range []string{
		"DELETE FROM entries WHERE message = ?1", "DELETE FROM failures WHERE message = ?1", "DELETE FROM resent WHERE message = ?1", "DELETE FROM messages WHERE message = ?1",
	} {
		if _, err := w.file.write.ExecContext(ctx, sql, message); err != nil {
			return err
		}
	}
	return nil
}
