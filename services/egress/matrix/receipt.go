package matrix

import (
	"maps"
	"slices"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/matrix/internal/event"
)

// ephemeral reads what is told and not kept: receipts, and what is of no interest.
func ephemeral(o event.Object) []provider.Event {
	switch kind := o.Text("type"); kind {
	case "m.receipt":
		return receipts(o.In("content"))
	case "m.typing":
		return []provider.Event{provider.IgnoredEvent("typing")}
	case "m.presence":
		return []provider.Event{provider.IgnoredEvent("presence")}
	case "":
		return []provider.Event{provider.UnreadableEvent("what is ephemeral has no type")}
	default: // homeservers push what is not specified yet too
		return []provider.Event{provider.IgnoredEvent("unknown ephemeral event")}
	}
}

// receipts are those of one room: https://spec.matrix.org/latest/client-server-api/#mreceipt. A receipt means all up to
// its event. One of a thread means that thread alone, in which the bridge never writes: it counts for its event only.
// Private ones are told to nobody but who made them.
func receipts(content event.Object) (all []provider.Event) {
	if content == nil {
		return []provider.Event{provider.UnreadableEvent("a receipt has no content")}
	}
	for _, id := range slices.Sorted(maps.Keys(content)) {
		readers := content.In(id).In("m.read")
		if readers == nil && !content.In(id).Has("m.read.private") {
			all = append(all, provider.UnreadableEvent("a receipt has no m.read"))
		}
		for _, user := range slices.Sorted(maps.Keys(readers)) {
			if id == "" || !isUser(user) {
				all = append(all, provider.UnreadableEvent("a receipt names no event, or its reader is no user id"))
				continue
			}
			receipt := readers.In(user)
			key := "receipt:" + id + ":" + user
			thread := receipt.Text("thread_id")
			if thread != "" && thread != "main" {
				key += ":" + thread
			}
			e := provider.WatermarkEvent(key, contact(user), eventv1.Status_STATUS_READ, id)
			if thread != "" && thread != "main" {
				e = provider.ReceiptEvent(key, provider.Receipt{Ref: id, Status: eventv1.Status_STATUS_READ}).WithContact(contact(user))
			}
			all = append(all, e.WithTime(receipt.Time("ts")))
		}
	}
	if len(all) == 0 {
		return []provider.Event{provider.IgnoredEvent("nobody's receipt")}
	}
	return all
}
