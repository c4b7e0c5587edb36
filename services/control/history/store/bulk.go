package store

import (
	"context"
	"database/sql"
	"strings"
)

// bulkSizes are how many rows one statement writes, the most first.
var bulkSizes = [...]int{64, 8, 1}

// bulk writes rows of one table, many with one statement: of what a small row costs, the statement is the larger part. What is added
// is in the table after [bulk.flush], in the order in which it was added.
type bulk struct {
	columns int
	by      [len(bulkSizes)]*sql.Stmt // by bulkSizes
	args    []any                     // of rows that wait
	last    int64                     // the number of the last row that was written
}

// prepare prepares the statements. insert is all before the values. SQLite remembers what each page held before a statement that writes
// several rows, and may fail alone: "OR ROLLBACK" spares it that, where the rows do not say their number themselves.
func (b *bulk) prepare(c *sql.Conn, insert string, columns int) error {
	b.columns = columns
	for i, rows := range bulkSizes {
		var err error
		if b.by[i], err = c.PrepareContext(context.Background(), insert+" VALUES "+tuples(rows, columns)); err != nil {
			return err
		}
	}
	return nil
}

// tuples are the places of so many rows: "(?,?),(?,?)".
func tuples(rows, columns int) string {
	return strings.TrimSuffix(strings.Repeat("("+Marks(columns)+"),", rows), ",")
}

func (b *bulk) close() {
	for _, s := range b.by {
		if s != nil {
			_ = s.Close()
		}
	}
}

// add adds a row.
func (b *bulk) add(ctx context.Context, values ...any) error {
	if b.args = append(b.args, values...); len(b.args) < bulkSizes[0]*b.columns {
		return nil
	}
	return b.flush(ctx)
}

// flush writes what was added.
func (b *bulk) flush(ctx context.Context) error {
	args := b.args
	for i, rows := range bulkSizes {
		for n := rows * b.columns; len(args) >= n; args = args[n:] {
			done, err := b.by[i].ExecContext(ctx, args[:n]...)
			if err != nil {
				return err
			}
			if b.last, err = done.LastInsertId(); err != nil {
				return err
			}
		}
	}
	clear(b.args)
	b.args = b.args[:0]
	return nil
}
