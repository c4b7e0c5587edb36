package topology

import "strings"

// StreamOf is the name of the stream that stores a subject of this package; "" for the subject of a request, which no stream stores.
// A subject that is not of this package is taken for one of INDEX, where the broker refuses it.
func StreamOf(subject string) string {
	kind, rest, _ := strings.Cut(subject, ".")
	network, _, _ := strings.Cut(rest, ".")
	switch kind {
	case "webhook":
		return "WEBHOOKS_" + network
	case "message":
		return Messages.Name
	case "egress":
		return "EGRESS_" + network
	case "outcome":
		return "OUTCOMES_" + network
	case "journal":
		return Journal.Name
	case "dead":
		return Dead.Name
	case "live":
		return ""
	case "audit":
		return Audit.Name
	case "sent":
		return Sent.Name
	case "file":
		return Files.Name
	default:
		return Index.Name
	}
}

// PlaceOf reads destination and channel out of a subject; "" for one that the subject does not name. The destination is the channel's
// network, or [Platform].
func PlaceOf(subject string) (far, channel string) {
	t := strings.Split(subject, ".")
	at := func(i int) string {
		if i < len(t) {
			return t[i]
		}
		return ""
	}
	switch t[0] {
	case "webhook", "outcome":
		return at(1), at(3)
	case "egress":
		if len(t) == 3 { // of an earlier version, in a dead letter
			return at(1), at(2)
		}
		return at(1), at(3)
	case "message", "dead", "live":
		return at(2), at(3)
	case "journal", "sent", "seen", "ref", "early", "mark", "call":
		return at(1), at(2)
	case "file":
		return at(1), ""
	case "state":
		return "", at(1)
	default:
		return "", ""
	}
}

// Current is a subject in the form of this version. Subjects of EGRESS_* had no partition in earlier versions, whose dead letters
// still name them so.
func Current(subject string) string {
	if t := strings.Split(subject, "."); t[0] == "egress" && len(t) == 3 {
		return EgressSubject(t[1], t[2])
	}
	return subject
}

// OutcomeKey is the key of the send whose outcome a subject holds, "" for any other subject.
func OutcomeKey(subject string) string {
	if t := strings.Split(subject, "."); t[0] == "outcome" && len(t) == 5 {
		return t[4]
	}
	return ""
}

// DestinationOf is the destination that a stream belongs to: telegram for EGRESS_telegram. It is "" for a stream of no destination, such
// as MESSAGES.
func DestinationOf(stream string) string {
	if _, far, ok := strings.Cut(stream, "_"); ok {
		return far
	}
	return ""
}
