package history

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus/bustest"

	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
)

// tamper changes what the file in a folder holds behind the back of whoever has it open.
func tamper(t *testing.T, dir string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "history.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
}

// A journal that was made anew, and one that was brought back from a backup and went on, are others: nothing of the old is left.
func TestAnotherJournal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := bustest.Start(t, "telegram").Connect("control")
	h, stop := following(t, first, dir)
	journal(t, first, life("old")...)
	caughtUp(t, h, first)
	stop()
	second := bustest.Start(t, "telegram").Connect("control")
	journal(t, second, life("new")...)
	journal(t, second, life("newer")...)
	h, stop = following(t, second, dir)
	caughtUp(t, h, second)
	if got := all(t, h); len(got) != 2 || got[0].GetId() != "newer" {
		t.Errorf("%v", got)
	}
	stop()
	// the same journal, but with something else at the place where the history ended
	tamper(t, dir, "UPDATE meta SET value = '2020-01-01T00:00:00Z' WHERE name = 'last'", "UPDATE messages SET id = 'gone' WHERE id = 'new'")
	h, _ = following(t, second, dir)
	caughtUp(t, h, second)
	if got := all(t, h); len(got) != 2 || got[1].GetId() != "new" {
		t.Errorf("%v", got)
	}
}

// A damaged file, and one of another version, are thrown away; what is asked for anew is built anew.
func TestBuiltAnew(t *testing.T) {
	t.Parallel()
	b, dir := bustest.Start(t, "telegram").Connect("control"), t.TempDir()
	journal(t, b, life("m1")...)
	check := func(what string, h *History) {
		t.Helper()
		caughtUp(t, h, b)
		if got := all(t, h); len(got) != 1 || got[0].GetId() != "m1" {
			t.Errorf("%s: %v", what, got)
		}
	}
	h, stop := following(t, b, dir)
	check("new", h)
	stop()
	if err := os.WriteFile(filepath.Join(dir, "history.db"), make([]byte, 100_000), 0o600); err != nil {
		t.Fatal(err)
	}
	h, stop = following(t, b, dir)
	check("no database", h)
	stop()
	tamper(t, dir, "PRAGMA user_version = 999")
	h, stop = following(t, b, dir)
	check("another version", h)
	// damage that only a question finds
	tamper(t, dir, "UPDATE entries SET body = x'ff'")
	if _, err := h.Find(t.Context(), digester{}, Query{Text: "m1", Limit: 1}); err == nil {
		t.Error("damage is not told")
	}
	for limit := time.Now().Add(30 * time.Second); time.Now().Before(limit); time.Sleep(10 * time.Millisecond) {
		if _, err := h.Find(t.Context(), digester{}, Query{Text: "m1", Limit: 1}); err == nil {
			break
		}
	}
	check("found damaged", h)
	tamper(t, dir, "UPDATE messages SET id = 'wrong'")
	h.Rebuild()
	for limit := time.Now().Add(30 * time.Second); time.Now().Before(limit) && h.rebuild.Load(); time.Sleep(10 * time.Millisecond) {
	}
	check("asked for", h)
	stop()
}

// A file of a version that read the first of several entries alone is made anew: what it has passed over is found.
func TestAFileOfTheVersionBeforeIsMadeAnew(t *testing.T) {
	t.Parallel()
	b, dir := bustest.Start(t, "telegram").Connect("control"), t.TempDir()
	e := routed("m1", 0)
	e.More = []*journalv1.Entry{routed("m2", 0)}
	journal(t, b, e)
	h, stop := following(t, b, dir)
	caughtUp(t, h, b)
	stop()
	tamper(t, dir, "DELETE FROM entries WHERE place > 0", "DELETE FROM messages WHERE id = 'm2'", "PRAGMA user_version = 1")
	h, _ = following(t, b, dir)
	caughtUp(t, h, b)
	if got := all(t, h); len(got) != 2 {
		t.Errorf("%v", got)
	}
}
