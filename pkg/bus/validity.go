package bus

import (
	"time"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// atMost is a pause that ends when the entry's validity does.
func (r *route) atMost(e *Entry, pause time.Duration) time.Duration {
	return min(pause, max(r.validFor(e), time.Second))
}

// validFor is how long the entry may still be tried.
func (r *route) validFor(e *Entry) time.Duration {
	at := acceptedAt(e.Event)
	if at.IsZero() {
		at = e.stored
	}
	return time.Until(at.Add(r.delivery.Validity))
}

func acceptedAt(e *eventv1.Event) time.Time {
	switch k := e.GetKind().(type) {
	case *eventv1.Event_Message:
		return k.Message.GetAcceptedAt().AsTime()
	case *eventv1.Event_Echo:
		return k.Echo.GetMessage().GetAcceptedAt().AsTime()
	case *eventv1.Event_Status:
		return k.Status.GetAcceptedAt().AsTime()
	default:
		return time.Time{}
	}
}

func expiredReason(last string) string {
	if last == "" {
		return "it could not be sent in time"
	}
	return "it could not be sent in time: " + last
}
