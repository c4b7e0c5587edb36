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
		return []provider.Event{{Ignored: "typing"}}
	case "m.presence":
		return []provider.Event{{Ignored: "presence"}}
	case "":
		return []provider.Event{{Unreadable: "what is ephemeral has no type"}}
	default: // homeservers push what is not specified yet too
		return []provider.Event{{Ignored: "unknown ephemeral event"}}
	}
}

// receipts are those of one room: https://spec.matrix.org/latest/client-server-api/#mreceipt. A receipt means all up to
// its event. One of a thread means that thread alone, in which the bridge never writes: it counts for its event only.
// Private ones are told to nobody but who made them.
func receipts(content object) (all []provider.Event) {
	if content == nil {
		return []provider.Event{{Unreadable: "a receipt has no content"}}
	}
	for _, event := range slices.Sorted(maps.Keys(content)) {
		readers := content.in(event).in("m.read")
		if readers == nil && !content.in(event).has("m.read.private") {
			all = append(all, provider.Event{Unreadable: "a receipt has no m.read"})
		}
		for _, user := range slices.Sorted(maps.Keys(readers)) {
			if event == "" || !isUser(user) {
				all = append(all, provider.Event{Unreadable: "a receipt names no event, or its reader is no user id"})
				continue
			}
			receipt := readers.in(user)
			key := "receipt:" + event + ":" + user
			thread := receipt.text("thread_id")
			if thread != "" && thread != "main" {
				key += ":" + thread
			}
			all = append(all, provider.Event{
				Key: key, Contact: contact(user), At: receipt.time("ts"),
				Receipt: &provider.Receipt{Ref: event, UpTo: thread == "" || thread == "main", Status: eventv1.Status_STATUS_READ},
			})
		}
	}
	if len(all) == 0 {
		return []provider.Event{{Ignored: "nobody's receipt"}}
	}
	return all
}
