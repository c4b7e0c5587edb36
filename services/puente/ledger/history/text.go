package history

import "fmt"

// Text is a message that says where it belongs, so that a far end can tell.
func Text(l Lane, seq int) string {
	return fmt.Sprintf("%s %s %s %d", l.Way, l.Channel, l.Contact, seq)
}

// ParseText reads it; false for any other text.
func ParseText(s string) (l Lane, seq int, ok bool) {
	n, err := fmt.Sscanf(s, "%s %s %s %d", &l.Way, &l.Channel, &l.Contact, &seq)
	return l, seq, n == 4 && err == nil
}
