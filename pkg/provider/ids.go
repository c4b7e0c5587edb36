package provider

import (
	"fmt"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// IdempotencyKey identifies one send to a network that drops repeats by itself, or hands our id back with its
// receipts: the same for every try, another for every part, at most 36 characters.
func IdempotencyKey(m *messagev1.Message) string {
	return fmt.Sprintf("%s-%d", m.GetId(), m.GetPart().GetIndex())
}
