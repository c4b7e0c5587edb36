package delivery

import (
	"time"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// atMost is a pause that ends when the entry's validity does.
func (s *sender) atMost(e *message, pause time.Duration) time.Duration {
	return min(pause, max(s.validFor(e), time.Second))
}

// validFor is how long the entry may still be tried.
func (s *sender) validFor(e *message) time.Duration {
	at := acceptedAt(e.Event)
	if at.IsZero() {
		at = e.Stored
	}
	return time.Until(at.Add(s.config.Validity))
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
