package draft

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ErrForm means that a file has a form which nothing can be added to without changing the rest of it: a list in brackets.
var ErrForm = errors.New("the list of channels is not written one channel below the other: add it by hand")

// insert is the text of a file with one more item at the end of its list of channels. All else stays as it is, comments too.
// item is the YAML of a list with the one item, its dash in the first column. A text that is the list itself is one, too. It looks
// at nothing but the form: whoever calls it reads the result before it is used.
func insert(data []byte, item string) ([]byte, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		return nil, err
	}
	lines := strings.SplitAfter(string(whole(data)), "\n")
	if document.Kind == 0 {
		return put(lines, len(lines), "channels:\n"+indented(item, 2)), nil
	}
	root := document.Content[0]
	if root.Style&yaml.FlowStyle != 0 {
		return nil, ErrForm
	}
	if root.Kind == yaml.SequenceNode {
		return put(lines, len(lines), indented(item, root.Column-1)), nil
	}
	if root.Kind != yaml.MappingNode {
		return nil, ErrForm
	}
	at := slices.IndexFunc(root.Content, func(n *yaml.Node) bool { return n.Value == "channels" && n.Column == root.Column })
	if at < 0 || at%2 != 0 {
		return put(lines, len(lines), indented("channels:\n"+indented(item, 2), root.Column-1)), nil
	}
	list := root.Content[at+1]
	switch {
	case list.Kind == yaml.ScalarNode && list.Tag == "!!null" && list.Value == "":
		return put(lines, root.Content[at].Line, indented(item, root.Column+1)), nil
	case list.Kind != yaml.SequenceNode || list.Style&yaml.FlowStyle != 0 || len(list.Content) == 0:
		return nil, ErrForm
	}
	end := len(lines)
	if at+2 < len(root.Content) {
		end = root.Content[at+2].Line - 1
		for end > 0 && aside(lines[end-1]) { // what stands above the next key is said of that one
			end--
		}
	}
	return put(lines, end, indented(item, list.Column-1)), nil
}

// whole ends with a line break, unless it is empty.
func whole(data []byte) []byte {
	if len(data) > 0 && !bytes.HasSuffix(data, []byte("\n")) {
		return append(slices.Clip(data), '\n')
	}
	return data
}

// aside says that a line is empty, or a comment of the first column.
func aside(line string) bool { return strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") }

// put is lines with a text before line n, counted from 0.
func put(lines []string, n int, text string) []byte {
	return []byte(strings.Join(lines[:n], "") + text + strings.Join(lines[n:], ""))
}

// indented is a text whose lines begin so many columns further on.
func indented(text string, columns int) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		fmt.Fprintf(&b, "%s%s", strings.Repeat(" ", columns), line)
	}
	return b.String()
}
