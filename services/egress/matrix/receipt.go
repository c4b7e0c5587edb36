package matrix

import (
	"maps"
	"slices"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"

	"github.com/bonychat/puente/pkg/provider"
)

// ephemeral reads what is told and not kept: receipts, and what is of no interest.
func ephemeral(o object) []provider.Event {
	switch kind := o.text("type"); kind {
	case "m.receipt":
		return receipts(o.in("content"))
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
func receipts(content object) (all []provider.Event) {
	if content == nil {
		return []provider.Event{provider.UnreadableEvent("a receipt has no content")}
	}
	for _, event := range slices.Sorted(maps.Keys(content)) {
		readers := content.in(event).in("m.read")
		if readers == nil && !content.in(event).has("m.read.private") {
			all = append(all, provider.UnreadableEvent("a receipt has no m.read"))
		}
		for _, user := range slices.Sorted(maps.Keys(readers)) {
			if event == "" || !isUser(user) {
				all = append(all, provider.UnreadableEvent("a receipt names no event, or its reader is no user id"))
				continue
			}
			receipt := readers.in(user)
			key := "receipt:" + event + ":" + user
			thread := receipt.text("thread_id")
			if thread != "" && thread != "main" {
				key += ":" + thread
			}
			e := provider.WatermarkEvent(key, contact(user), eventv1.Status_STATUS_READ, event)
			if thread != "" && thread != "main" {
				e = provider.ReceiptEvent(key, provider.Receipt{Ref: event, Status: eventv1.Status_STATUS_READ}).WithContact(contact(user))
			}
			all = append(all, e.WithTime(receipt.time("ts")))
		}
	}
	if len(all) == 0 {
		return []provider.Event{provider.IgnoredEvent("nobody's receipt")}
	}
	return all
}
