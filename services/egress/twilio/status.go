package twilio

import (
	"regexp"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// statuses are https://www.twilio.com/docs/messaging/api/message-resource#message-status-values. Whatever Twilio tells
// of a message, it has taken it. What partially_delivered means is told nowhere: it claims no more than that.
var statuses = map[string]eventv1.Status{
	"accepted": eventv1.Status_STATUS_SENT, "scheduled": eventv1.Status_STATUS_SENT, "queued": eventv1.Status_STATUS_SENT,
	"sending": eventv1.Status_STATUS_SENT, "sent": eventv1.Status_STATUS_SENT, "partially_delivered": eventv1.Status_STATUS_SENT,
	"delivered":   eventv1.Status_STATUS_DELIVERED,
	"read":        eventv1.Status_STATUS_READ,
	"undelivered": eventv1.Status_STATUS_FAILED, "failed": eventv1.Status_STATUS_FAILED, "canceled": eventv1.Status_STATUS_FAILED,
}

// ownID is the parameter of the status callback's URL that holds the send's idempotency key.
const ownID = "id"

var idempotencyKey = regexp.MustCompile(`^[0-9A-Za-z]{1,50}-[0-9]{1,9}$`)

// callback is where the statuses of a message go: the webhook's URL, which Twilio signs, with our id in it.
func callback(webhookURL, key string) string {
	return webhookURL + "?" + ownID + "=" + key + connectionOverrides
}

// status is that of a message that was sent, "" for a message that came in: of that there is only SmsStatus.
func (f fields) status() string {
	if status := f["MessageStatus"]; status != "" {
		return status
	}
	if status := f["SmsStatus"]; status != "receiving" && status != "received" {
		return status
	}
	return ""
}

// receipt reads a status callback.
func receipt(c webhook.Call, sid, name string, code int) []provider.Event {
	if name == "receiving" || name == "received" {
		return ignored(ignoredInbound)
	}
	status, ok := statuses[name]
	if !ok {
		return ignored(ignoredStatus)
	}
	r := provider.Receipt{Ref: sid, Status: status}
	if key := c.Values().Get(ownID); idempotencyKey.MatchString(key) {
		r.OwnID = key
	}
	if status == eventv1.Status_STATUS_FAILED {
		r.Reason = reasonOf(code)
		if name == "canceled" {
			r.Reason = cancelled
		}
	}
	return []provider.Event{provider.ReceiptEvent(sid+":"+name, r)}
}
