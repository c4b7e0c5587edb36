package yamlfile

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Mistake is one thing that is wrong in a file, or seldom meant.
type Mistake struct {
	// File is the file's name as it was given.
	File string
	// Line counts from 1; 0 for the whole file.
	Line int
	// Path is where in the file, such as "channels[0].account.token"; "" for the whole file.
	Path string
	// Message says what is wrong and what is allowed. It holds no value of the file.
	Message string
}

// String is the mistake as an editor understands it: "puente.yaml:12: channels[0].account.token: is required".
func (m Mistake) String() string {
	s := m.File
	if m.Line > 0 {
		s += ":" + strconv.Itoa(m.Line)
	}
	if m.Path != "" {
		s += ": " + m.Path
	}
	return s + ": " + m.Message
}

// Mistakes is everything that is wrong in a file, in its order.
type Mistakes []Mistake

// maxLines is how many mistakes Error writes: a file with more is no configuration.
const maxLines = 200

// Error is one mistake a line. Beyond 200 it only says how many more there are.
func (ms Mistakes) Error() string {
	var lines []string
	for i, m := range ms {
		if i == maxLines {
			lines = append(lines, fmt.Sprintf("%s: and %d more", m.File, len(ms)-i))
			break
		}
		lines = append(lines, m.String())
	}
	return strings.Join(lines, "\n")
}

func sorted(ms []Mistake) []Mistake {
	slices.SortStableFunc(ms, func(a, b Mistake) int { return cmp.Compare(a.Line, b.Line) })
	return ms
}
