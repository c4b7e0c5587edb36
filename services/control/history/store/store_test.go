package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// began is when the tests' messages were accepted.
var began = time.Now().Add(-time.Hour).Truncate(time.Millisecond).UTC()

func newFile(t *testing.T) (*File, *Writer) {
	t.Helper()
	f, why, err := Open(t.TempDir())
	if err != nil || why != nil {
		t.Fatal(err, why)
	}
	t.Cleanup(f.Close)
	return f, writerOf(t, f)
}

func writerOf(t *testing.T, f *File) *Writer {
	t.Helper()
	w, err := f.Writer()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

// life are the entries of a message that waits, fails, is brought back and arrives.
func life(id string, ends journalv1.Hop) (all []*journalv1.Entry) {
	for i, hop := range []journalv1.Hop{journalv1.Hop_HOP_ROUTED, journalv1.Hop_HOP_WAITING, ends} {
		all = append(all, &journalv1.Entry{
			Id: id, Network: "telegram", Channel: "tienda", Contact: "contact", Hop: hop, At: timestamppb.New(began.Add(time.Duration(i) * time.Second)),
			TraceId: "trace" + id, Ref: "ref" + id, Service: "egress-telegram", Why: &reasonv1.Reason{Code: "x.y", En: "because", Es: "porque"},
		})
	}
	return all
}

// items are entries as the journal brings them, from a sequence on.
func items(from uint64, entries ...*journalv1.Entry) (all []Item) {
	for i, e := range entries {
		all = append(all, Item{Entry: e, Sequence: from + uint64(i), Stored: e.GetAt().AsTime()})
	}
	return all
}

// dump is all that a file holds, a row a line.
func dump(t *testing.T, f *File) (lines []string) {
	t.Helper()
	for _, table := range []string{"meta", "networks", "channels", "messages", "entries", "keys", "failures", "channel_events"} {
		if err := f.Each(t.Context(), "SELECT * FROM "+table+" ORDER BY 1, 2", nil, func(rows *sql.Rows) error {
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			values, to := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				to[i] = &values[i]
			}
			if err = rows.Scan(to...); err != nil {
				return err
			}
			if table == "entries" { // how they are packed depends on the batches
				return unpack(values[3].([]byte), func(_ *journalv1.Entry, body []byte) { lines = append(lines, fmt.Sprint(table, values[0], body)) })
			}
			lines = append(lines, fmt.Sprint(table, values))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	return lines
}

// errKilled is what a death looks like to a test.
var errKilled = errors.New("killed")

// A death between any two steps of a batch loses nothing and takes nothing twice: all of the batch is there, or nothing.
func TestADeathInTheMiddleOfABatch(t *testing.T) {
	t.Parallel()
	var entries []*journalv1.Entry
	for _, id := range []string{"m1", "m2"} {
		entries = append(entries, life(id, journalv1.Hop_HOP_FAILED)...)
		entries = append(entries, life(id, journalv1.Hop_HOP_REPLAYED)...)
	}
	batch := items(1, entries...)
	whole, w := newFile(t)
	if err := w.Write(batch); err != nil {
		t.Fatal(err)
	}
	want := dump(t, whole)
	for died := range len(batch) {
		f, w := newFile(t)
		if err := w.Write(batch[:2]); err != nil {
			t.Fatal(err)
		}
		err := w.transaction(func(ctx context.Context) error {
			for i, x := range batch[2:] {
				if i == died {
					return errKilled
				}
				if err := w.take(ctx, x); err != nil {
					return err
				}
				w.Sequence, w.Last = x.Sequence, x.Stored
			}
			if died == len(batch)-2 {
				return errKilled
			}
			if err := w.finish(ctx); err != nil {
				return err
			}
			return errKilled
		})
		if !errors.Is(err, errKilled) {
			t.Fatalf("died at %d: %v", died, err)
		}
		next := writerOf(t, f) // the next process
		if next.Sequence != 2 {
			t.Errorf("died at %d: the file goes up to %d", died, next.Sequence)
		}
		if err := next.Write(batch); err != nil { // of which it has two
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, dump(t, f)); diff != "" {
			t.Errorf("died at %d: %s", died, diff)
		}
	}
}

// What is too old goes with all that leads to it, in steps; so do the oldest where the file is too large.
func TestRetention(t *testing.T) {
	t.Parallel()
	f, w := newFile(t)
	const old = 2500
	var all []*journalv1.Entry
	for i := range old {
		all = append(all, life(fmt.Sprintf("old%05d", i), journalv1.Hop_HOP_FAILED)...)
	}
	young := life("young", journalv1.Hop_HOP_SENT)[:1]
	young[0].At = timestamppb.New(began.Add(1000 * time.Second))
	if err := w.Write(items(1, append(all, young...)...)); err != nil {
		t.Fatal(err)
	}
	counts := func() (all [4]int) {
		t.Helper()
		for i, table := range []string{"messages", "entries", "keys", "failures"} {
			if err := f.Row(t.Context(), "SELECT count(*) FROM "+table).Scan(&all[i]); err != nil {
				t.Fatal(err)
			}
		}
		return all
	}
	if got := counts(); got != [4]int{old + 1, old + 1, 2*old + 2, old} {
		t.Errorf("before: %v", got)
	}
	steps := 0
	for more := true; more && steps < 10; steps++ {
		var err error
		if more, err = w.Retain(began.Add(500*time.Second), 0); err != nil {
			t.Fatal(err)
		}
	}
	if got := counts(); got != [4]int{1, 1, 2, 0} || steps < 3 {
		t.Errorf("%v are left after %d steps", got, steps)
	}
	w.again = time.Time{}
	if _, err := w.Retain(began, 1); err != nil {
		t.Fatal(err)
	}
	if got := counts(); got != [4]int{} {
		t.Errorf("too large: %v are left", got)
	}
	// what comes next is numbered from the beginning
	if err := w.Write(items(20_000, life("next", journalv1.Hop_HOP_SENT)...)); err != nil {
		t.Fatal(err)
	}
	if got := counts(); got != [4]int{1, 1, 2, 0} {
		t.Errorf("after that: %v", got)
	}
}

// Whatever the batches are, and whether a writer has met the messages before: the file holds the same.
func TestWhateverTheBatchesAre(t *testing.T) {
	t.Parallel()
	var entries []*journalv1.Entry
	for step := range 3 { // all messages take their first step, then all their second
		for n := range 151 { // as many as two statements, and some more, write
			ends := []journalv1.Hop{journalv1.Hop_HOP_SENT, journalv1.Hop_HOP_FAILED}[n%2]
			e := life(fmt.Sprintf("m%03d", n), ends)[step]
			e.Channel = fmt.Sprintf("channel%d", n%3)
			e.Contact = fmt.Sprintf("contact%d", n%7)
			entries = append(entries, e)
		}
	}
	all := items(1, entries...)
	whole, w := newFile(t)
	if err := w.Write(all); err != nil {
		t.Fatal(err)
	}
	want := dump(t, whole)
	for _, size := range []int{7, 60, 151, 200} {
		for _, anew := range []bool{false, true} { // each batch by a writer that has met none
			f, w := newFile(t)
			for from := 0; from < len(all); from += size {
				if anew {
					w = writerOf(t, f)
				}
				if err := w.Write(all[from:min(from+size, len(all))]); err != nil {
					t.Fatalf("of %d, anew %t: %v", size, anew, err)
				}
			}
			if diff := cmp.Diff(want, dump(t, f)); diff != "" {
				t.Errorf("of %d, anew %t: %s", size, anew, diff)
			}
		}
	}
}

// What a file holds may be anything once it is damaged.
func FuzzUnpack(f *testing.F) {
	f.Add(pack(pack(nil, []byte{0x08, 1}), nil))
	f.Add([]byte{0xff})
	f.Add([]byte{0xba, 1, 9})
	f.Fuzz(func(t *testing.T, data []byte) {
		var again []byte
		if err := unpack(data, func(_ *journalv1.Entry, body []byte) { again = pack(again, body) }); err != nil {
			if !Useless(err) {
				t.Error(err)
			}
			return
		}
		n, m := 0, 0
		_ = unpack(data, func(*journalv1.Entry, []byte) { n++ })
		if err := unpack(again, func(*journalv1.Entry, []byte) { m++ }); err != nil || n != m {
			t.Errorf("%d entries, %d when packed again, %v", n, m, err)
		}
	})
}
