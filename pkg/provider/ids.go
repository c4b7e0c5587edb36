package provider

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// IdempotencyKey identifies one send to a network that drops repeats by itself, or hands our id back with its
// receipts: the same for every try, another for every part, at most 36 characters.
func IdempotencyKey(m *messagev1.Message) string {
	return fmt.Sprintf("%s-%d", m.GetId(), m.GetPart().GetIndex())
}

// ownID is what our ids look like: what a network hands back may be somebody else's, and becomes part of a subject.
var ownID = regexp.MustCompile(`^[0-9a-z]{1,50}$`)

// ParseIdempotencyKey takes an [IdempotencyKey] apart that a network handed back; ok is false for what is none of ours.
func ParseIdempotencyKey(key string) (id string, part uint32, ok bool) {
	id, digits, ok := strings.Cut(key, "-")
	n, err := strconv.ParseUint(digits, 10, 32)
	return id, uint32(n), ok && err == nil && ownID.MatchString(id)
}
