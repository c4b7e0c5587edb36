// Package store is the file of a history: what became of each message, as the journal told it, in tables of SQLite.
//
//	f, why, err := store.Open(dir)
//	w, err := f.Writer()
//	err = w.Write(items)                                     // entries of the journal, in their order
//	err = f.Each(ctx, "SELECT … FROM messages", nil, scan)   // a question
//
// A [Writer] brings entries in; one goroutine uses it. Any number of others ask meanwhile, four at once, and see whole batches only. It
// does not read the journal, and what is asked and answered is package history's: to that end the tables are part of what
// this package promises, and schema.go says what they hold.
//
// It holds no text. Addresses and networks' ids are in it only as the keyed digests that the journal has.
package store

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

// readers is how many questions are answered at once; the others wait.
const readers = 4

// File is the open database, in a folder that no other process uses. One [Writer] writes; questions read beside it and see whole
// batches only. All may be called at once, but for [File.Anew] and [File.Close], which nothing else may go beside.
type File struct {
	dir  string
	lock *os.File
	database
}

// database is what is replaced when the file is made anew.
type database struct {
	all   *sql.DB // the writer's connections: one
	write *sql.Conn
	read  *sql.DB
}

// Open takes a folder, which is there, and opens the file in it, or makes it. One that is damaged, or of another version, is
// thrown away and made anew; why says so then. It fails where the folder cannot be used, or another process uses it.
func Open(dir string) (f *File, why, err error) {
	f = &File{dir: dir}
	if f.lock, err = lockFolder(dir); err != nil {
		return nil, nil, fmt.Errorf("open history in %s: %w", dir, err)
	}
	if f.database, err = open(f.path()); err != nil && Useless(err) {
		why, err = err, f.Anew()
	}
	if err != nil {
		_ = f.lock.Close()
		return nil, why, fmt.Errorf("open history in %s: %w", dir, err)
	}
	return f, why, nil
}

func (f *File) path() string { return filepath.Join(f.dir, "history.db") }

// Anew throws away what the file holds. Where it fails, the file is closed, and Anew may be called again.
func (f *File) Anew() error {
	f.database.close()
	if err := remove(f.path()); err != nil {
		return err
	}
	d, err := open(f.path())
	if err != nil {
		return err
	}
	f.database = d
	return nil
}

// Close closes the file and leaves the folder to others.
func (f *File) Close() {
	f.database.close()
	_ = f.lock.Close()
}

// Each asks a question and calls read for each row of the answer, until there are no more or read fails.
func (f *File) Each(ctx context.Context, query string, args []any, read func(*sql.Rows) error) error {
	return each(ctx, f.read, query, args, read)
}

// Row asks a question that one row answers.
func (f *File) Row(ctx context.Context, query string, args ...any) *sql.Row {
	return f.read.QueryRowContext(ctx, query, args...)
}

// Size is how many bytes of the file are in use.
func (f *File) Size(ctx context.Context) (int64, error) {
	var pages, free, bytes int64
	err := f.write.QueryRowContext(ctx, "SELECT (SELECT page_count FROM pragma_page_count), (SELECT freelist_count FROM pragma_freelist_count), (SELECT page_size FROM pragma_page_size)").
		Scan(&pages, &free, &bytes)
	return (pages - free) * bytes, err
}

// each reads the rows of a question.
func each(ctx context.Context, from querier, query string, args []any, read func(*sql.Rows) error) error {
	rows, err := from.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	return eachOf(rows, read)
}

// eachOf reads rows, and closes them.
func eachOf(rows *sql.Rows, read func(*sql.Rows) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := read(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// querier is a database or one of its connections.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// open opens the file at a path, or makes it. [errForeign] says that it is of another version.
func open(path string) (d database, err error) {
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	// WAL: questions do not wait for the writer. NORMAL: a power cut may cost the last batches, which are read again. A page that many
	// batches change is brought from the log into the file once in 8,000 pages of the log, 32 MB.
	if d.all, err = sql.Open("sqlite", dsn(path, "journal_mode(wal)", "synchronous(normal)", "journal_size_limit(67108864)", "wal_autocheckpoint(8000)",
		"cache_size(-65536)", "temp_store(memory)")); err != nil {
		return d, err
	}
	d.all.SetMaxOpenConns(1)
	if d.write, err = d.all.Conn(context.Background()); err != nil {
		return d, err
	}
	if err = d.prepare(); err != nil {
		return d, err
	}
	if d.read, err = sql.Open("sqlite", dsn(path, "query_only(1)", "cache_size(-16384)", "temp_store(memory)")); err != nil {
		return d, err
	}
	d.read.SetMaxOpenConns(readers)
	d.read.SetMaxIdleConns(readers)
	return d, d.read.Ping()
}

func dsn(path string, pragmas ...string) string {
	q := url.Values{"_pragma": append([]string{"busy_timeout(5000)"}, pragmas...)}
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}).String()
}

// prepare makes the tables of a new file, and checks an old one.
func (d *database) prepare() error {
	ctx := context.Background()
	var have int
	if err := d.write.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return err
	}
	switch have {
	case version:
		return nil
	case 0:
		for _, sql := range []string{"BEGIN IMMEDIATE", schema, "PRAGMA user_version = " + strconv.Itoa(version), "COMMIT"} {
			if _, err := d.write.ExecContext(ctx, sql); err != nil {
				return err
			}
		}
		return nil
	default:
		return errForeign
	}
}

func (d *database) close() {
	if d.read != nil {
		_ = d.read.Close()
	}
	if d.write != nil {
		_ = d.write.Close()
	}
	if d.all != nil {
		_ = d.all.Close()
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

// errForeign means that the file is of another version.
var errForeign = errors.New("the file is of another version")

// errDamaged means that what the file holds cannot be read.
var errDamaged = errors.New("the file is damaged")

// Useless says that an error means that the file cannot be used any more, but for making it anew: it is damaged, or of another
// version.
func Useless(err error) bool {
	if errors.Is(err, errForeign) || errors.Is(err, errDamaged) {
		return true
	}
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && (e.Code()&0xff == sqlite3.SQLITE_CORRUPT || e.Code()&0xff == sqlite3.SQLITE_NOTADB || e.Code()&0xff == sqlite3.SQLITE_ERROR)
}
