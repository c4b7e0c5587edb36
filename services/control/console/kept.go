package console

import (
	"strconv"
	"strings"
	"time"
)

// keptPrefix begins the name of what holds a secret that was typed before.
const keptPrefix = "kept."

// secretKept is how long a secret that was typed can be given back by the form that it was typed into.
const secretKept = 15 * time.Minute

// sealSecret seals what was typed into a field of this page's form, so that it need not be typed again where another field is wrong:
// only this session of this browser can have it opened, only as the same field of the same form, and not for long. Nobody can read it
// on the page, and nothing is kept here. "" for nothing, and for what cannot be sealed.
func (q *request) sealSecret(field, value string) string {
	if value == "" || strings.ContainsRune(value, 0) {
		return ""
	}
	until := strconv.FormatInt(q.Now.Add(secretKept).Unix(), 10)
	sealed, err := q.c.sessions.Seal(q.r, strings.Join([]string{q.keptFor(), until, field, value}, "\n"))
	if err != nil {
		return ""
	}
	return sealed
}

// openSecret is what was sealed for a field; "" for anything else, and for what is over.
func (q *request) openSecret(field, sealed string) string {
	text, ok := q.c.sessions.Open(q.r, sealed)
	parts := strings.SplitN(text, "\n", 4)
	if !ok || len(parts) != 4 || parts[0] != q.keptFor() || parts[2] != field {
		return ""
	}
	if until, err := strconv.ParseInt(parts[1], 10, 64); err != nil || q.Now.Unix() >= until {
		return ""
	}
	return parts[3]
}

// keptFor is whose form a secret is typed into, and of what.
func (q *request) keptFor() string {
	return q.owner() + " " + q.r.PathValue("network") + "/" + q.r.PathValue("channel")
}
