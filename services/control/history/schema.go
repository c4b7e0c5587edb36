package history

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// version is the schema's. A file with another one is thrown away: everything in it is in the journal.
//
// Version 2 came when one stored message of the journal began to hold several entries. A reader from before that reads the first alone
// and goes on behind it. So a file that such a one may have written to is not trusted: what it has passed over is found only
// by reading the journal anew, which this number has every process do once after an upgrade.
const version = 2

// schema is what the file holds. Times are microseconds since 1970, by UTC; 0 stands for none.
//
// messages.slot is network, direction and state as one number, so that one index answers for any combination of the three: see
// [slotOf]. entries.body is a [journalv1.Entry] without what its message's row says; sequence is where it is in the journal, and place
// which of the entries there that are stored as one message, from 0.
const schema = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE networks (network INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE channels (channel INTEGER PRIMARY KEY, network INTEGER NOT NULL, id TEXT NOT NULL, last_in INTEGER NOT NULL, UNIQUE (id, network));
CREATE TABLE messages (
	message INTEGER PRIMARY KEY, id TEXT NOT NULL, channel INTEGER NOT NULL, slot INTEGER NOT NULL, contact TEXT NOT NULL, trace TEXT NOT NULL,
	accepted_at INTEGER NOT NULL, state_at INTEGER NOT NULL, next_try INTEGER NOT NULL, ends INTEGER NOT NULL, seen INTEGER NOT NULL,
	entries INTEGER NOT NULL, progress BLOB NOT NULL, why BLOB);
CREATE UNIQUE INDEX messages_id ON messages (id, channel);
CREATE INDEX messages_contact ON messages (contact, accepted_at);
CREATE INDEX messages_slot ON messages (slot, accepted_at, channel);
CREATE INDEX messages_channel ON messages (channel, slot, accepted_at);
CREATE TABLE entries (message INTEGER NOT NULL, sequence INTEGER NOT NULL, place INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (message, sequence, place)) WITHOUT ROWID;
CREATE TABLE refs (ref TEXT NOT NULL, message INTEGER NOT NULL, PRIMARY KEY (ref, message)) WITHOUT ROWID;
CREATE TABLE traces (trace TEXT NOT NULL, message INTEGER NOT NULL, PRIMARY KEY (trace, message)) WITHOUT ROWID;
CREATE TABLE failures (
	message INTEGER PRIMARY KEY, at INTEGER NOT NULL, channel INTEGER NOT NULL, kind INTEGER NOT NULL, fault INTEGER NOT NULL,
	generation INTEGER NOT NULL, part INTEGER NOT NULL, service TEXT NOT NULL, code TEXT NOT NULL, en TEXT NOT NULL, es TEXT NOT NULL, why BLOB);
CREATE INDEX failures_at ON failures (at, message);
CREATE INDEX failures_code ON failures (kind, code, channel, at);
CREATE INDEX failures_channel ON failures (channel, at, message);
CREATE TABLE channel_events (channel INTEGER NOT NULL, sequence INTEGER NOT NULL, place INTEGER NOT NULL, seen INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (channel, sequence, place)) WITHOUT ROWID;
`

// readers is how many questions are answered at once; the others wait.
const readers = 4

// file is the open database. One goroutine writes; questions read beside it and see whole batches only.
type file struct {
	path  string
	all   *sql.DB // the writer's connections: one
	write *sql.Conn
	read  *sql.DB
}

// openFile opens the file at a path, or makes it. [errForeign] says that it is of another version.
func openFile(path string) (f *file, err error) {
	f = &file{path: path}
	defer func() {
		if err != nil {
			f.close()
		}
	}()
	// WAL: questions do not wait for the writer. NORMAL: a power cut may cost the last batches, which are read again.
	if f.all, err = sql.Open("sqlite", dsn(path, "journal_mode(wal)", "synchronous(normal)", "journal_size_limit(67108864)", "cache_size(-65536)", "temp_store(memory)")); err != nil {
		return f, err
	}
	f.all.SetMaxOpenConns(1)
	if f.write, err = f.all.Conn(context.Background()); err != nil {
		return f, err
	}
	if err = f.prepare(); err != nil {
		return f, err
	}
	if f.read, err = sql.Open("sqlite", dsn(path, "query_only(1)", "cache_size(-16384)", "temp_store(memory)")); err != nil {
		return f, err
	}
	f.read.SetMaxOpenConns(readers)
	f.read.SetMaxIdleConns(readers)
	return f, f.read.Ping()
}

func dsn(path string, pragmas ...string) string {
	q := url.Values{"_pragma": append([]string{"busy_timeout(5000)"}, pragmas...)}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

// errForeign means that the file is of another version of the schema.
var errForeign = errors.New("the file is of another version")

// prepare makes the tables of a new file, and checks an old one.
func (f *file) prepare() error {
	ctx := context.Background()
	var have int
	if err := f.write.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return err
	}
	switch have {
	case version:
		return nil
	case 0:
		for _, sql := range []string{"BEGIN IMMEDIATE", schema, "PRAGMA user_version = " + strconv.Itoa(version), "COMMIT"} {
			if _, err := f.write.ExecContext(ctx, sql); err != nil {
				return err
			}
		}
		return nil
	default:
		return errForeign
	}
}

func (f *file) close() {
	if f.read != nil {
		_ = f.read.Close()
	}
	if f.write != nil {
		_ = f.write.Close()
	}
	if f.all != nil {
		_ = f.all.Close()
	}
}

// remove takes a file away, with what SQLite keeps beside it.
func remove(path string) error {
	for _, end := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(path + end); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// useless says that a file cannot be used any more, but for making it anew.
func useless(err error) bool {
	if errors.Is(err, errForeign) || errors.Is(err, errDamaged) {
		return true
	}
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && (e.Code()&0xff == sqlite3.SQLITE_CORRUPT || e.Code()&0xff == sqlite3.SQLITE_NOTADB || e.Code()&0xff == sqlite3.SQLITE_ERROR)
}

// errDamaged means that what the file holds cannot be read.
var errDamaged = errors.New("the file is damaged")

// size is how many bytes of the file are in use.
func (f *file) size(ctx context.Context) (int64, error) {
	var pages, free, bytes int64
	err := f.write.QueryRowContext(ctx, "SELECT (SELECT page_count FROM pragma_page_count), (SELECT freelist_count FROM pragma_freelist_count), (SELECT page_size FROM pragma_page_size)").
		Scan(&pages, &free, &bytes)
	return (pages - free) * bytes, err
}

// openAnew opens the file in a folder; one that is useless is made anew, and why is returned.
func openAnew(dir string) (f *file, why error, err error) {
	path := filepath.Join(dir, "history.db")
	f, err = openFile(path)
	if err != nil && useless(err) {
		why = err
		if err = remove(path); err == nil {
			f, err = openFile(path)
		}
	}
	if err != nil {
		return nil, why, fmt.Errorf("open history in %s: %w", dir, err)
	}
	return f, why, nil
}
