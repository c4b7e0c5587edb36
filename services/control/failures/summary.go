package failures

import (
	"cmp"
	"context"
	"slices"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/deadletter"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Bounds of a summary.
const (
	mostGroups   = 200
	mostChannels = 20
)

// SummarizeFailures implements the API. A message of several parts that were refused counts once.
func (s *Service) SummarizeFailures(ctx context.Context, r *connect.Request[controlv1.SummarizeFailuresRequest]) (*connect.Response[controlv1.SummarizeFailuresResponse], error) {
	filter, answer := r.Msg.GetFilter(), &controlv1.SummarizeFailuresResponse{}
	if hasLetters(filter) {
		c := counts{groups: map[string]*controlv1.FailureGroup{}, seen: map[string]bool{}}
		for before := uint64(0); ; {
			next, err := s.letters(ctx, filter, before, func(_ deadletter.Whole, x *controlv1.Failure) error {
				c.add(x)
				return nil
			})
			if err != nil {
				return nil, err
			}
			if before = next; next == 0 {
				break
			}
		}
		answer.Total = c.total
		answer.Groups = c.list()
	}
	if hasReceipts(filter) {
		told, err := s.History.Summary(ctx, ofReceipts(filter))
		if err != nil {
			return nil, err
		}
		answer.Groups, answer.Total = append(answer.Groups, told.GetGroups()...), answer.Total+told.GetTotal()
	}
	answer.Groups = sorted(answer.Groups)
	var err error
	answer.Resent, err = s.History.Resent(ctx, filter)
	return connect.NewResponse(answer), err
}

// sorted are groups, the largest first, and not too many.
func sorted(groups []*controlv1.FailureGroup) []*controlv1.FailureGroup {
	slices.SortFunc(groups, func(a, b *controlv1.FailureGroup) int {
		return cmp.Or(cmp.Compare(b.GetCount(), a.GetCount()), b.GetLast().AsTime().Compare(a.GetLast().AsTime()), cmp.Compare(a.GetWhy().GetCode(), b.GetWhy().GetCode()))
	})
	return groups[:min(len(groups), mostGroups)]
}

// counts are failures by reason and kind.
type counts struct {
	groups map[string]*controlv1.FailureGroup
	seen   map[string]bool // messages
	total  uint64
}

// add counts a failure. They come the newest first.
func (c *counts) add(x *controlv1.Failure) {
	if x.GetId() != "" && x.GetKind() == controlv1.FailureKind_FAILURE_KIND_REFUSED {
		if c.seen[x.GetId()] {
			return
		}
		c.seen[x.GetId()] = true
	}
	name := x.GetKind().String() + " " + cmp.Or(x.GetWhy().GetCode(), x.GetWhy().GetEn())
	g := c.groups[name]
	if g == nil {
		g = &controlv1.FailureGroup{Kind: x.GetKind(), Why: x.GetWhy(), Last: x.GetTime(), Example: cmp.Or(x.GetId(), x.GetKey())}
		c.groups[name] = g
	}
	g.Count++
	g.First = x.GetTime()
	if len(g.Channels) < mostChannels && !slices.Contains(g.Channels, x.GetChannel()) {
		g.Channels = append(g.Channels, x.GetChannel())
	}
	c.total++
}

func (c *counts) list() (groups []*controlv1.FailureGroup) {
	for _, g := range c.groups {
		groups = append(groups, g)
	}
	return groups
}
