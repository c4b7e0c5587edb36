package shard

import (
	"context"
	"strings"
	"sync/atomic"
	"time"

	"github.com/bonychat/puente/pkg/bus"
)

// holding is a shard that this process acquires, owns or releases. It is in [controller].held from the first step to the last, so that
// nobody begins another meanwhile.
type holding struct {
	shard Shard
	lease atomic.Pointer[Lease] // nil while it is being acquired
	stop  context.CancelFunc    // give it up: finish what was begun
	ended chan struct{}
	err   error // what the function returned; set before ended is closed
}

// drop gives a shard up at once: another process has it. What was begun is told to stop without grace, since each further step
// would be one that the other does too.
func (h *holding) drop(l *Lease) {
	l.lose()
	l.endHard()
	h.stop()
}

// acquire begins to acquire a shard that belongs to this member, where nobody has it. It does not wait, and may come to nothing: the
// next look tries again.
func (c *controller) acquire(ctx context.Context, s snapshot, shard Shard) {
	if !s.valid || c.shouldOwn(s, shard) != s.self {
		return
	}
	record := c.record(leaseKey(c.group.options.Service, shard.Name))
	// asked again, for its owner may have come to life meanwhile
	if s.free(record.owner) && c.snapshot().free(record.owner) {
		c.held[shard.Name] = c.hold(ctx, shard, record, s.epoch)
	}
}

// hold acquires a shard and works on it.
func (c *controller) hold(ctx context.Context, shard Shard, seen seenRecord, epoch int) *holding {
	own, stop := context.WithCancel(ctx)
	h := &holding{shard: shard, stop: stop, ended: make(chan struct{})}
	go func() {
		h.err = c.work(ctx, own, h, seen, epoch)
		stop()
		close(h.ended)
		if h.lease.Load() == nil {
			return // not acquired: looked at again in a while, when the watch may tell something new
		}
		select {
		case c.woken <- struct{}{}:
		default:
		}
	}()
	return h
}

// work is the life of a shard that is held. When the function ends because it was told to, or because nothing is left to
// do, the shard is released: that goes on when the shard was given up, but not for long when all of them are.
func (c *controller) work(all, own context.Context, h *holding, seen seenRecord, epoch int) error {
	l, err := c.claim(own, h.shard, seen, epoch)
	// the write may have been stored although its answer was lost: then the record names us, and nobody would take the shard
	if err != nil {
		c.group.options.Log.Debug("shard not acquired yet", "shard", h.shard.Name, "err", err)
		if l != nil {
			c.releaseOrphan(all, l)
		}
		return nil
	}
	done := l.start(own, c.activation.graceOrDefault())
	h.lease.Store(l)
	kind := strings.TrimSuffix(c.activation.Prefix, "-")
	c.group.options.Meter.Owns(own, kind, 1)
	err = c.run(own, l)
	c.group.options.Meter.Owns(own, kind, -1)
	done()
	if err == nil {
		c.release(all, l)
	}
	l.lose()
	return err
}

// claim makes this process the owner by compare-and-set, where the record is still what the watch has shown; what it holds
// beside the owner stays. A sole process takes the shard from whoever had it before. A lease that is returned with an
// error may have been acquired.
func (c *controller) claim(ctx context.Context, shard Shard, seen seenRecord, epoch int) (*Lease, error) {
	if !c.request(ctx) {
		return nil, context.Cause(ctx)
	}
	defer func() { <-c.requests }()
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	l := newLease(c.group, shard)
	l.epoch = epoch
	if err := l.read(ctx); err != nil {
		return nil, err
	}
	// the decision was made on what the watch had shown: where the record is another one, it may be wrong
	if c.members != nil && l.Revision() != seen.revision {
		return nil, bus.ErrConflict
	}
	next := l.Record()
	// an owner that had nothing under way has taken its name out
	l.taken, l.inherited = time.Now(), next.Owner != ""
	next.Owner = l.owner
	return l, l.store(ctx, next)
}
