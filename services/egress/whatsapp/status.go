package whatsapp

import (
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/services/egress/whatsapp/internal/message"
)

// statuses are https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status;
// played is of voice messages. They come in any order, and delivered is left out where the chat was open.
var statuses = map[string]eventv1.Status{
	"sent":      eventv1.Status_STATUS_SENT,
	"delivered": eventv1.Status_STATUS_DELIVERED,
	"read":      eventv1.Status_STATUS_READ,
	"played":    eventv1.Status_STATUS_READ,
	"failed":    eventv1.Status_STATUS_FAILED,
}

// status is what became of a message. One that this bridge did not send, by a campaign tool on the same number, has
// another callback data or none.
func status(s message.Value) provider.Event {
	id, name := s.At("id").Text(), s.At("status").Text()
	known, ok := statuses[name]
	switch {
	case s.At("group_id").Text() != "" || s.At("recipient_type").Text() == "group":
		return provider.IgnoredEvent(ignoredGroup)
	case id == "":
		return unreadable("a status has no id")
	case name == "":
		return unreadable("a status has no status")
	case !ok:
		return provider.IgnoredEvent(ignoredStatus)
	}
	r := provider.Receipt{Ref: id, OwnID: ownID(s.At("biz_opaque_callback_data").Text()), Status: known}
	if known == eventv1.Status_STATUS_FAILED {
		r.Reason = reasonOf(s.At("errors").List())
	}
	return provider.ReceiptEvent(id+":"+name, r).WithTime(s.At("timestamp").Time())
}

// ownID is callback data that may be ours: longer ones are somebody else's.
func ownID(data string) string {
	const longest = 36
	if len(data) > longest {
		return ""
	}
	return data
}

// reasonOf is what the agent reads of a message that failed after it was taken.
func reasonOf(errs []message.Value) reason.Reason {
	for _, e := range errs {
		code := e.At("code").Code()
		if code == 0 {
			continue
		}
		if _, known := codes[code]; !known {
			if words := outcome.Plain(titled(e.At("title").Text(), e.At("message").Text())); words != "" {
				return reasonFor(code).Quoting(words)
			}
		}
		return reasonFor(code)
	}
	return notDelivered
}
