package system

import (
	"cmp"
	"context"
	"slices"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/services/control/channels"
	"github.com/bonychat/puente/services/control/scale"
)

// mostReasons is how many reasons are told of each destination.
const mostReasons = 20

// Backlog implements the API.
func (s *Service) Backlog(ctx context.Context, r *connect.Request[controlv1.BacklogRequest]) (*connect.Response[controlv1.BacklogResponse], error) {
	standing, err := channels.Overview(ctx, s.Bus, r.Msg.GetNetwork())
	if err != nil {
		return nil, err
	}
	processes, err := s.processes(ctx)
	if err != nil {
		return nil, err
	}
	ends := map[string]*farEnd{}
	for _, one := range standing {
		endOf(ends, one.ToNetwork.Far).add(&one.ToNetwork)
		if r.Msg.GetNetwork() == "" || r.Msg.GetNetwork() == topology.Platform {
			endOf(ends, topology.Platform).add(&one.ToPlatform)
		}
	}
	answer := &controlv1.BacklogResponse{}
	for name, e := range ends {
		for _, p := range processes {
			if p.GetService() == "egress-"+name {
				e.Processes++
			}
		}
		e.Wanted = uint32(e.work.Wanted(scale.Drain))
		e.Reasons = e.reasons()
		answer.FarEnds = append(answer.FarEnds, e.FarEnd)
	}
	slices.SortFunc(answer.FarEnds, func(a, b *controlv1.FarEnd) int { return cmp.Compare(a.GetName(), b.GetName()) })
	return connect.NewResponse(answer), nil
}

// farEnd is what waits for one destination.
type farEnd struct {
	*controlv1.FarEnd
	work scale.Work
	why  map[string]*controlv1.BacklogReason
}

func endOf(ends map[string]*farEnd, name string) *farEnd {
	if ends[name] == nil {
		ends[name] = &farEnd{FarEnd: &controlv1.FarEnd{Name: name}, why: map[string]*controlv1.BacklogReason{}}
	}
	return ends[name]
}

// add counts one side of a channel.
func (e *farEnd) add(side *channels.Side) {
	e.Waiting += side.Waiting
	if at := side.Oldest; !at.IsZero() && (e.Oldest == nil || at.Before(e.Oldest.AsTime())) {
		e.Oldest = stamp(at)
	}
	e.work.Add(side)
	hold := side.Hold()
	if hold.Why != nil && side.Waiting > 0 && side.Live == nil {
		e.count(&controlv1.BacklogReason{Why: hold.Why, Messages: side.Waiting})
	}
	for _, w := range side.Live.GetReasons() {
		e.count(&controlv1.BacklogReason{Why: w.GetWhy(), Messages: w.GetMessages()})
	}
}

func (e *farEnd) count(r *controlv1.BacklogReason) {
	code := cmp.Or(r.GetWhy().GetCode(), r.GetWhy().GetEn())
	if e.why[code] == nil {
		e.why[code] = &controlv1.BacklogReason{Why: r.GetWhy()}
	}
	e.why[code].Messages += r.GetMessages()
	e.why[code].Channels++
}

func (e *farEnd) reasons() (list []*controlv1.BacklogReason) {
	for _, r := range e.why {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b *controlv1.BacklogReason) int {
		return cmp.Or(cmp.Compare(b.GetMessages(), a.GetMessages()), cmp.Compare(a.GetWhy().GetCode(), b.GetWhy().GetCode()))
	})
	return list[:min(len(list), mostReasons)]
}
