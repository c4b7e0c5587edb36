package shard

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/bus"
)

const (
	// releaseTries is how long a process that ends tries to release a shard while the bucket is away. Its silence then
	// says the same.
	releaseTries = 9 * time.Second
	// releaseRequest bounds one try, and releasePause is between two.
	releaseRequest, releasePause = time.Second, 200 * time.Millisecond
)

// release leaves a shard without an owner, so that the next one need not wait. While the bucket is away it is tried again
// and again: a record that names a living member keeps the shard from everybody. A record that holds nothing but its owner is
// deleted, so that it leaves nothing behind; another is kept without an owner.
func (c *controller) release(ctx context.Context, l *Lease) {
	c.insist(ctx, l, func(ctx context.Context) error {
		err := l.remove(ctx)
		// position and cursor are for the next owner
		if errors.Is(err, errNeeded) {
			err = l.Update(ctx, func(r *Record) { r.Owner = "" })
		}
		if errors.Is(err, ErrLost) {
			return nil
		}
		return err
	})
}

// releaseOrphan releases a shard that was not acquired, as far as this process knows: the write may have been stored and
// its answer lost, and a record that names a process which does not work on it keeps it from everybody.
func (c *controller) releaseOrphan(ctx context.Context, l *Lease) {
	read := c.insist(ctx, l, func(ctx context.Context) error {
		if err := l.lock(ctx); err != nil {
			return err
		}
		defer l.unlock()
		return l.read(ctx)
	})
	if read && l.Record().Owner == l.owner {
		c.release(ctx, l)
	}
}

// insist tries until it is done, and says whether it is. It gives up when nothing can be stored any more, and a while
// after the context has ended.
func (c *controller) insist(ctx context.Context, l *Lease, try func(context.Context) error) bool {
	for began := time.Now(); ; {
		one, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseRequest)
		err := try(one)
		cancel()
		if err == nil {
			return true
		}
		c.group.options.Log.Debug("shard not released yet", "shard", l.name, "err", err)
		if c.group.over() || ctx.Err() != nil && time.Since(began) > releaseTries {
			return false
		}
		_ = pause(context.WithoutCancel(ctx), releasePause)
	}
}

// collectOrphans forgets the members that are long dead, and releases what is ours by its record and by nothing else: a
// write of ours can have been stored long after it was given up.
func (c *controller) collectOrphans(ctx context.Context) {
	c.members.forget(ctx)
	records := c.members.recordsOf(leaseKey(c.group.options.Service, c.activation.Prefix))
	for key, r := range records {
		name := strings.TrimPrefix(key, leaseKey(c.group.options.Service, ""))
		if r.owner != c.group.options.Instance || c.held[name] != nil {
			continue
		}
		// held, as every shard that something is being done for: nobody acquires it before it is free
		h := &holding{shard: Shard{Name: name}, stop: func() {}, ended: make(chan struct{})}
		c.held[name] = h
		go func() {
			defer close(h.ended)
			c.releaseOrphan(ctx, newLease(c.group, h.shard))
		}()
	}
}

// errNeeded means that a record holds more than who owns the shard.
var errNeeded = errors.New("the record is needed")

// remove deletes a record that is not needed, at the revision that is held.
func (l *Lease) remove(ctx context.Context) error {
	if err := l.lock(ctx); err != nil {
		return err
	}
	defer l.unlock()
	revision := l.Revision()
	switch {
	case l.gone() || revision == 0:
		return ErrLost
	case l.Record().needed():
		return errNeeded
	}
	err := l.kv.DeleteAt(ctx, l.key, revision)
	if errors.Is(err, bus.ErrConflict) {
		// another's, or an earlier write of ours whose answer was lost: read which, and let the caller try again
		if readErr := l.read(ctx); readErr == nil && l.Record().Owner != l.owner {
			return ErrLost
		}
	}
	return err
}
