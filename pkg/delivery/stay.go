package delivery

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// Why a message waits is told in three ways. Whoever asks the process hears of it at once (live.go). A message that was
// tried and not taken has a record under its key, and so an entry of the journal (outcome.go). What held a message up before
// it was first tried stands in its final outcome: to write down the beginning of each such wait would make the history grow
// with every message of a channel that is paused or suspended.

// stay is why a message waits at present.
type stay struct {
	why reason.Reason
	// since is when what it waits for began; zero for when the message met it. next is when the message is looked at again;
	// zero where that is not known.
	since, next time.Time
	// failed says that it waits after a try that failed.
	failed bool
}

// stays keeps the message at the head of its lane for a time, and says why.
func (e *message) stays(why reason.Reason, after time.Duration) lanes.Next {
	e.stay = stay{why: why, next: time.Now().Add(after)}
	return lanes.Next{Keep: true, After: after}
}

// staysFor keeps the message at the head of its lane, and does not change why.
func (e *message) staysFor(after time.Duration) lanes.Next {
	return lanes.Next{Keep: true, After: after}
}

// note is how a message stands, as whoever looks at the queue reads it. It does not change.
type note struct {
	id       string
	part     uint32
	why      reason.Reason
	next     time.Time
	attempts uint32
	failed   bool
}

// noteOf is how a message stands.
func noteOf(e *message) *note {
	return &note{
		id: topology.About(e.Event).ID, part: e.Event.GetMessage().GetPart().GetIndex(), why: e.stay.why, next: e.stay.next,
		attempts: e.attempts, failed: e.stay.failed,
	}
}

// whyOf is why a try was not taken.
func whyOf(v result.Result) reason.Reason {
	switch {
	case v.Reason.IsZero() && v.Class == result.Waiting:
		return reason.ToldToWait.With("after", v.After)
	case v.Reason.IsZero():
		return reason.NoAnswer
	}
	return v.Reason
}

// Bounds of what is told of holds.
const (
	// shortestHold is how long something has to hold a message up to be told. A person sees that much.
	shortestHold = 250 * time.Millisecond
	// holdsKept is how many holds of a message are told: the first ones.
	holdsKept = 4
)

// holds is what held a message up before it was first tried. The zero value is ready.
type holds struct {
	all   []*eventv1.Hold
	open  stay // what holds it up now; none where why is zero
	tried bool // nothing is added any more
}

// met notes why the message waits now. It waited for the same as before, or for something else from now on. stored is when
// the message was stored: nothing held it up before.
func (h *holds) met(s stay, stored, now time.Time) {
	if h.tried || h.open.why.Code() == s.why.Code() && !h.open.why.IsZero() {
		return
	}
	h.end(now)
	h.open = s
	if s.since.IsZero() {
		h.open.since = now
	} else if s.since.Before(stored) {
		h.open.since = stored
	}
	// what was told before has its own time
	if n := len(h.all); n > 0 && h.open.since.Before(h.all[n-1].GetUntil().AsTime()) {
		h.open.since = h.all[n-1].GetUntil().AsTime()
	}
}

// end notes that what held the message up does so no longer.
func (h *holds) end(now time.Time) {
	if !h.open.why.IsZero() {
		h.add(h.open.why, h.open.since, now, "")
	}
	h.open = stay{}
}

// begin notes that the message is being tried.
func (h *holds) begin(now time.Time) {
	if !h.tried {
		h.end(now)
		h.tried = true
	}
}

// add notes one hold, unless it was short or there are enough.
func (h *holds) add(why reason.Reason, since, until time.Time, behind string) {
	if until.Sub(since) >= shortestHold && len(h.all) < holdsKept {
		h.all = append(h.all, &eventv1.Hold{Why: why.Proto(), Since: timestamppb.New(since), Until: timestamppb.New(until), Behind: behind})
	}
}

// slowHead is a message that ended last in its lane and took long: what was behind it waited too.
type slowHead struct {
	id string
	at time.Time
}

// slowKept bounds the lanes of a channel whose last slow message is remembered.
const slowKept = 4096

// headEnded notes that a message has left its lane, which took [shortestHold] or longer.
func (s *sender) headEnded(e *message) {
	ended := slowHead{topology.About(e.Event).ID, time.Now()}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.slow == nil {
		s.slow = map[string]slowHead{}
	}
	for other := range s.slow {
		if len(s.slow) < slowKept {
			break
		}
		delete(s.slow, other)
	}
	s.slow[e.Lane] = ended
}

// headBegins notes what the message was behind until now: it is looked at for the first time, [shortestHold] or longer after it came.
func (s *sender) headBegins(e *message) {
	s.mu.Lock()
	before, ok := s.slow[e.Lane]
	s.mu.Unlock()
	if ok && before.id != topology.About(e.Event).ID {
		e.past.add(reason.Behind, e.Stored, before.at, before.id)
	}
}

// noted is which waits of a message were recorded. The zero value has recorded none.
type noted struct {
	first, last time.Time
	code        string // of the last one's reason
	changes     int    // how often it was recorded for another reason
}

// Bounds of the records of one message that waits.
const (
	// noteEvery is how long after a record another one for the same reason is written at least. It doubles: of an outage of
	// a day a message tells a dozen times.
	noteEvery = time.Minute
	// noteChanges is how often it may be recorded at once because the reason is another one.
	noteChanges = 8
)

// due says that a wait for a reason is to be recorded.
func (n *noted) due(code string, now time.Time) bool {
	switch since := now.Sub(n.last); {
	case n.last.IsZero():
		return true
	case code != n.code && n.changes < noteChanges:
		return true
	default:
		return since >= max(noteEvery, n.last.Sub(n.first))
	}
}

// told notes that a wait was recorded.
func (n *noted) told(code string, at time.Time) {
	if n.first.IsZero() {
		n.first = at
	} else if code != n.code {
		n.changes++
	}
	n.last, n.code = at, code
}

// note says that an entry is waiting: for the journal, and in place of an intent, for it was definitely not taken.
// For the journal alone it is no loss where it fails. In place of an intent it is written at once, else where there is news:
// see [noted].
func (s *sender) note(ctx context.Context, e *message) {
	now, code := time.Now(), e.stay.why.Code()
	if !e.noted.due(code, now) && !e.stands {
		return
	}
	e.noted.told(code, now)
	o := s.outcomeOf(e, eventv1.Result_RESULT_WAITING)
	o.Reason, o.Why = readable(e.why.String()), e.stay.why.Proto()
	if !e.stay.next.IsZero() {
		o.NextTry = timestamppb.New(e.stay.next)
	}
	if err := s.store(ctx, e, o); err != nil {
		s.bus.Logger().Debug("waiting not noted", "key", e.key, "err", err)
		e.Suspect = true // the record under the key is not the one we know
		return
	}
	e.stands = false
}
