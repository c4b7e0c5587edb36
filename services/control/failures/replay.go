package failures

import (
	"context"
	"errors"
	"fmt"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
	"github.com/bonychat/puente/services/control/channels"
)

// mostChosen is how many dead letters one replay looks through: those of a message have to be seen together.
const mostChosen = 100_000

// stays are the reasons for which something cannot be brought back.
var stays reason.Table

var (
	statusStale = stays.New("puente.status_stale", reason.Puente,
		"what it told is old by now",
		"lo que comunicaba ya es antiguo")
	nothingToBring = stays.New("puente.nothing_to_replay", reason.Puente,
		"there is nothing to bring back",
		"no hay nada que recuperar")
	unfinished = stays.New("puente.unfinished", reason.Puente,
		"it is still being given up: try again in a minute",
		"todavía se está dando por perdido: inténtelo de nuevo en un minuto")
	callTooOld = stays.New("puente.call_too_old", reason.Puente,
		"the other messages of its call were taken, and nobody remembers which: reading it again would bring them twice",
		"los demás mensajes de su llamada ya se aceptaron y no se recuerda cuáles: leerla de nuevo los traería dos veces")
	notNow = stays.New("puente.replay_failed", reason.Puente,
		"it could not be brought back now: {detail}",
		"ahora no se ha podido recuperar: {detail}")
)

// group is what is brought back together: the parts of a message, or the events of a call.
type group struct {
	letters []deadletter.Letter
	failure *controlv1.Failure
	contact string // stands for whom it is to; "" for nobody
}

// ReplayFailures implements the API. It begins with the oldest; what failed by a receipt goes behind the dead letters.
func (s *Service) ReplayFailures(ctx context.Context, r *connect.Request[controlv1.ReplayFailuresRequest], to *connect.ServerStream[controlv1.ReplayFailuresResponse]) error {
	filter := r.Msg.GetFilter()
	if err := someOf(filter, r.Msg.GetAll()); err != nil {
		return err
	}
	groups, err := s.groups(ctx, filter)
	if err != nil {
		return err
	}
	chosen := make([]*controlv1.Failure, len(groups))
	for i, g := range groups {
		chosen[i] = g.failure
	}
	if err := s.whose(ctx, chosen); err != nil {
		return err
	}
	held, err := channels.ReadHeld(ctx, s.Bus)
	if err != nil {
		return err
	}
	t := &teller{to: to, sum: &controlv1.ReplaySum{}, contacts: map[string]bool{}, held: held, until: time.Now().Add(time.Duration(r.Msg.GetWaitSeconds()) * time.Second)}
	var sent []*awaited
	for _, g := range groups {
		outcome := t.waits(s.replay(ctx, g, r.Msg.GetDryRun()), g.far())
		if outcome.GetResult() == controlv1.ReplayResult_REPLAY_RESULT_ON_ITS_WAY && r.Msg.GetWaitSeconds() > 0 {
			if a := await(g); a != nil {
				sent = append(sent, a)
				continue
			}
		}
		if err := t.tell(outcome, g.contact); err != nil {
			return err
		}
	}
	again, err := s.replayReceipts(ctx, r.Msg, t)
	if err != nil {
		return err
	}
	if err := s.wait(ctx, append(sent, again...), r.Msg.GetWaitSeconds(), t); err != nil {
		return err
	}
	return to.Send(&controlv1.ReplayFailuresResponse{Sum: t.sum})
}

// someOf refuses a filter that chooses everything, unless that is wanted.
func someOf(f *controlv1.FailureFilter, all bool) error {
	empty := f == nil || proto.Size(f) == 0
	switch {
	case empty && !all:
		return connect.NewError(connect.CodeInvalidArgument, errors.New("filter: at least one field has to be set, or all"))
	case !empty && all:
		return connect.NewError(connect.CodeInvalidArgument, errors.New("all: goes without a filter"))
	}
	return nil
}

