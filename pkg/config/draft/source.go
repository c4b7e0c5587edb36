package draft

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// source is the text of a file that has a list of channels, and where in it everything stands. Lines count from 1.
type source struct {
	text  string
	lines []int // where each line begins
	list  *yaml.Node
}

// read finds the list of channels in a file.
func read(data []byte) (*source, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return nil, err
	}
	s := &source{text: string(data), lines: []int{0}}
	for i := range len(s.text) {
		if s.text[i] == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	if document.Kind == 0 {
		return nil, ErrForm
	}
	s.list = document.Content[0]
	if s.list.Kind == yaml.MappingNode {
		_, s.list = child(s.list, "channels")
	}
	if s.list == nil || s.list.Kind != yaml.SequenceNode {
		return nil, ErrForm
	}
	return s, nil
}

// child is a key of a mapping and its value; nil where it has none.
func child(m *yaml.Node, name string) (key, value *yaml.Node) {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == name {
			return m.Content[i], m.Content[i+1]
		}
	}
	return nil, nil
}

// channel is the item of the list whose id is written there as it is; -1 for none.
func (s *source) channel(id string) int {
	return slices.IndexFunc(s.list.Content, func(item *yaml.Node) bool {
		if item.Kind != yaml.MappingNode {
			return false
		}
		_, v := child(item, "id")
		return v != nil && v.Value == id
	})
}

// offset is where a node begins in the text. Columns count characters.
func (s *source) offset(n *yaml.Node) int {
	at := s.lines[n.Line-1]
	for range n.Column - 1 {
		_, size := utf8.DecodeRuneInString(s.text[at:])
		at += size
	}
	return at
}

// lineOf is the line of a place in the text.
func (s *source) lineOf(at int) int {
	return sort.Search(len(s.lines), func(i int) bool { return s.lines[i] > at })
}

// line is one, with its end; "" behind the last.
func (s *source) line(n int) string {
	if n > len(s.lines) {
		return ""
	}
	if n == len(s.lines) {
		return s.text[s.lines[n-1]:]
	}
	return s.text[s.lines[n-1]:s.lines[n]]
}

// scalar is where a value stands that is written in quotes, or as one word of one line; ok is false for any other.
func (s *source) scalar(n *yaml.Node) (from, to int, ok bool) {
	if n.Kind != yaml.ScalarNode || n.Anchor != "" {
		return 0, 0, false
	}
	from = s.offset(n)
	rest, size := s.text[from:], 0
	switch {
	case n.Style == yaml.DoubleQuotedStyle, n.Style == yaml.SingleQuotedStyle:
		size = quotedSize(rest)
	case n.Style == 0 && strings.HasPrefix(rest, n.Value):
		size = len(n.Value)
	}
	return from, from + size, size > 0
}

// quotedSize is how many bytes a text in quotes takes at the beginning of another; 0 where there is none.
func quotedSize(text string) int {
	for i := 1; i < len(text) && (text[0] == '"' || text[0] == '\''); i++ {
		switch {
		case text[0] == '"' && text[i] == '\\', text[0] == '\'' && text[i] == '\'' && strings.HasPrefix(text[i+1:], "'"):
			i++
		case text[i] == text[0]:
			return i + 1
		}
	}
	return 0
}

// flowEnd is behind the bracket that closes the one at a place; -1 where none does.
func (s *source) flowEnd(at int) int {
	depth := 0
	for i := at; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i + 1
			}
		case (c == '"' || c == '\'') && strings.ContainsRune("{[,: \t\n", rune(s.text[i-1])):
			i += max(quotedSize(s.text[i:])-1, 0)
		}
	}
	return -1
}

// through is the last line of what begins in a line and stands further to the right than so many columns, without comments and empty
// lines at its end. A list under a key may stand as far to the left as the key.
func (s *source) through(first, columns int, list bool) (last int) {
	last = first
	for n := first + 1; n <= len(s.lines); n++ {
		line := s.line(n)
		words := strings.TrimSpace(line)
		switch indent := len(line) - len(strings.TrimLeft(line, " ")); {
		case words == "" || strings.HasPrefix(words, "#"):
		case indent > columns, list && indent == columns && strings.HasPrefix(words, "-"):
			last = n
		default:
			return last
		}
	}
	return last
}
