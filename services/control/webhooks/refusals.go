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
	"github.com/bonychat/puente/pkg/customchannel"
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
	all := map[[4]string]*sum{}
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
				one.Sample, one.Breaches = nil, nil
			}
			add(all, one)
		}
	}
	for _, one := range all {
		one.Breaches = one.told()
		answer.Refusals = append(answer.Refusals, one.Refusal)
	}
	slices.SortFunc(answer.Refusals, func(x, y *controlv1.Refusal) int {
		return cmp.Or(y.GetLast().AsTime().Compare(x.GetLast().AsTime()), cmp.Compare(x.GetChannel()+" "+x.GetCause(), y.GetChannel()+" "+y.GetCause()))
	})
	answer.Refusals = answer.Refusals[:min(len(answer.Refusals), mostRefusals)]
	return connect.NewResponse(answer), nil
}

// sum is what all processes have refused of one kind.
type sum struct {
	*controlv1.Refusal
	breaches []*livev1.Breach
}

// add adds what one process has refused to what others have.
func add(all map[[4]string]*sum, r *livev1.Refusal) {
	key := [4]string{r.GetBy(), r.GetNetwork(), r.GetChannel(), r.GetCause()}
	of := all[key]
	if of == nil {
		of = &sum{Refusal: &controlv1.Refusal{By: r.GetBy(), Network: r.GetNetwork(), Channel: r.GetChannel(), Cause: r.GetCause(), Last: &timestamppb.Timestamp{}}}
		all[key] = of
	}
	of.Times += r.GetTimes()
	if r.GetLast().AsTime().After(of.GetLast().AsTime()) {
		of.Last = r.GetLast()
	}
	if c := r.GetSample(); c != nil && c.GetTime().AsTime().After(of.GetSample().GetTime().AsTime()) {
		of.Sample = &controlv1.RefusedCall{Time: c.GetTime(), Method: c.GetMethod(), Size: c.GetSize(), Headers: c.GetHeaders(), Structure: c.GetStructure()}
	}
	for _, m := range r.GetBreaches() {
		of.addBreach(m)
	}
}

// addBreach adds a breach that one process has met to those of others.
func (s *sum) addBreach(m *livev1.Breach) {
	same := func(o *livev1.Breach) bool {
		return o.GetField() == m.GetField() && o.GetRule() == m.GetRule() && o.GetLimit() == m.GetLimit()
	}
	at := slices.IndexFunc(s.breaches, same)
	if at < 0 {
		s.breaches = append(s.breaches, m)
		return
	}
	times := s.breaches[at].GetTimes() + m.GetTimes()
	if m.GetLast().AsTime().After(s.breaches[at].GetLast().AsTime()) {
		s.breaches[at] = m
	}
	s.breaches[at].Times = times
}

// mostBreaches is how many are told of one kind of refusals.
const mostBreaches = 8

// told are the breaches in both languages, the latest first.
func (s *sum) told() (all []*controlv1.Breach) {
	slices.SortStableFunc(s.breaches, func(x, y *livev1.Breach) int { return y.GetLast().AsTime().Compare(x.GetLast().AsTime()) })
	for _, m := range s.breaches[:min(len(s.breaches), mostBreaches)] {
		p := customchannel.Problem{Field: m.GetField(), Rule: m.GetRule(), Limit: m.GetLimit(), Got: m.GetGot()}
		all = append(all, &controlv1.Breach{Field: p.Field, En: p.Phrase(), Es: p.Spanish(), Times: m.GetTimes(), Last: m.GetLast()})
	}
	return all
}
