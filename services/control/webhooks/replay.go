package webhooks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
)

const (
	// tellEvery is how often a replay says how far it came.
	tellEvery = time.Second
	// mostFull is how full the stream of calls may be for calls to be put there once more. From there on handled calls are taken out,
	// the oldest first: a replay that went on would push out what it has yet to read.
	mostFull = 0.7
	// mostLetters bounds the dead letters of calls that are looked through.
	mostLetters = 100_000
)

// replay is one ReplayCalls.
type replay struct {
	*Service
	request *controlv1.ReplayCallsRequest
	stream  string
	// letters are the dead letters of calls, by the place of the call in the stream: each call goes with all of its letters.
	letters map[uint64][]deadletter.Letter
	sum     *controlv1.ReplayCallsResponse
}

// ReplayCalls implements the API. A call of which everything is known already is left alone.
func (s *Service) ReplayCalls(ctx context.Context, r *connect.Request[controlv1.ReplayCallsRequest], to *connect.ServerStream[controlv1.ReplayCallsResponse]) error {
	subject, err := filter(r.Msg.GetNetwork(), r.Msg.GetChannel())
	if err != nil {
		return err
	}
	if err := s.there(ctx, r.Msg.GetNetwork()); err != nil {
		return err
	}
	if time.Since(r.Msg.GetSince().AsTime()) > oldest {
		return connect.NewError(connect.CodeInvalidArgument, fmt.Errorf("since: at most %s ago: what was made of older calls is not remembered, and would be made twice", oldest))
	}
	p := &replay{s, r.Msg, topology.Webhooks(r.Msg.GetNetwork()).Name, map[uint64][]deadletter.Letter{}, &controlv1.ReplayCallsResponse{}}
	if err := p.findLetters(ctx); err != nil {
		return err
	}
	state, err := s.Bus.State(ctx, p.stream) // what is put there meanwhile is none of them
	if err != nil {
		return err
	}
	told := time.Now()
	tell := func() error {
		if time.Since(told) < tellEvery {
			return nil
		}
		told = time.Now()
		return to.Send(proto.CloneOf(p.sum))
	}
	err = s.Bus.Between(ctx, p.stream, subject, state.First, state.Last, func(m *bus.Message) error {
		c, ok := open(m)
		switch {
		case !ok || c.time.Before(p.request.GetSince().AsTime()):
			return nil
		case p.request.GetUntil() != nil && !c.time.Before(p.request.GetUntil().AsTime()):
			return bus.ErrStop
		}
		letters := p.letters[c.number]
		delete(p.letters, c.number)
		return errors.Join(p.one(ctx, c, letters), tell())
	})
	if err != nil {
		return err
	}
	if err := p.rest(ctx, tell); err != nil {
		return err
	}
	p.sum.Done = true
	return to.Send(p.sum)
}

// findLetters finds the dead letters of the network's calls.
func (p *replay) findLetters(ctx context.Context) error {
	state, err := p.Bus.State(ctx, topology.Dead.Name)
	if err != nil {
		return err
	}
	found := 0
	return p.Bus.Between(ctx, topology.Dead.Name, deadletter.Filter(p.request.GetNetwork(), p.request.GetChannel()), state.First, state.Last, func(m *bus.Message) error {
		l := deadletter.Open(m)
		_, place := l.Stored()
		if l.Kind != deadletter.Call || place == 0 {
			return nil
		}
		if found++; found > mostLetters {
			return connect.NewError(connect.CodeResourceExhausted, fmt.Errorf("there are more than %d dead letters of calls: choose a channel, or replay them by puente replay", mostLetters))
		}
		p.letters[place] = append(p.letters[place], l.Letter)
		return nil
	})
}

// one reads a call again, with its dead letters.
func (p *replay) one(ctx context.Context, c call, letters []deadletter.Letter) error {
	shown, _, err := p.read(ctx, c)
	if err != nil {
		return err
	}
	fresh := shown.GetMessages() - shown.GetKnown()
	readable := shown.GetError() == "" && shown.GetUnreadable() == 0
	p.sum.Calls++
	p.sum.NewMessages += uint64(fresh)
	p.sum.KnownMessages += uint64(shown.GetKnown())
	p.sum.Receipts += uint64(shown.GetReceipts())
	if !readable {
		p.sum.Unreadable++
	} else if len(letters) > 0 {
		p.sum.ReadableNow++
	}
	// receipts are not remembered one by one: to tell one again changes nothing, since a status never goes back
	useful := fresh > 0 || shown.GetReceipts() > 0 || readable && len(letters) > 0
	if p.request.GetDryRun() || shown.GetError() != "" || !useful {
		return nil
	}
	if p.Bus.Full(ctx, p.stream, mostFull) {
		return connect.NewError(connect.CodeResourceExhausted, fmt.Errorf("stream %s is over %d %% full: replay the rest when there is room. Until then calls that were handled an hour ago are taken out; dead letters stay", p.stream, int(mostFull*100)))
	}
	if readable && len(letters) > 0 {
		_, err := deadletter.Replay(ctx, p.Bus, letters)
		return err
	}
	again := proto.CloneOf(c.stored)
	deadletter.Renew(again)
	_, err = p.Bus.Publish(ctx, bus.Post{
		Subject: topology.WebhookSubject(again.GetNetwork(), again.GetChannel()), ID: fmt.Sprintf("%s%s-%d", replayedID, p.stream, c.number), Body: again,
	})
	return err
}

// rest reads the calls again that are in dead letters alone: what a network polls for, or what was put there by a replay.
func (p *replay) rest(ctx context.Context, tell func() error) error {
	var places []uint64
	for place := range p.letters {
		places = append(places, place)
	}
	slices.Sort(places)
	for _, place := range places {
		letters := p.letters[place]
		m, err := p.Bus.At(ctx, topology.Dead.Name, letters[0].Sequence)
		if errors.Is(err, bus.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		l := deadletter.Open(m)
		c := call{place, &webhookv1.Call{}, l.At}
		if proto.Unmarshal(l.Body, c.stored) != nil {
			continue
		}
		c.time = came(c.stored, l.At)
		if c.time.Before(p.request.GetSince().AsTime()) || p.request.GetUntil() != nil && !c.time.Before(p.request.GetUntil().AsTime()) {
			continue
		}
		if err := errors.Join(p.one(ctx, c, letters), tell()); err != nil {
			return err
		}
	}
	return nil
}
