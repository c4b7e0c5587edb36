// Package words writes numbers and lists for people, in English.
package words

import (
	"fmt"
	"strings"
)

// Count is a number with its noun, whose plural ends in s: "1 channel", "3 channels".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// mostNamed bounds how many names a list holds.
const mostNamed = 20

// There says which of its kind there are: "there is none at all", "there is only a", "there are a, b".
func There(names []string) string {
	switch len(names) {
	case 0:
		return "there is none at all"
	case 1:
		return "there is only " + names[0]
	default:
		return "there are " + List(names)
	}
}

// List is names with commas between them, the first 20 of them: "a, b", "a, b and 80 more".
func List(names []string) string {
	text := strings.Join(names[:min(len(names), mostNamed)], ", ")
	if more := len(names) - mostNamed; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
