package draft

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// set is the text of a file in which a setting of a channel has another value, nil for none. path is where it stands in the channel:
// "account", "token". All else stays as it is, to the byte. It looks at nothing but the form: whoever calls it reads the result
// before it is used.
func set(data []byte, id string, path []string, value *yaml.Node) ([]byte, error) {
	s, err := read(data)
	if err != nil {
		return nil, err
	}
	at := s.channel(id)
	if at < 0 {
		return nil, ErrForm
	}
	m := s.list.Content[at]
	for i, name := range path[:len(path)-1] {
		_, v := child(m, name)
		if v == nil || v.Kind != yaml.MappingNode { // there is nothing yet
			if value == nil {
				return data, nil
			}
			for j := len(path) - 1; j > i; j-- {
				value = &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle, Content: []*yaml.Node{key(path[j]), value}}
			}
			path = path[:i+1]
			break
		}
		m = v
	}
	name := path[len(path)-1]
	k, old := child(m, name)
	switch {
	case k == nil && value == nil:
		return data, nil
	case k == nil:
		return s.insert(m, name, value)
	case value == nil:
		return s.take(m, k, old)
	}
	text, err := oneLine(value)
	if err != nil {
		return nil, err
	}
	if from, to, ok := s.scalar(old); ok {
		return []byte(s.text[:from] + text + s.text[to:]), nil
	}
	without, err := s.take(m, k, old)
	if err != nil {
		return nil, err
	}
	return set(without, id, path, value) // where it is not any more
}

// insert puts a setting into a mapping that has not got it.
func (s *source) insert(m *yaml.Node, name string, value *yaml.Node) ([]byte, error) {
	text, err := oneLine(value)
	if err != nil {
		return nil, err
	}
	text = name + ": " + text
	if m.Style&yaml.FlowStyle != 0 {
		at := s.offset(m)
		if !strings.HasPrefix(s.text[at:], "{") {
			return nil, ErrForm
		}
		if len(m.Content) > 0 {
			text += ", "
		}
		return []byte(s.text[:at+1] + text + s.text[at+1:]), nil
	}
	if len(m.Content) == 0 {
		return nil, ErrForm
	}
	k, v := m.Content[len(m.Content)-2], m.Content[len(m.Content)-1]
	last := s.through(s.endOf(k, v), k.Column-1, v.Kind == yaml.SequenceNode)
	line := s.line(last)
	end := "\n"
	if strings.HasSuffix(line, "\r\n") {
		end = "\r\n"
	}
	at := s.lines[last-1] + len(line)
	text = strings.Repeat(" ", k.Column-1) + text
	if !strings.HasSuffix(line, "\n") {
		text, end = "\n"+text, ""
	}
	return []byte(s.text[:at] + text + end + s.text[at:]), nil
}

// endOf is the line in which a value ends that is written in quotes or as one word, else that of its key.
func (s *source) endOf(k, v *yaml.Node) int {
	if _, to, ok := s.scalar(v); ok {
		return s.lineOf(to - 1)
	}
	return k.Line
}

// take takes a setting out of a mapping.
func (s *source) take(m, k, v *yaml.Node) ([]byte, error) {
	from := s.offset(k)
	if m.Style&yaml.FlowStyle == 0 {
		first := s.lines[k.Line-1]
		if strings.TrimSpace(s.text[first:from]) != "" { // behind the dash
			return nil, ErrForm
		}
		last := s.through(s.endOf(k, v), k.Column-1, v.Kind == yaml.SequenceNode)
		return []byte(s.text[:first] + s.text[s.lines[last-1]+len(s.line(last)):]), nil
	}
	_, to, ok := s.scalar(v)
	if v.Kind != yaml.ScalarNode {
		to = s.flowEnd(s.offset(v))
		ok = to > 0
	}
	if !ok {
		return nil, ErrForm
	}
	rest := strings.TrimLeft(s.text[to:], " \t\r\n")
	switch before := strings.TrimRight(s.text[:from], " \t\r\n"); {
	case strings.HasPrefix(rest, ","):
		return []byte(s.text[:from] + strings.TrimLeft(rest[1:], " ")), nil
	case strings.HasSuffix(before, ","):
		return []byte(before[:len(before)-1] + s.text[to:]), nil
	default:
		return []byte(s.text[:from] + s.text[to:]), nil
	}
}

// without is the text of a file whose list has a channel less. Comments above it stay.
func without(data []byte, id string) ([]byte, error) {
	s, err := read(data)
	if err != nil {
		return nil, err
	}
	at := s.channel(id)
	if at < 0 || s.list.Style&yaml.FlowStyle != 0 {
		return nil, ErrForm
	}
	first, columns := s.list.Content[at].Line, s.list.Column-1
	for ; first > 0; first-- {
		if line := s.line(first); len(line) > columns && strings.TrimSpace(line[:columns]) == "" && line[columns] == '-' {
			break
		}
	}
	if first == 0 {
		return nil, ErrForm
	}
	last := s.through(first, columns, false)
	return []byte(s.text[:s.lines[first-1]] + s.text[s.lines[last-1]+len(s.line(last)):]), nil
}

// word is a text that is read as it is without quotes, wherever it stands.
var word = regexp.MustCompile(`^(file:)?[A-Za-z0-9_./-]*[A-Za-z_/][A-Za-z0-9_./-]*$`)

// oneLine is a value as it is written behind its key.
func oneLine(value *yaml.Node) (string, error) {
	n := *value
	switch {
	case n.Kind != yaml.ScalarNode:
		n.Style |= yaml.FlowStyle
	case n.ShortTag() == "!!str" && (!word.MatchString(n.Value) || !readsAsText(n.Value)):
		n.Style = yaml.DoubleQuotedStyle
	}
	text, err := yaml.Marshal(&n)
	if err != nil || strings.Contains(strings.TrimSpace(string(text)), "\n") {
		return "", ErrForm
	}
	return strings.TrimSpace(string(text)), nil
}

// readsAsText says that a word is not read as something else, such as true or 1e3.
func readsAsText(s string) bool {
	return (&yaml.Node{Kind: yaml.ScalarNode, Value: s}).ShortTag() == "!!str"
}

// pathOf is where a field stands in a channel: "account.token" is a setting of the account.
func pathOf(field string) []string {
	if of, name, nested := strings.Cut(field, "."); nested {
		return []string{of, name}
	}
	return []string{field}
}
