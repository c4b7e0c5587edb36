package catalogue

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/bonychat/puente/pkg/provider"
)

// columns is how wide a sheet is.
const columns = 100

// sheet is a text of sections, each of rows with a label.
type sheet struct {
	strings.Builder
	label int // how wide labels are
}

// section begins one.
func (p *sheet) section(title string, labels ...string) {
	p.label = 0
	for _, l := range labels {
		p.label = max(p.label, utf8.RuneCountInString(l))
	}
	fmt.Fprintf(p, "\n%s\n", title)
}

// row writes words beside a label, wrapped, and a link behind them where it fits, else below.
func (p *sheet) row(label, words string, link provider.Page) {
	indent := 2 + p.label + 2
	if p.label == 0 {
		indent = 2
	}
	lines := wrap(words, columns-indent)
	if link != "" {
		last := len(lines) - 1
		if n := utf8.RuneCountInString(lines[last]) + 2 + len(link); words != "" && indent+n <= columns {
			lines[last] += "  " + string(link)
		} else {
			lines = append(lines, string(link))
		}
	}
	for i, line := range lines {
		if i > 0 {
			label = ""
		}
		fmt.Fprintf(p, "%s\n", strings.TrimRight(fmt.Sprintf("  %-*s%s", indent-2, label, line), " "))
	}
}

// wrap breaks a text into lines of so many columns. A word that is longer has a line of its own.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	return append(lines, line)
}
