package record

import (
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/reason"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// The transitions of a message to a contact. They do no I/O: each changes the record in place and says what follows.

// The statuses of a part, in the words of the state machine.
const (
	waiting = eventv1.Status_STATUS_UNSPECIFIED
	failed  = eventv1.Status_STATUS_FAILED
)

// Final says that nothing replaces this result of a send.
func Final(r eventv1.Result) bool {
	return r == eventv1.Result_RESULT_SENT || r == eventv1.Result_RESULT_FAILED || r == eventv1.Result_RESULT_EXPIRED
}

// News is an outcome or a receipt: how far one part of a message has come.
type News struct {
	// Part is the part's index, from 0; a message that was not split is part 0. Status is how far it has come. At is when, by the
	// network's clock.
	Part   uint32
	Status eventv1.Status
	At     time.Time
	// Why is the reason of a failure, and the zero value otherwise.
	Why reason.Reason
	// Generation is the generation of the send. With AnyGeneration the network does not say which: it knows only the message's
	// id, and Resent, how often the message was sent again after the network had taken it. The news then counts for the part's last send,
	// unless Resent is another number, or it is a failure from before the last replay.
	Generation    uint32
	AnyGeneration bool
	Resent        uint32
	// Sequence is the entry of OUTCOMES_* that brings the news, above 0.
	Sequence uint64
}

// Effect is what the caller has to do after a transition. The zero value is nothing.
type Effect int

// The effects of news.
const (
	Ignore       Effect = iota // nothing: the news is older, of another generation, or of no message that was taken
	Write                      // write the record: a part came further, the message as a whole did not
	WriteAndTell               // write the record, then tell the platform: the message came further
	TellAgain                  // tell the platform: the same entry wrote the record before, and the process may have died before it told
)

// Writes says that the record is to be written.
func (e Effect) Writes() bool { return e == Write || e == WriteAndTell }

// Tells says that the platform is to be told the message's status.
func (e Effect) Tells() bool { return e == WriteAndTell || e == TellAgain }

// claimOutbound is the event "an entry of MESSAGES holds this message", with what is there and what would take its place. A
// void is never taken, nor a lower generation.
func claimOutbound(there, next *indexv1.State) Claim {
	if there.GetStanding() == indexv1.Standing_STANDING_VOID {
		return Voided
	}
	return claimed(there.GetGeneration(), next.GetGeneration(), there.GetSequence(), next.GetSequence())
}

// advance is the event "one part has come so far": an outcome or a receipt. It never moves a status back, nor lets news of
// an older generation count. Only news that is told leaves its sequence: news of one part must not hide that a status before
// it was never told.
func advance(s *indexv1.State, n News) Effect {
	if s.GetStanding() != indexv1.Standing_STANDING_TAKEN || int(n.Part) >= len(s.GetParts()) || !current(s, n) {
		return Ignore
	}
	part := Further(s.GetParts()[n.Part], n.Status)
	if part == s.GetParts()[n.Part] {
		if n.Sequence == s.GetOutcomeSequence() {
			return TellAgain
		}
		return Ignore
	}
	s.Parts[n.Part], s.Contents = part, nil // all are on their way: nobody has to publish them again
	status := Further(s.GetStatus(), Whole(s.GetParts()))
	if status == s.GetStatus() {
		return Write
	}
	s.Status, s.OutcomeSequence = status, n.Sequence
	if status == failed {
		why := n.Why.OfPart(int(n.Part)+1, len(s.GetParts()))
		s.Reason, s.Why = why.String(), why.Proto()
	}
	return WriteAndTell
}

// Further is the further of two statuses, in the order sent, delivered, read. Failed is further than sent, and then for good;
// after delivered or read it does not count.
func Further(have, news eventv1.Status) eventv1.Status {
	if news == failed && have > eventv1.Status_STATUS_SENT {
		return have
	}
	return max(have, news)
}

// Whole is the status of a message with these parts: failed if one is, else that of the part that is furthest behind.
func Whole(parts []eventv1.Status) eventv1.Status {
	if slices.Contains(parts, failed) {
		return failed
	}
	return slices.Min(parts)
}

// current says that news is of the generation in which its part was last put on its way. A network that knows only the id
// cannot tell: a failure from before the replay is of the generation before.
func current(s *indexv1.State, n News) bool {
	generation := PartGeneration(s, n.Part)
	if !n.AnyGeneration {
		return n.Generation == generation
	}
	if n.Resent != PartResent(s, n.Part) {
		return false
	}
	// some networks tell whole seconds
	replayed := s.GetReplayedAt().AsTime().Truncate(time.Second)
	return n.Status != failed || generation == 0 || !n.At.Before(replayed)
}

// PartGeneration is the generation in which a part of a message was last put on its way.
func PartGeneration(s *indexv1.State, part uint32) uint32 {
	if int(part) < len(s.GetPartGenerations()) {
		return s.GetPartGenerations()[part]
	}
	return s.GetGeneration()
}

// PartResent is how often a part of a message was sent again after its network had taken it.
func PartResent(s *indexv1.State, part uint32) uint32 {
	if int(part) < len(s.GetPartResent()) {
		return s.GetPartResent()[part]
	}
	return 0
}

// replay is the event "these parts, which were given up in these generations, are to be sent again", each in the generation
// behind its own. It says which of them are to be published. A part that arrived after all is left alone: its dead letter was
// written by somebody who did not know. A replay that was interrupted is done again with the same result. The message's own
// generation goes up each time that something is begun, so that each status can be told once more.
func replay(s *indexv1.State, parts []Given, now time.Time) (Replay, []uint32) {
	due := slices.DeleteFunc(slices.Clone(parts), func(p Given) bool {
		return PartGeneration(s, p.Part) != p.Generation || arrived(s.GetParts()[p.Part])
	})
	if len(due) == 0 {
		again := begun(s, parts)
		if len(again) == 0 {
			return ReplayDone, nil
		}
		return ReplayResumed, again
	}
	generations := make([]uint32, len(s.GetParts()))
	for p := range generations {
		generations[p] = PartGeneration(s, uint32(p))
	}
	var again []uint32
	for _, p := range due {
		s.Parts[p.Part], generations[p.Part] = waiting, p.Generation+1
		again = append(again, p.Part)
		if p.Taken {
			if len(s.GetPartResent()) != len(s.GetParts()) {
				s.PartResent = make([]uint32, len(s.GetParts()))
			}
			s.PartResent[p.Part]++
		}
	}
	s.PartGenerations, s.Generation = generations, s.GetGeneration()+1
	s.OutcomeSequence, s.ReplayedAt, s.Contents = 0, timestamppb.New(now), nil
	if !slices.Contains(s.GetParts(), failed) { // else another part was taken and did not arrive: the message stays failed
		s.Status, s.Reason, s.Why = waiting, "", nil
	}
	return ReplayStarted, again
}

// arrived says that the network took a part.
func arrived(s eventv1.Status) bool { return s != waiting && s != failed }

// begun are the parts that an earlier replay started anew; none where there is news of one, since then all are on their way.
func begun(s *indexv1.State, parts []Given) (again []uint32) {
	for _, p := range parts {
		// without generations of its own the message was claimed anew as a whole, which is no replay of its parts
		if int(p.Part) >= len(s.GetPartGenerations()) || s.GetPartGenerations()[p.Part] != p.Generation+1 {
			continue
		}
		if s.GetParts()[p.Part] != waiting {
			return nil
		}
		again = append(again, p.Part)
	}
	return again
}

// kept is how long a state is remembered: of what failed, longer than its dead letter is there to be replayed.
func kept(s *indexv1.State) time.Duration {
	if slices.Contains(s.GetParts(), failed) {
		return KeepFailed
	}
	return Keep
}
