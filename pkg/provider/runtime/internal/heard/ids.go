package heard

import (
	"regexp"
	"strconv"
	"strings"
)

// ownID is what our ids look like: what a network hands back may be somebody else's, and becomes part of a subject.
var ownID = regexp.MustCompile(`^[0-9a-z]{1,50}$`)

// ParseIdempotencyKey takes a [github.com/bonychat/puente/pkg/provider.IdempotencyKey] apart that a network handed back: which message, which part, and which
// time it was sent anew. ok is false for what is none of ours.
func ParseIdempotencyKey(key string) (id string, part, resent uint32, ok bool) {
	id, digits, ok := strings.Cut(key, "-")
	if last := len(digits) - 1; last > 0 && digits[last] >= 'a' && digits[last] <= 'z' {
		digits, resent = digits[:last], uint32(digits[last]-'a')+1
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	return id, uint32(n), resent, ok && err == nil && ownID.MatchString(id)
}
