package failures

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/render"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// ReplayOptions say how something is sent again.
type ReplayOptions struct {
	// All is everything, instead of a choice.
	All bool
	// AcceptDuplicates sends also what a network took and told of as failed: the contact may get it twice.
	AcceptDuplicates bool
	// DryRun changes nothing and says what would be sent.
	DryRun bool
	// Wait is how long what becomes of each is waited for, at most MostWait; 0 does not wait.
	Wait time.Duration
	// Because is for the audit.
	Because string
}

// MostWait is the longest that a replay waits.
const MostWait = 10 * time.Minute

// Replay sends again what is chosen and says what becomes of each. It is an [exit.Error] where some of it stays or fails again, and
// another one where some of it is only left out.
func Replay(ctx context.Context, o operate.Operator, c Chosen, opt ReplayOptions) error {
	w := o.Words.Replay
	if c.some() == opt.All {
		return exit.With(exit.Usage, w.Choose)
	}
	if opt.Wait < 0 || opt.Wait > MostWait {
		return exit.With(exit.Usage, fmt.Sprintf(w.WaitBound, o.Took(MostWait)))
	}
	filter, err := filterOf(o, c)
	if err != nil {
		return err
	}
	sum, seen, err := replay(ctx, o, &controlv1.ReplayFailuresRequest{
		Filter: filter, All: opt.All, DryRun: opt.DryRun, AcceptDuplicates: opt.AcceptDuplicates,
		WaitSeconds: uint32((opt.Wait + time.Second - 1) / time.Second), Reason: opt.Because,
	})
	if err != nil {
		return err
	}
	if seen == 0 {
		if err := refuseUnknown(ctx, o, c); err != nil {
			return err
		}
		if c.Key != "" || c.Number > 0 || len(c.Keys) > 0 {
			return exit.With(exit.NotFound, fmt.Sprintf(w.NoKey, cmp.Or(c.Key, o.List(c.Keys), fmt.Sprint(c.Number))))
		}
	}
	return replayed(o, sum, opt.DryRun)
}

// replay writes what becomes of each, and returns the sum and how many there were.
func replay(ctx context.Context, o operate.Operator, q *controlv1.ReplayFailuresRequest) (sum *controlv1.ReplaySum, seen int, err error) {
	stream, err := o.Failures.ReplayFailures(ctx, connect.NewRequest(q))
	if err != nil {
		return nil, 0, o.ChannelFailed(ctx, q.GetFilter().GetChannel(), err)
	}
	defer stream.Close()
	for stream.Receive() {
		a := stream.Msg()
		if a.GetSum() != nil {
			sum = a.GetSum()
			continue
		}
		seen++
		o.Progress("")
		if err := outcome(o, a.GetOutcome()); err != nil {
			return nil, seen, err
		}
		o.Progress(o.Words.Replay.SoFar, seen)
	}
	o.Progress("")
	switch err := stream.Err(); {
	case err != nil && ctx.Err() == nil:
		return nil, seen, o.ChannelFailed(ctx, q.GetFilter().GetChannel(), err)
	case err != nil || sum == nil:
		return nil, seen, exit.With(exit.Failed, o.Words.Replay.Interrupted)
	}
	return sum, seen, nil
}

// outcome writes what became of one.
func outcome(o operate.Operator, a *controlv1.ReplayOutcome) error {
	if o.JSON {
		return o.Record(a)
	}
	f := a.GetFailure()
	said := cmp.Or(o.Words.Results[render.EnumWord(a.GetResult())], o.Words.Unknown)
	if a.GetMayArriveTwice() && a.GetResult() != controlv1.ReplayResult_REPLAY_RESULT_LEFT_OUT {
		said += " (" + o.Words.Replay.Twice + ")"
	}
	if why := o.Why(a.GetWhy()); why != "" {
		said += ": " + why
	}
	colour := render.Plain
	switch a.GetResult() {
	case controlv1.ReplayResult_REPLAY_RESULT_STAYS, controlv1.ReplayResult_REPLAY_RESULT_FAILED_AGAIN:
		colour = render.Red
	case controlv1.ReplayResult_REPLAY_RESULT_LEFT_OUT:
		colour = render.Yellow
	case controlv1.ReplayResult_REPLAY_RESULT_SENT:
		colour = render.Green
	}
	o.Line("%s  %s  %s", f.GetChannel(), cmp.Or(f.GetId(), f.GetKey()), o.Mark(colour, said))
	return nil
}

// replayed sums up.
func replayed(o operate.Operator, s *controlv1.ReplaySum, dryRun bool) error {
	if o.JSON {
		if err := o.Record(s); err != nil {
			return err
		}
	} else {
		o.Line("%s", summed(o, s))
		if s.GetMayArriveTwice() > 0 {
			o.Line(o.Words.Replay.TwiceOf, s.GetMayArriveTwice())
		}
		if s.GetLeftOut() > 0 {
			o.Line(o.Words.Replay.LeftOut, s.GetLeftOut())
		}
		if dryRun {
			o.Line("%s", o.Words.Replay.Nothing)
		}
	}
	if left := s.GetStay() + s.GetFailedAgain(); left > 0 && !dryRun {
		return exit.With(exit.Failed, fmt.Sprintf(o.Words.Replay.Left, left))
	}
	if s.GetLeftOut() > 0 && !dryRun {
		return exit.With(exit.NeedsYou, "")
	}
	return nil
}

func summed(o operate.Operator, s *controlv1.ReplaySum) string {
	var parts []string
	for _, one := range []struct {
		n      uint64
		result string
	}{
		{s.GetWouldGo(), "would_go"}, {s.GetSent(), "sent"}, {s.GetOnTheirWay(), "on_its_way"}, {s.GetNotNeeded(), "not_needed"},
		{s.GetFailedAgain(), "failed_again"}, {s.GetWait(), "waits"}, {s.GetLeftOut(), "left_out"}, {s.GetStay(), "stays"},
	} {
		if one.n > 0 {
			parts = append(parts, fmt.Sprintf("%s: %d", o.Words.Results[one.result], one.n))
		}
	}
	if len(parts) == 0 {
		return o.Words.Failures.None
	}
	text := strings.Join(parts, ", ")
	if s.GetContacts() > 0 {
		text += " (" + o.Count(s.GetContacts(), o.Words.Replay.Contact) + ")"
	}
	return text
}
