package provider

import (
	"fmt"
	"strconv"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// IdempotencyKey identifies one send to a network that drops repeats by itself, or hands our id back with its
// receipts: the same for every try, another for every part, at most 36 characters.
func IdempotencyKey(m *messagev1.Message) string {
	return fmt.Sprintf("%s-%d", m.GetId(), m.GetPart().GetIndex())
}

// parseOwnID takes an idempotency key apart.
func parseOwnID(key string) (id string, part uint32, ok bool) {
	id, digits, ok := strings.Cut(key, "-")
	n, err := strconv.ParseUint(digits, 10, 32)
	return id, uint32(n), ok && err == nil && id != ""
}
