package render

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// Noun is a noun in both numbers.
type Noun struct{ One, Many string }

// Count is a number with its noun.
func (o Output) Count(n uint64, noun Noun) string {
	if n == 1 {
		return "1 " + noun.One
	}
	return fmt.Sprintf("%d %s", n, noun.Many)
}

// mostListed bounds how many names a sentence holds.
const mostListed = 20

// List are names in a sentence: the first 20, and how many more there are.
func (o Output) List(names []string) string {
	text := strings.Join(names[:min(len(names), mostListed)], ", ")
	if more := len(names) - mostListed; more > 0 {
		text += " " + fmt.Sprintf(o.Words.More, more)
	}
	return text
}

// Why is a reason's sentence; "" where there is none.
func (o Output) Why(r *reasonv1.Reason) string { return o.Words.Language.Reason(r) }

// Whose says who can change the cause.
func (o Output) Whose(r *reasonv1.Reason) string { return o.Words.Faults[EnumWord(r.GetFault())] }

// HopColour is that of a hop's word, for a [Column].
func (o Output) HopColour(cell string) Colour {
	h := o.Words.Hops
	switch cell {
	case h["failed"], h["failed_by_receipt"], h["dead"]:
		return Red
	case h["waiting"], h["held"]:
		return Yellow
	case h["sent"], h["delivered"], h["read"]:
		return Green
	default:
		return Plain
	}
}

// AllFaint is the colour of a [Column] that is less important than the others.
func AllFaint(string) Colour { return Faint }

// Indented is JSON for people; what was cut, or is none, stays as it is.
func Indented(text string) string {
	var body bytes.Buffer
	if json.Indent(&body, []byte(text), "", "  ") != nil {
		return text
	}
	return body.String()
}

// hiddenAddress is what the API shows of an address that is too short to be shortened.
const hiddenAddress = "···"

// Contact is a contact in a table: the end of its address where that is known, else the key that stands for it, which --contact takes.
func Contact(shortened, key string) string {
	if shortened == hiddenAddress || shortened == "" {
		return cmp.Or(key, shortened)
	}
	return shortened
}

// Number is a count in a table; "" for none.
func Number(n uint64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}
