// Package live says how messages stand that wait in a channel, at this moment: to whoever asks ([Channel.Answer]), and in figures
// ([Figures]). It reads the queue's lanes, with the [Note] that the work on their heads left there, and holds up nothing.
//
// Of a message whose turn has not come a hash of its id is kept: so those that were asked for are read from the stream before
// anything is said of them.
package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/delivery/internal/gate"
	"github.com/bonychat/puente/pkg/topology"

	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// Bounds of an answer.
const (
	asksAtMost    = 100 // ids of a question
	reasonsAtMost = 20  // of an answer
	placesAtMost  = 300 // pieces of messages in an answer
)

// Ids are the ids of messages that a question about a channel asks for, at most a hundred. The error is for whoever asks.
func Ids(question []byte) ([]string, error) {
	var q livev1.LaneQuestion
	if err := proto.Unmarshal(question, &q); err != nil {
		return nil, errors.New("the question cannot be read")
	}
	if n := len(q.GetIds()); n > asksAtMost {
		return nil, fmt.Errorf("ids: %d, at most %d are allowed", n, asksAtMost)
	}
	return q.GetIds(), nil
}

// Channel is how a channel stands, as its sender says.
type Channel struct {
	// Instance is the process, and Queue what waits.
	Instance string
	Queue    *consume.Queue
	// Held is how the channel is held as a whole, and Told the wait that its destination asked for; zero for not.
	Held, Told gate.Hold
	// Validity is how long a message is tried, from its acceptance.
	Validity time.Duration
	// Account is whose credential the channel has, TryTakes how long a try takes, and Concurrency how many contacts are sent to at
	// once.
	Account     string
	TryTakes    time.Duration
	Concurrency int
	// Rates are those that bound the channel: its own, and its account's.
	Rates []Rate
}

// Rate is how much may be sent a second, and how much at once now. Tokens is below 0 while sends wait for their places.
type Rate struct{ PerSecond, Tokens float64 }

// Answer is how the channel and the messages with these ids stand. What has left the stream meanwhile, and what cannot be read
// before the context ends, is left out.
func (c Channel) Answer(ctx context.Context, ids []string) *livev1.LaneAnswer {
	a := &livev1.LaneAnswer{Instance: c.Instance, Account: c.Account, SendSeconds: c.TryTakes.Seconds(), Concurrency: uint32(c.Concurrency)}
	if !c.Held.Why.IsZero() {
		a.Held, a.HeldSince = c.Held.Why.Proto(), timestamppb.New(c.Held.Since)
		if c.Held.Until.After(time.Now()) {
			a.HeldUntil = timestamppb.New(c.Held.Until)
		}
	}
	for i, r := range c.Rates {
		r.Tokens = max(r.Tokens, 0)
		if i == 0 {
			a.PerSecond, a.Tokens = r.PerSecond, r.Tokens
		}
		a.PerSecond, a.Tokens = min(a.PerSecond, r.PerSecond), min(a.Tokens, r.Tokens)
	}
	l := look{groups: map[string]*livev1.Waiting{}}
	if c.Queue.Paused() {
		l.told = c.Told.Why
	}
	c.Queue.Look(ids, l.lane)
	l.fill(a, c.Validity)
	c.places(ctx, ids, &l, a)
	return a
}

// places says where the messages stand that were asked for.
func (c Channel) places(ctx context.Context, ids []string, k *look, a *livev1.LaneAnswer) {
	heads := map[uint64]string{} // ids by sequence
	head := func(f found) string {
		if n, ok := f.lane.Note.(*Note); ok {
			return n.ID
		}
		if _, ok := heads[f.lane.Head]; !ok {
			heads[f.lane.Head] = ""
			if e, err := c.Queue.Read(ctx, f.lane.Head); err == nil {
				heads[f.lane.Head] = topology.About(e.Event).ID
			}
		}
		return heads[f.lane.Head]
	}
	slices.SortFunc(k.found, func(a, b found) int { return cmp.Compare(a.Sequence, b.Sequence) })
	for _, f := range k.found {
		e, err := c.Queue.Read(ctx, f.Sequence)
		if err != nil || !slices.Contains(ids, topology.About(e.Event).ID) {
			continue
		}
		at := consume.AcceptedAt(e.Event)
		if at.IsZero() {
			at = e.Stored
		}
		p := &livev1.Place{
			Id: topology.About(e.Event).ID, Part: e.Event.GetMessage().GetPart().GetIndex(), Position: uint64(f.Position), Length: uint64(f.lane.Length),
			Ends: timestamppb.New(at.Add(c.Validity)), Sending: f.Position == 1 && f.lane.Working,
		}
		if f.Position > 1 {
			p.Behind = head(f)
		}
		why, next := k.whyOf(f.lane)
		p.Why = why.Proto()
		if !next.IsZero() {
			p.NextTry = timestamppb.New(next)
		}
		if n, ok := f.lane.Note.(*Note); ok && f.Position == 1 {
			p.Attempts = n.Attempts
		}
		a.Places = append(a.Places, p)
	}
}
