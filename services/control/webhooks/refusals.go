package webhooks

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/rpc"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// Bounds of a question to all processes of the public side.
const (
	mostProcesses = 64
	mostRefusals  = 5000
)

// doorService is the service that refuses calls.
const doorService = "ingress"

// ListRefusals implements the API.
func (s *Service) ListRefusals(ctx context.Context, r *connect.Request[controlv1.ListRefusalsRequest]) (*connect.Response[controlv1.ListRefusalsResponse], error) {
	here, err := service.Present(ctx, s.Bus)
	if err != nil {
		return nil, err
	}
	here = slices.DeleteFunc(here, func(p service.Presence) bool { return p.Service != doorService })
	here = here[:min(len(here), mostProcesses)]
	ctx, cancel := context.WithTimeout(ctx, bus.RequestTimeout)
	defer cancel()
	answers := make([]*livev1.RefusalsAnswer, len(here))
	var wg sync.WaitGroup
	for i, p := range here {
		wg.Go(func() {
			a := &livev1.RefusalsAnswer{}
			if rpc.Call(ctx, s.Bus, topology.RefusalsSubject(p.Instance), &livev1.RefusalsQuestion{Network: r.Msg.GetNetwork(), Brief: r.Msg.GetBrief()}, a) == nil {
				answers[i] = a
			}
		})
	}
	wg.Wait()
	answer := &controlv1.ListRefusalsResponse{Processes: uint32(len(here))}
	all := map[[4]string]*controlv1.Refusal{}
	for _, a := range answers {
		if a == nil {
			answer.Silent++
			continue
		}
		if answer.Since == nil || a.GetSince().AsTime().After(answer.GetSince().AsTime()) { // since when all of them count
			answer.Since = a.GetSince()
		}
		for _, one := range a.GetRefusals() {
			if c := r.Msg.GetChannel(); c != "" && c != one.GetChannel() {
				continue
			}
			if r.Msg.GetBrief() { // a process of an earlier version sends them all the same
				one.Sample = nil
			}
			add(all, one)
		}
	}
	for _, one := range all {
		answer.Refusals = append(answer.Refusals, one)
	}
	slices.SortFunc(answer.Refusals, func(x, y *controlv1.Refusal) int {
		return cmp.Or(y.GetLast().AsTime().Compare(x.GetLast().AsTime()), cmp.Compare(x.GetChannel()+" "+x.GetCause(), y.GetChannel()+" "+y.GetCause()))
	})
	answer.Refusals = answer.Refusals[:min(len(answer.Refusals), mostRefusals)]
	return connect.NewResponse(answer), nil
}

// add adds what one process has refused to what others have.
func add(all map[[4]string]*controlv1.Refusal, r *livev1.Refusal) {
	key := [4]string{r.GetBy(), r.GetNetwork(), r.GetChannel(), r.GetCause()}
	sum := all[key]
	if sum == nil {
		sum = &controlv1.Refusal{By: r.GetBy(), Network: r.GetNetwork(), Channel: r.GetChannel(), Cause: r.GetCause(), Last: &timestamppb.Timestamp{}}
		all[key] = sum
	}
	sum.Times += r.GetTimes()
	if r.GetLast().AsTime().After(sum.GetLast().AsTime()) {
		sum.Last = r.GetLast()
	}
	if c := r.GetSample(); c != nil && c.GetTime().AsTime().After(sum.GetSample().GetTime().AsTime()) {
		sum.Sample = &controlv1.RefusedCall{Time: c.GetTime(), Method: c.GetMethod(), Size: c.GetSize(), Headers: c.GetHeaders(), Structure: c.GetStructure()}
	}
}
