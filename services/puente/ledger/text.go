package ledger

import "fmt"

// text is a message that says where it belongs, so that a far end can tell.
func text(l Lane, seq int) string {
	return fmt.Sprintf("%s %s %s %d", l.Way, l.Channel, l.Contact, seq)
}

func parseText(s string) (l Lane, seq int, ok bool) {
	n, err := fmt.Sscanf(s, "%s %s %s %d", &l.Way, &l.Channel, &l.Contact, &seq)
	return l, seq, n == 4 && err == nil
}
