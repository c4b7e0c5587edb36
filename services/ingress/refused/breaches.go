package refused

import (
	"regexp"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/customchannel"
	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// mostBreaches is how many different breaches are remembered of a kind: the latest.
const mostBreaches = 8

// place is that of an element in a list: how often another one is wrong says nothing new.
var place = regexp.MustCompile(`\[[0-9]+\]`)

// Explain takes note of how calls of a kind that was counted broke the contract. A problem holds nothing of what was written; it is
// for callers with a right credential alone, since a stranger is to cost no more than a count.
func (b *Book) Explain(k Kind, problems customchannel.Problems) {
	now := timestamppb.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.kinds[k]
	if e == nil {
		return
	}
	for _, p := range slices.Backward(problems[:min(len(problems), mostBreaches)]) { // the first of them is told first
		e.explain(p, now)
	}
}

// explain remembers one breach. The one that was made longest ago gives way.
func (e *entry) explain(p customchannel.Problem, now *timestamppb.Timestamp) {
	field := place.ReplaceAllString(p.Field, "[]")
	m := &livev1.Breach{Field: field, Rule: p.Rule, Limit: p.Limit}
	if at := slices.IndexFunc(e.breaches, func(o *livev1.Breach) bool { return o.Field == field && o.Rule == p.Rule && o.Limit == p.Limit }); at >= 0 {
		m = e.breaches[at]
		e.breaches = slices.Delete(e.breaches, at, at+1)
	} else if len(e.breaches) == mostBreaches {
		e.breaches = slices.Delete(e.breaches, 0, 1)
	}
	m.Got, m.Last = p.Got, now
	m.Times++
	e.breaches = append(e.breaches, m)
}

// told are the breaches of a kind, the latest first. They are the caller's.
func (e *entry) told() (all []*livev1.Breach) {
	for _, m := range slices.Backward(e.breaches) {
		all = append(all, proto.CloneOf(m))
	}
	return all
}
