// Package render writes what a bridge answered, for people and for machines: tables that fit a terminal, times and
// durations, JSON of a stable shape; in English or in Spanish.
//
//	o := render.Output{Out: os.Stdout, Err: os.Stderr, Words: render.In(render.Spanish), Width: 80, Now: time.Now()}
//	t := render.Table{Columns: []render.Column{{Head: "channel"}, {Head: "waiting", Right: true}}}
//	t.Add("tienda-telegram", "3")
//	o.Table(t)
//
// It asks nothing and decides nothing. No text of a stranger can command the terminal: of control characters only line
// ends and tabs are written.
package render

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
)

// Output is where and how something is written. It is for one goroutine at a time.
type Output struct {
	// Out is for what was asked, Err for everything beside it: notes and progress.
	Out, Err io.Writer
	// Words are those of the language. Required.
	Words *Words
	// Width is how many columns there are; 0 where no line is broken, as in a pipe.
	Width int
	// Colour says that colours may be used.
	Colour bool
	// JSON says that machines read it.
	JSON bool
	// Live says that Err is a terminal, where a line can be written over.
	Live bool
	// Now is what times are compared with, and the zone that they are written in. Required.
	Now time.Time
}

// Line writes a line for people.
func (o Output) Line(format string, args ...any) {
	fmt.Fprintf(o.Out, format+"\n", printable(args)...)
}

// Note writes a line beside what was asked.
func (o Output) Note(format string, args ...any) {
	fmt.Fprintf(o.Err, format+"\n", printable(args)...)
}

// Progress writes over the line that it wrote before, where a person watches; nowhere else. An empty text clears it.
func (o Output) Progress(format string, args ...any) {
	if o.Live {
		fmt.Fprintf(o.Err, "\r\x1b[K"+format, printable(args)...)
	}
}

// Pair is a name with its value.
type Pair struct{ Name, Value string }

// Pairs writes names and values below each other. Those without a value are left out.
func (o Output) Pairs(pairs ...Pair) {
	t := Table{Columns: []Column{{Colour: AllFaint}, {}}}
	for _, p := range pairs {
		if p.Value != "" {
			t.Add(p.Name, p.Value)
		}
	}
	o.Table(t)
}

// Colour is how a text is marked.
type Colour string

// The colours.
const (
	Plain  Colour = ""
	Red    Colour = "\x1b[31m"
	Yellow Colour = "\x1b[33m"
	Green  Colour = "\x1b[32m"
	Faint  Colour = "\x1b[2m"
	Bold   Colour = "\x1b[1m"
)

// marked is a text with colours that this package put in.
type marked string

// Mark is a text in a colour, to be handed to Line or Note; the text as it is where there are none.
func (o Output) Mark(c Colour, s string) fmt.Stringer { return o.mark(c, s) }

func (o Output) mark(c Colour, s string) marked {
	s = Printable(s)
	if !o.Colour || c == Plain || s == "" {
		return marked(s)
	}
	return marked(string(c) + s + "\x1b[0m")
}

func (m marked) String() string { return string(m) }

// printable cleans what can hold a stranger's text.
func printable(args []any) []any {
	clean := make([]any, len(args))
	for i, arg := range args {
		switch a := arg.(type) {
		case string:
			clean[i] = Printable(a)
		case error:
			clean[i] = Printable(a.Error())
		default:
			clean[i] = arg
		}
	}
	return clean
}

// Printable is a text that cannot command a terminal.
func Printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, s)
}
