package topology

import (
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Subject says what a stored message is about: the network, the channel, and the message's id. A field is "" if the stored message does
// not tell.
type Subject struct{ Network, Channel, ID string }

// About reads the [Subject] out of a stored body: any of the project's protobuf messages, or nil. For a body of another type it is empty.
func About(body any) Subject {
	var s Subject
	if e, ok := body.(*eventv1.Event); ok {
		body = aboutOf(e)
	}
	if m, ok := body.(interface {
		GetNetwork() string
		GetChannel() string
	}); ok {
		s.Network, s.Channel = m.GetNetwork(), m.GetChannel()
	}
	switch m := body.(type) {
	case *eventv1.Receipt:
		s.ID = m.GetOwnId()
	case interface{ GetId() string }:
		s.ID = m.GetId()
	}
	return s
}

// aboutOf is what an event is about, nil for nothing that is known.
func aboutOf(e *eventv1.Event) any {
	switch k := e.GetKind().(type) {
	case *eventv1.Event_Message, *eventv1.Event_Echo:
		return MessageOf(e)
	case *eventv1.Event_Receipt:
		return k.Receipt
	case *eventv1.Event_Outcome:
		return k.Outcome
	case *eventv1.Event_Status:
		return k.Status
	case *eventv1.Event_Channel:
		return k.Channel
	default:
		return nil
	}
}

// MessageOf is the message of an event, or of an echo; nil for every other event.
func MessageOf(e *eventv1.Event) *messagev1.Message {
	if echo := e.GetEcho(); echo != nil {
		return echo.GetMessage()
	}
	return e.GetMessage()
}
