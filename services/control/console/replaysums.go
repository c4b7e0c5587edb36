package console

import (
	"cmp"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/terms"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// hold takes note of a channel that sends nothing for now.
func (b *replayBody) hold(o *controlv1.ReplayOutcome) {
	waits := o.GetResult() == controlv1.ReplayResult_REPLAY_RESULT_WAITS || o.GetResult() == controlv1.ReplayResult_REPLAY_RESULT_WOULD_GO
	known := func(h *controlv1.ReplayOutcome) bool {
		return h.GetFailure().GetChannel() == o.GetFailure().GetChannel() && h.GetWhy().GetCode() == o.GetWhy().GetCode()
	}
	if waits && o.GetWhy() != nil && len(b.Held) < outcomesShown && !slices.ContainsFunc(b.Held, known) {
		b.Held = append(b.Held, o)
	}
}

func (b *replayBody) sums(q *request) {
	s := b.Sum
	for _, one := range []struct {
		n            uint64
		result, mood string
	}{
		{s.GetWouldGo(), "would_go", "good"}, {s.GetSent(), "sent", "good"}, {s.GetOnTheirWay(), "on_its_way", "good"}, {s.GetWait(), "waits", "warn"},
		{s.GetNotNeeded(), "not_needed", ""}, {s.GetFailedAgain(), "failed_again", "bad"}, {s.GetLeftOut(), "left_out", "warn"}, {s.GetStay(), "stays", "bad"},
	} {
		if one.n > 0 {
			b.Sums = append(b.Sums, summed{one.n, q.W.Results[one.result], one.mood})
		}
	}
}

// ResultOf is what became of one that was brought back.
func (q *request) ResultOf(o *controlv1.ReplayOutcome) lamp {
	word := terms.EnumWord(o.GetResult())
	mood := ""
	switch {
	case strings.HasPrefix(word, "would") || word == "sent" || word == "on_its_way":
		mood = "good"
	case word == "failed_again" || word == "stays":
		mood = "bad"
	case word == "waits" || word == "left_out":
		mood = "warn"
	}
	return lamp{mood, cmp.Or(q.W.Results[word], q.W.Unknown)}
}
