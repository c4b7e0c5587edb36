package messages

import (
	"context"
	"time"

	"connectrpc.com/connect"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Times of a watch.
const (
	signOfLife = 15 * time.Second
	watchEnds  = time.Hour
)

// mostWatches bounds the watches of a process: each holds some hundred hops.
const mostWatches = 100

// Watch implements the API.
func (s *Service) Watch(ctx context.Context, r *connect.Request[controlv1.WatchRequest], to *connect.ServerStream[controlv1.WatchResponse]) error {
	return s.watch(ctx, r.Msg, to.Send)
}

// watch sends hops until the client is gone or the time is over.
func (s *Service) watch(ctx context.Context, q *controlv1.WatchRequest, send func(*controlv1.WatchResponse) error) error {
	if s.watches.Add(1) > mostWatches {
		s.watches.Add(-1)
		return connect.NewError(connect.CodeResourceExhausted, errTooMany)
	}
	defer s.watches.Add(-1)
	told := s.History.Subscribe(func(h *controlv1.Hop) bool { return wanted(q, h) })
	defer told.Close()
	if err := send(&controlv1.WatchResponse{}); err != nil { // at once: it has begun
		return err
	}
	end, life := time.NewTimer(watchEnds), time.NewTicker(signOfLife)
	defer end.Stop()
	defer life.Stop()
	for {
		answer := &controlv1.WatchResponse{}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-end.C:
			return nil
		case <-life.C:
			answer.LeftOut = told.LeftOut()
		case t := <-told.Hops():
			answer.Hop, answer.LeftOut = t.Hop, t.LeftOut
			life.Reset(signOfLife)
		}
		if err := send(answer); err != nil {
			return err
		}
	}
}

// wanted says whether a watch is about a hop.
func wanted(q *controlv1.WatchRequest, h *controlv1.Hop) bool {
	if q.GetChannel() != "" && q.GetChannel() != h.GetChannel() || q.GetId() != "" && q.GetId() != h.GetId() {
		return false
	}
	return !q.GetFailed() || h.GetHop() == "failed" || h.GetHop() == "dead"
}
