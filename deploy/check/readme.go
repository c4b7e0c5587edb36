package check

import (
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Between these lines of the chart's README stands what this file makes.
const (
	valuesBegin = "<!-- values: made from values.yaml by deploy/check -->\n"
	valuesEnd   = "<!-- end of values -->\n"
)

// withValues puts a table of all values into a README. Each value is a row, and so is a map that stands on one line. The
// comment "# --" above it is its description; it is an error to have none.
func withValues(readme, values []byte) ([]byte, error) {
	before, rest, ok := bytes.Cut(readme, []byte(valuesBegin))
	_, after, both := bytes.Cut(rest, []byte(valuesEnd))
	if !ok || !both {
		return nil, fmt.Errorf("the README has no lines %q and %q", valuesBegin, valuesEnd)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(values, &document); err != nil {
		return nil, err
	}
	t := &table{lines: strings.Split(string(values), "\n")}
	t.rows.WriteString("| value | default | |\n| --- | --- | --- |\n")
	if err := t.add("", document.Content[0]); err != nil {
		return nil, err
	}
	return bytes.Join([][]byte{before, []byte(valuesBegin), t.rows.Bytes(), []byte(valuesEnd), after}, nil), nil
}

// table collects the rows.
type table struct {
	lines []string // of values.yaml
	rows  bytes.Buffer
}

// add adds the values of a map.
func (t *table) add(where string, n *yaml.Node) error {
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name := where + key.Value
		about, ok := t.about(key)
		switch {
		case value.Kind == yaml.MappingNode && value.Style&yaml.FlowStyle == 0:
			if err := t.add(name+".", value); err != nil {
				return err
			}
		case ok:
			preset, err := written(value)
			if err != nil {
				return err
			}
			fmt.Fprintf(&t.rows, "| `%s` | `%s` | %s |\n", name, preset, strings.ReplaceAll(about, "|", `\|`))
		default:
			return fmt.Errorf("values.yaml, line %d: %s has no description: write # -- above it", key.Line, name)
		}
	}
	return nil
}

// about is the description above a key.
func (t *table) about(key *yaml.Node) (string, bool) {
	var words []string
	for i := key.Line - 2; i >= 0; i-- {
		line, ok := strings.CutPrefix(strings.TrimSpace(t.lines[i]), "#")
		if !ok {
			return "", false
		}
		text, first := strings.CutPrefix(strings.TrimSpace(line), "-- ")
		words = append([]string{text}, words...)
		if first {
			return strings.Join(words, " "), true
		}
	}
	return "", false
}

// written is a default on one line, as it stands in the file.
func written(n *yaml.Node) (string, error) {
	c := *n
	c.HeadComment, c.LineComment, c.FootComment = "", "", ""
	text, err := yaml.Marshal(&c)
	return strings.TrimSpace(string(text)), err
}
