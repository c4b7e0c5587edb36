package delivery

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/delivery/fault"
	"github.com/bonychat/puente/pkg/delivery/internal/live"
	"github.com/bonychat/puente/pkg/delivery/internal/waits"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// message is an entry of the queue with what is remembered of it between its tries. The entry belongs to a queue,
// the history to the sender.
type message struct {
	*consume.Entry
	*history
}

// history is what is remembered of a message between its tries, and from one lease to the next. Only who works on
// the message's lane touches it, so that it has no lock. A process that starts anew knows of it what OUTCOMES_* says.
type history struct {
	key      string      // of the send
	attempts uint32      // tries that count: not those that were told to wait
	refusals uint32      // of these, how often the credential was refused
	alone    fault.Alone // failures and refusals while others were taken: this message is at fault
	waited   fault.Alone // waits of the channel while others were taken: they are meant for this message
	first    time.Time   // of the tries with a bound of their own, so that the bound can be kept
	due      time.Time   // not to be tried before
	// backed is set where due is a pause after a failure: how often the destination had come back by then. Once it has come
	// back again, there is no reason to sit the pause out. 0 where due was told or is a rate's.
	backed int
	place  time.Time      // for when the next try's place in the rates was taken; zero where it is not taken yet
	why    reason.Reason  // of the last try that failed, for who is told in the end
	stay   waits.Wait     // why it waits now
	past   waits.Past     // what held it up before it was first tried
	noted  waits.Recorded // which waits were recorded

	// What is known of the record under the key, in OUTCOMES_*:
	revision uint64    // its sequence, which the next write compares; 0 for none
	intended bool      // it is the intent of another process: nobody knows whether that one sent
	intentAt time.Time // when this process wrote an intent itself, to tell it from another's
	stands   bool      // it is an intent, which has to be replaced once it is known that nothing was taken

	uncertain time.Time      // until when a receipt may tell whether it was taken; zero where nothing is uncertain
	refused   *result.Result // given up already: only its dead letter and its outcome are missing
	ended     *ending        // sent or given up already: only its outcome is missing
}

// remember is what is known of an entry from before, under an earlier lease too: what was told to wait waits on, and a
// budget that was taken is not taken again. fresh says that nothing was known of it.
func (s *sender) remember(key string) (_ *history, fresh bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d := s.memory[key]; d != nil {
		return d, false
	}
	d := &history{key: key}
	s.memory[key] = d
	return d, true
}

// forget drops what is remembered of a message that has ended.
func (s *sender) forget(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.memory, key)
}

// stays keeps the message at the head of its lane for a time, and says why.
func (e *message) stays(why reason.Reason, after time.Duration) lanes.Next {
	e.stay = waits.Wait{Why: why, Next: time.Now().Add(after)}
	return lanes.Next{Keep: true, After: after}
}

// staysFor keeps the message at the head of its lane, and does not change why.
func (e *message) staysFor(after time.Duration) lanes.Next {
	return lanes.Next{Keep: true, After: after}
}

// away keeps an entry that our own broker has to be asked about again.
func (e *message) away() lanes.Next { return e.stays(reason.BrokerAway, consume.Backoff(e.Try).After) }

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

// noteOf is how a message stands, for whoever looks at the queue.
func noteOf(e *message) *live.Note {
	return &live.Note{ID: topology.About(e.Event).ID, Why: e.stay.Why, Next: e.stay.Next, Failed: e.stay.Failed, Attempts: e.attempts}
}

// slowHead is a message that ended last in its lane and took long: what was behind it waited too.
type slowHead struct {
	id string
	at time.Time
}

// slowKept bounds the lanes of a channel whose last slow message is remembered.
const slowKept = 4096

// headEnded notes that a message has left its lane, which took [waits.Shortest] or longer.
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

// headBegins notes what the message was behind until now: it is looked at for the first time, [waits.Shortest] or longer after it came.
func (s *sender) headBegins(e *message) {
	s.mu.Lock()
	before, ok := s.slow[e.Lane]
	s.mu.Unlock()
	if ok && before.id != topology.About(e.Event).ID {
		e.past.Add(reason.Behind, e.Stored, before.at, before.id)
	}
}

// note says that an entry is waiting: for the journal, and in place of an intent, for it was definitely not taken.
// For the journal alone it is no loss where it fails. In place of an intent it is written at once, else where there is news:
// see [waits.Recorded].
func (s *sender) note(ctx context.Context, e *message) {
	now, code := time.Now(), e.stay.Why.Code()
	if !e.noted.Due(code, now) && !e.stands {
		return
	}
	e.noted.Note(code, now)
	o := s.outcomeOf(e, eventv1.Result_RESULT_WAITING)
	o.Reason, o.Why = readable(e.why.String()), e.stay.Why.Proto()
	if !e.stay.Next.IsZero() {
		o.NextTry = timestamppb.New(e.stay.Next)
	}
	if err := s.store(ctx, e, o); err != nil {
		s.bus.Logger().Debug("waiting not noted", "key", e.key, "err", err)
		e.Suspect = true // the record under the key is not the one we know
		return
	}
	e.stands = false
}
