package shard

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/shard/internal/placement"
)

const (
	// reconcileEvery is how often ownership is looked at when nothing is heard, and reconcilePause how long after a look
	// at the least: a storm of changes is not looked at one by one.
	reconcileEvery, reconcilePause = 500 * time.Millisecond, 20 * time.Millisecond
	// collectEvery is how often orphans are looked for.
	collectEvery = 5 * time.Second
	// requestsAtOnce bounds the writes of lease records of a start, or of the end of an election, with very many shards.
	requestsAtOnce = 32
)

// Own runs one function for each active shard, for as long as this process owns it. It acquires the active shards that
// rendezvous gives to this member, gives up those it gives to another, and drops those that another took. It returns when
// its context has ended, every function has returned, and its shards are released.
//
// The function's context ends when the shard is to be given up: the function then finishes what it has begun and returns nil, at the
// latest when [Lease.Hard] ends. It may return nil earlier, when nothing is left to do: then the shard is released, and acquired
// again where it is still active. With [ErrLost] the shard is left to the process that took it. Any other error ends Own with that
// error and leaves the record as it is, so that the next owner knows that something is in doubt ([Lease.Inherited]).
//
// The function runs in a goroutine of its own for each shard, never twice at once for the same. The owner before may still be finishing
// what it had begun: the lease says who may begin, and what is written is fenced by the caller, with [Lease.Revision].
//
// A process may call Own several times at once, with activations of different prefixes. When the first of them returns, the member
// leaves the group, and the others acquire nothing more.
func (g *Group) Own(ctx context.Context, a *Activation, run func(ctx context.Context, l *Lease) error) error {
	// its own context, so that after an error what is held is told to stop too
	ctx, cancel := context.WithCancel(ctx)
	c := &controller{
		group: g, members: g.join(), activation: a, run: run,
		held: map[string]*holding{}, woken: make(chan struct{}, 1), requests: make(chan struct{}, requestsAtOnce),
	}
	defer c.leave()
	defer cancel()
	for collected := time.Now(); ctx.Err() == nil; {
		changed := a.changes() // before the shards are read: what comes meanwhile is not missed
		s := c.snapshot()
		if err := c.reconcile(ctx, s); err != nil {
			return err
		}
		if c.members != nil && time.Since(collected) > collectEvery {
			c.collectOrphans(ctx)
			collected = time.Now()
		}
		_ = pause(ctx, reconcilePause)
		select {
		case <-ctx.Done():
		case <-c.woken:
		case <-changed:
		case <-s.changed:
		case <-time.After(reconcileEvery):
		}
	}
	return nil
}

// controller is one call of [Group.Own]. Its fields belong to that call's goroutine.
type controller struct {
	group      *Group
	members    *membership // nil for a sole process
	activation *Activation
	run        func(context.Context, *Lease) error
	held       map[string]*holding // by the shard's name
	woken      chan struct{}       // something that was held has ended
	requests   chan struct{}       // bounds how many records are written at once
	// plan is who should own which group, as of the last look, where the activation spreads them.
	plan map[string]string
}

// snapshot is what this look decides by. It costs no request.
func (c *controller) snapshot() snapshot {
	if c.members == nil {
		return c.group.soleSnapshot()
	}
	return c.members.snapshot()
}

// reconcile brings what is held to what should be: it notices what ended or was lost, renews what has to be, and begins to acquire
// what is wanted. It waits for renewals alone. Its error ends [Group.Own].
func (c *controller) reconcile(ctx context.Context, s snapshot) error {
	c.plan = nil
	// a member that knows nothing of it goes by rendezvous alone: then all do, or they would hand shards to each other
	if c.activation.Spread != nil && s.even {
		c.plan = placement.Spread(leaseKey(c.group.options.Service, ""), c.activation.Spread(), s.accepting)
	}
	var stale []*holding // of an earlier epoch
	for _, h := range c.held {
		renew, err := c.check(s, h)
		if err != nil {
			return err
		}
		if renew {
			stale = append(stale, h)
		}
	}
	c.renew(ctx, s.epoch, stale)
	for _, shard := range c.activation.shards() {
		if c.held[shard.Name] == nil {
			c.acquire(ctx, s, shard)
		}
	}
	return nil
}

// check looks at one shard that is held, and says whether its lease has to be renewed.
func (c *controller) check(s snapshot, h *holding) (renew bool, err error) {
	select {
	case <-h.ended:
		delete(c.held, h.shard.Name)
		if errors.Is(h.err, ErrLost) && c.members != nil {
			return false, nil
		}
		return false, h.err // also where another process believes to be the only one: one of them has to go
	default:
	}
	l := h.lease.Load()
	if l == nil {
		return false, nil
	}
	record := c.record(l.key)
	switch {
	// the watch may show an old record: only one that is newer than our own says anything
	case record.owner != l.owner && record.revision > l.Revision():
		c.group.options.Log.Warn("shard taken by another process", "shard", h.shard.Name, "by", record.owner)
		h.drop(l)
	// the own heartbeats were late for a while: another may have taken it, and only its record knows
	case s.valid && l.renewed() != s.epoch:
		return true, nil
	// somebody came or went, and it belongs to another now
	case c.shouldOwn(s, h.shard) != s.self:
		h.stop() // its goroutine releases it
	}
	return false, nil
}

// renew renews the leases of an earlier epoch: another member may have taken the shard meanwhile, and only its record
// knows. Those that cannot be renewed now are looked at again soon.
func (c *controller) renew(ctx context.Context, epoch int, stale []*holding) {
	var renewing sync.WaitGroup
	for _, h := range stale {
		renewing.Go(func() {
			if !c.request(ctx) {
				return
			}
			defer func() { <-c.requests }()
			one, cancel := context.WithTimeout(ctx, c.group.options.Lease)
			defer cancel()
			if l := h.lease.Load(); errors.Is(l.renew(one, epoch), ErrLost) {
				c.group.options.Log.Warn("shard lost while the lease had lapsed", "shard", h.shard.Name)
				h.drop(l)
			}
		})
	}
	renewing.Wait()
}

// request waits until one more record may be written; false where the context has ended.
func (c *controller) request(ctx context.Context) bool {
	select {
	case c.requests <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// shouldOwn is the member that the shard belongs to, "" where none takes shards. Every member comes to the same from the same view;
// where views differ the lease record decides.
func (c *controller) shouldOwn(s snapshot, shard Shard) string {
	group := c.activation.groupOf(shard)
	if owner, ok := c.plan[group]; ok {
		return owner
	}
	return placement.Rendezvous(leaseKey(c.group.options.Service, group), s.accepting)
}

// record is a shard's as the watch last showed it. A sole process does not watch.
func (c *controller) record(key string) seenRecord {
	if c.members == nil {
		return seenRecord{}
	}
	return c.members.record(key)
}

// leave is the shutdown: every function is told to end at once, and each shard is released when its function has.
func (c *controller) leave() {
	// first said, then done: others know whom the shards go to before the first is free
	if c.members != nil {
		c.members.leave()
	}
	for _, h := range c.held {
		h.stop()
	}
	for _, h := range c.held {
		<-h.ended
	}
}
