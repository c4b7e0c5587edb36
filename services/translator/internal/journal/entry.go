package journal

import (
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Entry is a hop of a message at the translator, now. contact is the key of whom it is from or for.
func Entry(m *messagev1.Message, contact string, hop journalv1.Hop) *journalv1.Entry {
	return &journalv1.Entry{
		Id: m.GetId(), Generation: m.GetGeneration(), Network: m.GetNetwork(), Channel: m.GetChannel(), Contact: contact,
		Service: "translator", Hop: hop, At: timestamppb.Now(), Direction: m.GetDirection(),
	}
}

// Accepted is the hop before: when and where the message came in. It is told where the way ends or is held up here.
func Accepted(m *messagev1.Message, contact string) *journalv1.Entry {
	e := Entry(m, contact, journalv1.Hop_HOP_ACCEPTED)
	e.Service, e.At = acceptedBy(m), m.GetAcceptedAt()
	return e
}

// Routed is a message on its way in so many parts, and how it came in: one entry for both hops.
func Routed(m *messagev1.Message, contact string, parts int) *journalv1.Entry {
	e := Entry(m, contact, journalv1.Hop_HOP_ROUTED)
	e.AcceptedBy, e.AcceptedAt, e.Parts = acceptedBy(m), m.GetAcceptedAt(), uint32(parts)
	return e
}

func acceptedBy(m *messagev1.Message) string {
	if m.GetDirection() == messagev1.Direction_DIRECTION_OUTBOUND {
		return "ingress"
	}
	return "egress-" + m.GetNetwork()
}

// Send is what became of a send to a far end. contact is the key of whom it was for.
func Send(far string, o *eventv1.Outcome, contact string, hop journalv1.Hop, ref string) *journalv1.Entry {
	return &journalv1.Entry{
		Id: o.GetId(), Generation: o.GetGeneration(), Part: o.GetPart(), Network: o.GetNetwork(), Channel: o.GetChannel(), Contact: contact,
		Service: "egress-" + far, Hop: hop, At: o.GetAt(), Attempts: o.GetAttempts(), Reason: o.GetReason(), Why: o.GetWhy(), Ref: ref,
		NextTry: o.GetNextTry(), Holds: o.GetHolds(),
	}
}

// Change is that a channel is held, or goes on: of the channel, so that it has no id.
func Change(far string, c *eventv1.ChannelChange) *journalv1.Entry {
	hop := journalv1.Hop_HOP_HELD
	if c.GetStanding() == eventv1.ChannelStanding_CHANNEL_STANDING_GOES_ON {
		hop = journalv1.Hop_HOP_RESUMED
	}
	return &journalv1.Entry{
		Network: c.GetNetwork(), Channel: c.GetChannel(), Service: "egress-" + far, Hop: hop, At: c.GetAt(),
		Reason: c.GetWhy().GetEn(), Why: c.GetWhy(), NextTry: c.GetUntil(),
	}
}

// HopOf is the hop that a status is.
func HopOf(s eventv1.Status) journalv1.Hop {
	return journalv1.Hop(journalv1.Hop_value["HOP_"+strings.TrimPrefix(s.String(), "STATUS_")])
}
