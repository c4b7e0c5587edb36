package email

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// place is how far a mailbox was heard: the cursor.
type place struct {
	validity, uid uint32
	// last is when the last mail came that was heard.
	last time.Time
	// since is set while UIDs are new: mails that came before it were heard by other UIDs.
	since time.Time
}

// epoch is before every mail.
var epoch = time.Unix(1, 0)

// cursor is a place as it is kept: uidvalidity:uid:last, and since behind it where it is set, both in seconds.
func (p place) cursor() string {
	c := fmt.Sprintf("%d:%d:%d", p.validity, p.uid, p.last.Unix())
	if !p.since.IsZero() {
		c += fmt.Sprintf(":%d", p.since.Unix())
	}
	return c
}

// readPlace reads a cursor; the zero value stands for one that is none.
func readPlace(cursor string) (p place) {
	fields := strings.Split(cursor, ":")
	if len(fields) < 2 || len(fields) > 4 {
		return place{}
	}
	var numbers [4]int64
	for i, f := range fields {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil || n < 0 || i < 2 && n > 1<<32-1 {
			return place{}
		}
		numbers[i] = n
	}
	p.validity, p.uid, p.last = uint32(numbers[0]), uint32(numbers[1]), time.Unix(numbers[2], 0)
	if numbers[3] > 0 {
		p.since = time.Unix(numbers[3], 0)
	}
	return p
}

// name is the key of a mail that has none of its own.
func (p place) name(uid uint32) string { return fmt.Sprintf("%d:%d", p.validity, uid) }