// groups are the letters that a filter chooses, the oldest first, each group whole: a message goes with all its parts though
// the filter chose one by its number.
func (s *Service) groups(ctx context.Context, f *controlv1.FailureFilter) (groups []group, err error) {
	if !hasLetters(f) {
		return nil, nil
	}
	pick, err := s.picker(ctx, f)
	if err != nil {
		return nil, err
	}
	picked := map[uint64]*controlv1.Failure{}
	contacts := map[uint64]string{}
	var all []deadletter.Letter
	// parts of a message may be outside of what is chosen by time, number or reason
	wide := &controlv1.FailureFilter{Channel: f.GetChannel(), Network: f.GetNetwork()}
	for before := uint64(0); ; {
		next, err := s.letters(ctx, wide, before, func(l deadletter.Whole, x *controlv1.Failure) error {
			if len(all) >= mostChosen {
				return connect.NewError(connect.CodeResourceExhausted, fmt.Errorf("there are more than %d dead letters: choose fewer by channel or network", mostChosen))
			}
			all = append(all, l.Letter)
			if pick.matches(x) {
				picked[l.Sequence] = x
				if m := topology.MessageOf(l.Event); m != nil {
					contacts[l.Sequence] = s.Bus.Digest(digest.ForReplay, l.Network, l.Channel, m.GetContact().GetAddress())
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if before = next; next == 0 {
			break
		}
	}
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	for _, together := range deadletter.Group(all) {
		for _, l := range together {
			if x := picked[l.Sequence]; x != nil {
				groups = append(groups, group{together, x, contacts[l.Sequence]})
				break
			}
		}
	}
	return groups, nil
}

// replay brings a group back, or says what would become of it.
func (s *Service) replay(ctx context.Context, g group, dryRun bool) *controlv1.ReplayOutcome {
	o := &controlv1.ReplayOutcome{Failure: g.failure}
	switch kind := g.letters[0].Kind; {
	case kind == deadletter.Status:
		o.Result, o.Why = controlv1.ReplayResult_REPLAY_RESULT_NOT_NEEDED, statusStale.Proto()
		return o
	case kind == deadletter.Other:
		o.Result, o.Why = controlv1.ReplayResult_REPLAY_RESULT_STAYS, nothingToBring.Proto()
		return o
	case dryRun:
		o.Result = controlv1.ReplayResult_REPLAY_RESULT_WOULD_GO
		return o
	}
	again, err := deadletter.Replay(ctx, s.Bus, g.letters)
	switch {
	case err != nil:
		o.Result, o.Why = controlv1.ReplayResult_REPLAY_RESULT_STAYS, whyNot(err)
	case again:
		o.Result = controlv1.ReplayResult_REPLAY_RESULT_ON_ITS_WAY
	default:
		o.Result = controlv1.ReplayResult_REPLAY_RESULT_NOT_NEEDED
	}
	return o
}

// whyNot is why a letter stays.
func whyNot(err error) *reasonv1.Reason {
	switch {
	case errors.Is(err, deadletter.ErrCallTooOld):
		return callTooOld.Proto()
	case errors.Is(err, deadletter.ErrFinal):
		return nothingToBring.Proto()
	case errors.Is(err, deadletter.ErrUnfinished):
		return unfinished.Proto()
	default:
		return notNow.With("detail", err).Proto()
	}
}

// teller tells outcomes and sums them up.
type teller struct {
	to       *connect.ServerStream[controlv1.ReplayFailuresResponse]
	sum      *controlv1.ReplaySum
	contacts map[string]bool
	// held are the channels that send nothing, and until is when the caller waits no longer.
	held  channels.Held
	until time.Time
}

// waits says of what goes, or would go, to a channel that sends nothing that it waits, for what, and until when. It would be
// waited for in vain. What fits no channel that is held stays as it is, and so does what goes to one whose pause is over in time.
func (t *teller) waits(o *controlv1.ReplayOutcome, far string) *controlv1.ReplayOutcome {
	hold, held := t.held.Of(far, o.GetFailure().GetChannel())
	if !held || hold.Until != nil && hold.Until.AsTime().Before(t.until) {
		return o
	}
	switch o.GetResult() {
	case controlv1.ReplayResult_REPLAY_RESULT_ON_ITS_WAY:
		o.Result = controlv1.ReplayResult_REPLAY_RESULT_WAITS
	case controlv1.ReplayResult_REPLAY_RESULT_WOULD_GO:
	default:
		return o
	}
	o.Why, o.Until = hold.Why, hold.Until
	return o
}

func (t *teller) tell(o *controlv1.ReplayOutcome, contact string) error {
	goes := true
	switch o.GetResult() {
	case controlv1.ReplayResult_REPLAY_RESULT_WOULD_GO:
		t.sum.WouldGo++
	case controlv1.ReplayResult_REPLAY_RESULT_ON_ITS_WAY:
		t.sum.OnTheirWay++
	case controlv1.ReplayResult_REPLAY_RESULT_SENT:
		t.sum.Sent++
	case controlv1.ReplayResult_REPLAY_RESULT_FAILED_AGAIN:
		t.sum.FailedAgain++
	case controlv1.ReplayResult_REPLAY_RESULT_WAITS:
		t.sum.Wait++
	case controlv1.ReplayResult_REPLAY_RESULT_NOT_NEEDED:
		t.sum.NotNeeded++
		goes = false
	case controlv1.ReplayResult_REPLAY_RESULT_LEFT_OUT:
		t.sum.LeftOut++
		goes = false
	default:
		t.sum.Stay++
		goes = false
	}
	if goes && o.GetMayArriveTwice() {
		t.sum.MayArriveTwice++
	}
	if goes && contact != "" && !t.contacts[contact] {
		t.contacts[contact] = true
		t.sum.Contacts++
	}
	return t.to.Send(&controlv1.ReplayFailuresResponse{Outcome: o})
}
