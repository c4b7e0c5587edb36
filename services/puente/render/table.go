package render

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Column is one column of a table.
type Column struct {
	// Head stands above it. A table whose columns have none has no heading.
	Head string
	// Right puts it at the right, as numbers are.
	Right bool
	// Spare says how well it can be done without where the output is too narrow: the column with the highest goes first,
	// one with 0 never.
	Spare int
	// Colour is that of a cell; nil for none.
	Colour func(cell string) Colour
}

// Table is rows under headings. Columns in which nothing stands are left out. Where the output has a width the last column
// is broken into lines: beside the others, or below its row where there is little room. The cells of the others have one line.
type Table struct {
	Columns []Column
	// Indent is how far it stands from the left.
	Indent int

	rows [][]string
}

// Add adds a row: a cell for each column.
func (t *Table) Add(cells ...string) {
	row := make([]string, len(t.Columns))
	for i, cell := range cells {
		row[i] = strings.TrimSpace(Printable(cell))
	}
	t.rows = append(t.rows, row)
}

// Len is how many rows there are.
func (t *Table) Len() int { return len(t.rows) }

// Room of the last column, in columns of a terminal: what it has to have beside the others, how far it is indented below
// them, and what it has at least.
const (
	roomBeside  = 36
	indentBelow = 4
	roomLeast   = 20
)

// Table writes one, nothing where it has no rows.
func (o Output) Table(t Table) {
	t = t.without(func(i int) bool { return t.empty(i) })
	if len(t.rows) == 0 || len(t.Columns) == 0 {
		return
	}
	for o.Width > 0 && t.left() > o.Width {
		i := t.spare()
		if i < 0 {
			break
		}
		t = t.without(func(column int) bool { return column == i })
	}
	last := len(t.Columns) - 1
	room := o.Width - t.left()
	if o.Width == 0 || last == 0 || room >= min(roomBeside, t.width(last)) {
		o.beside(t, max(room, 0))
		return
	}
	rows, below, wide := make([][]string, len(t.rows)), make([]string, len(t.rows)), max(o.Width-t.Indent-indentBelow, roomLeast)
	for i, row := range t.rows {
		rows[i] = slices.Clone(row)
		if cell := row[last]; text.StringWidth(cell) > room || strings.Contains(cell, "\n") {
			rows[i][last], below[i] = "", o.colour(t.Columns[last], wrap(cell, wide))
		}
	}
	t.rows = rows
	o.below(t.without(func(i int) bool { return i == last && t.empty(i) }), below)
}

// beside writes a table whose last column stands beside the others, broken at room columns; 0 for not at all.
func (o Output) beside(t Table, room int) {
	for _, line := range o.lines(t, room) {
		fmt.Fprintln(o.Out, line)
	}
}

// below writes a table, and a text below each row.
func (o Output) below(t Table, texts []string) {
	lines := o.lines(t, 0)
	for i, line := range lines {
		fmt.Fprintln(o.Out, line)
		if row := i - (len(lines) - len(t.rows)); row >= 0 && texts[row] != "" {
			indent := strings.Repeat(" ", t.Indent+indentBelow)
			fmt.Fprintln(o.Out, indent+strings.ReplaceAll(texts[row], "\n", "\n"+indent))
		}
	}
}

// lines are those of a table, its heading first.
func (o Output) lines(t Table, room int) []string {
	w := table.NewWriter()
	w.SetStyle(table.Style{Box: table.BoxStyle{PaddingRight: "  "}})
	head, headed := table.Row{}, false
	var columns []table.ColumnConfig
	for i, c := range t.Columns {
		config := table.ColumnConfig{Number: i + 1}
		if c.Right {
			config.Align, config.AlignHeader = text.AlignRight, text.AlignRight
		}
		if i == len(t.Columns)-1 {
			config.WidthMax, config.WidthMaxEnforcer = room, wrap
		}
		columns = append(columns, config)
		head = append(head, string(o.mark(Faint, strings.ToUpper(c.Head))))
		headed = headed || c.Head != ""
	}
	w.SetColumnConfigs(columns)
	if headed {
		w.AppendHeader(head)
	}
	for _, row := range t.rows {
		cells := table.Row{}
		for i, cell := range row {
			cells = append(cells, o.colour(t.Columns[i], cell))
		}
		w.AppendRow(cells)
	}
	lines := strings.Split(w.Render(), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(strings.Repeat(" ", t.Indent)+line, " ")
	}
	return lines
}

func (o Output) colour(c Column, cell string) string {
	if c.Colour == nil {
		return cell
	}
	return string(o.mark(c.Colour(cell), cell))
}

// wrap breaks each line of a text at spaces.
func wrap(s string, room int) string {
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		for part := range strings.SplitSeq(text.WrapSoft(line, room), "\n") {
			lines = append(lines, strings.TrimRight(part, " "))
		}
	}
	return strings.Join(lines, "\n")
}

// without is the table without some of its columns.
func (t Table) without(out func(column int) bool) Table {
	u := Table{Indent: t.Indent, rows: make([][]string, len(t.rows))}
	for i, c := range t.Columns {
		if out(i) {
			continue
		}
		u.Columns = append(u.Columns, c)
		for j, row := range t.rows {
			u.rows[j] = append(u.rows[j], row[i])
		}
	}
	return u
}

// empty says that nothing stands in a column.
func (t Table) empty(column int) bool {
	for _, row := range t.rows {
		if row[column] != "" {
			return false
		}
	}
	return true
}

// spare is the column that is missed least, -1 where all are needed. The last is never.
func (t Table) spare() int {
	spare := -1
	for i, c := range t.Columns[:len(t.Columns)-1] {
		if c.Spare > 0 && (spare < 0 || c.Spare > t.Columns[spare].Spare) {
			spare = i
		}
	}
	return spare
}

// left is how much stands before the last column.
func (t Table) left() int {
	left := t.Indent
	for i := range t.Columns[:len(t.Columns)-1] {
		left += t.width(i) + 2
	}
	return left
}

// width is how wide a column is.
func (t Table) width(column int) int {
	widest := text.StringWidth(t.Columns[column].Head)
	for _, row := range t.rows {
		for line := range strings.SplitSeq(row[column], "\n") {
			widest = max(widest, text.StringWidth(line))
		}
	}
	return widest
}
