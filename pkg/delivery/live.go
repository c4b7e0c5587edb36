package delivery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus/rpc"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"

	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// The process that owns a channel answers how messages stand there ([topology.LaneSubject]); no other one listens. It answers
// from memory, and does not hold up the work. What is kept of a message whose turn has not come is a hash of its id: so
// those that were asked for are read from the stream before anything is said of them.

// Bounds of an answer.
const (
	asksAtMost    = 100 // ids of a question
	reasonsAtMost = 20  // of an answer
	placesAtMost  = 300 // pieces of messages in an answer
	liveWithin    = 2 * time.Second
)

// answer answers a question about a channel.
func (d *dispatcher) answer(ctx context.Context, subject string, question []byte) (proto.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, liveWithin)
	defer cancel()
	var q livev1.LaneQuestion
	if err := proto.Unmarshal(question, &q); err != nil {
		return nil, errors.New("the question cannot be read")
	}
	if n := len(q.GetIds()); n > asksAtMost {
		return nil, fmt.Errorf("ids: %d, at most %d are allowed", n, asksAtMost)
	}
	_, channel := topology.PlaceOf(subject)
	d.mu.Lock()
	s := d.senders[channel]
	d.mu.Unlock()
	if s == nil {
		return nil, rpc.ErrNobody
	}
	return s.answer(ctx, q.GetIds())
}

// answer is how the channel and these messages stand. It returns [rpc.ErrNobody] where this process does not work on the
// channel at this moment: another one may.
func (s *sender) answer(ctx context.Context, ids []string) (*livev1.LaneAnswer, error) {
	s.mu.Lock()
	lease := s.lease
	s.mu.Unlock()
	now := s.waits()
	if now == nil || lease == nil || !lease.Valid() {
		return nil, rpc.ErrNobody
	}
	a := &livev1.LaneAnswer{Instance: s.bus.Instance()}
	told := s.answerHeld(a)
	if !now.Paused() {
		told = reason.Reason{}
	}
	l := look{told: told, groups: map[string]*livev1.Waiting{}}
	now.Look(ids, l.lane)
	l.fill(a, s.config.Validity)
	s.answerWork(a)
	s.places(ctx, now, ids, &l, a)
	s.answerRates(a)
	return a, nil
}

// answerHeld says why the channel as a whole does not send, and returns why what is ready does not start.
func (s *sender) answerHeld(a *livev1.LaneAnswer) (told reason.Reason) {
	held := s.held()
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if now.Before(s.told.until) {
		told = s.told.why
	}
	switch {
	case s.paused != nil:
	case s.suspended != nil:
		held.until = s.suspended.probe
	case !told.IsZero():
		held = heldAs{told, s.told.since, s.told.until}
	case s.breaker.Open():
		held = heldAs{reason.DoesNotAnswer, s.breaker.Since(), s.breaker.NextAsk()}
	case s.endpoint == nil:
		held = heldAs{why: reason.NotLoaded, since: s.gone}
	}
	if held.why.IsZero() {
		return told
	}
	a.Held, a.HeldSince = held.why.Proto(), timestamppb.New(held.since)
	if held.until.After(now) {
		a.HeldUntil = timestamppb.New(held.until)
	}
	return told
}

// answerRates says what the channel may send now: the narrower of its own rate and its account's.
func (s *sender) answerRates(a *livev1.LaneAnswer) {
	limiters := []interface {
		TokensAt(time.Time) float64
	}{}
	if s.config.PerChannel.Sends > 0 {
		limiters = append(limiters, s.limiter)
		a.PerSecond = float64(s.config.PerChannel.Sends) / s.config.PerChannel.Per.Seconds()
	}
	if w := s.now(); w != nil {
		if r, l := w.account.allowed(); r.Sends > 0 {
			limiters = append(limiters, l)
			a.PerSecond = min(perSecond(r), cmp.Or(a.PerSecond, perSecond(r)))
		}
	}
	for i, l := range limiters {
		tokens := max(l.TokensAt(time.Now()), 0)
		if i == 0 || tokens < a.Tokens {
			a.Tokens = tokens
		}
	}
}

// atOnce is how many contacts of the channel are sent to at once. The caller has the lock.
func (s *sender) atOnce() int {
	if s.endpoint != nil && s.endpoint.Concurrency > 0 {
		return s.endpoint.Concurrency
	}
	return s.config.Concurrency
}

// answerWork says what it takes to send what is due: see services/control/scale.
func (s *sender) answerWork(a *livev1.LaneAnswer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.endpoint != nil {
		a.Account = s.endpoint.Account
	}
	a.SendSeconds, a.Concurrency = s.tryTakes.Seconds(), uint32(s.atOnce())
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
	n, _ := l.Note.(*note)
	switch {
	case l.Working:
		return reason.Reason{}, time.Time{}
	case n != nil && !l.Due.IsZero() && !n.why.IsZero():
		return n.why, n.next
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

// fill puts into the answer what was collected.
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

// places says where the messages stand that were asked for. What has left the stream meanwhile, and what cannot be read in
// time, is left out.
func (s *sender) places(ctx context.Context, now *consume.Queue, ids []string, k *look, a *livev1.LaneAnswer) {
	heads := map[uint64]string{} // ids by sequence
	head := func(f found) string {
		if n, ok := f.lane.Note.(*note); ok {
			return n.id
		}
		if _, ok := heads[f.lane.Head]; !ok {
			heads[f.lane.Head] = ""
			if e, err := now.Read(ctx, f.lane.Head); err == nil {
				heads[f.lane.Head] = topology.About(e.Event).ID
			}
		}
		return heads[f.lane.Head]
	}
	slices.SortFunc(k.found, func(a, b found) int { return cmp.Compare(a.Sequence, b.Sequence) })
	for _, f := range k.found {
		e, err := now.Read(ctx, f.Sequence)
		if err != nil || !slices.Contains(ids, topology.About(e.Event).ID) {
			continue
		}
		at := consume.AcceptedAt(e.Event)
		if at.IsZero() {
			at = e.Stored
		}
		p := &livev1.Place{
			Id: topology.About(e.Event).ID, Part: e.Event.GetMessage().GetPart().GetIndex(), Position: uint64(f.Position), Length: uint64(f.lane.Length),
			Ends: timestamppb.New(at.Add(s.config.Validity)), Sending: f.Position == 1 && f.lane.Working,
		}
		if f.Position > 1 {
			p.Behind = head(f)
		}
		why, next := k.whyOf(f.lane)
		p.Why = why.Proto()
		if !next.IsZero() {
			p.NextTry = timestamppb.New(next)
		}
		if n, ok := f.lane.Note.(*note); ok && f.Position == 1 {
			p.Attempts = n.attempts
		}
		a.Places = append(a.Places, p)
	}
}
