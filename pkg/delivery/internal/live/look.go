package live

import (
	"cmp"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/reason"

	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// Note is how a message at the head of its lane stands, as the work on it says ([consume.Entry.SetNote]). It is not changed.
type Note struct {
	// ID is the message's.
	ID string
	// Why is why it waits, and Next when it is looked at again, zero where that is not known. Failed says that it was tried and not
	// taken.
	Why    reason.Reason
	Next   time.Time
	Failed bool
	// Attempts are its tries that count.
	Attempts uint32
}

// look collects what the lanes of a queue say.
type look struct {
	told    reason.Reason // why what is ready does not start; zero where it may
	waiting int
	oldest  time.Time
	due     backlog                    // of the waiting, what may be sent now
	groups  map[string]*livev1.Waiting // by reason
	found   []found
}

// found is a message that may be one that was asked for, and how its lane stands.
type found struct {
	consume.Found
	lane consume.LaneState
}

// lane adds one lane.
func (k *look) lane(l consume.LaneState) {
	k.waiting += l.Length
	if k.oldest.IsZero() || l.Accepted.Before(k.oldest) {
		k.oldest = l.Accepted
	}
	why, next := k.whyOf(l)
	if l.Working || why.Code() == reason.Turn.Code() {
		k.due.add(l.Length, l.Accepted)
	}
	rest := l.Length
	// what is on the wire waits for nothing
	if l.Working {
		why, rest = reason.Behind, l.Length-1
	}
	if rest > 0 {
		k.add(why, next, rest)
	}
	for _, f := range l.Found {
		if len(k.found) < placesAtMost {
			k.found = append(k.found, found{f, l})
		}
	}
}

// whyOf is why the head of a lane waits, and until when, zero where that is not known.
func (k *look) whyOf(l consume.LaneState) (reason.Reason, time.Time) {
	n, _ := l.Note.(*Note)
	switch {
	case l.Working:
		return reason.Reason{}, time.Time{}
	case n != nil && !l.Due.IsZero() && !n.Why.IsZero():
		return n.Why, n.Next
	case !k.told.IsZero():
		return k.told, time.Time{}
	default: // it may start, when those before it have had their turn
		return reason.Turn, time.Time{}
	}
}

// add counts the messages of a lane that wait for something.
func (k *look) add(why reason.Reason, next time.Time, messages int) {
	key := why.Code() + " " + why.Param("cause")
	if why.Code() == "" {
		key = why.String()
	}
	g := k.groups[key]
	if g == nil {
		g = &livev1.Waiting{Why: why.Proto()}
		k.groups[key] = g
	}
	g.Messages += uint64(messages)
	g.Contacts++
	if !next.IsZero() && (g.NextTry == nil || next.Before(g.NextTry.AsTime())) {
		g.NextTry = timestamppb.New(next)
	}
}

// fill puts into the answer what was collected. How the channel is held stands there already.
func (k *look) fill(a *livev1.LaneAnswer, validity time.Duration) {
	a.Waiting = uint64(k.waiting)
	if k.waiting > 0 {
		a.Oldest, a.FirstEnds = timestamppb.New(k.oldest), timestamppb.New(k.oldest.Add(validity))
	}
	if k.due.messages > 0 && a.GetHeld() == nil {
		a.Due, a.OldestDue = uint64(k.due.messages), timestamppb.New(k.due.oldest)
	}
	for _, g := range k.groups {
		a.Reasons = append(a.Reasons, g)
	}
	slices.SortFunc(a.Reasons, func(a, b *livev1.Waiting) int {
		return cmp.Or(-cmp.Compare(a.GetMessages(), b.GetMessages()), cmp.Compare(a.GetWhy().GetEn(), b.GetWhy().GetEn()))
	})
	a.Reasons = a.Reasons[:min(len(a.Reasons), reasonsAtMost)]
}
