package shard

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
)

// ErrLost means that another process owns the shard now, or that it has been given up.
var ErrLost = errors.New("another process took the shard")

// Lease is the right of this process to work on a shard. The function that [Group.Own] runs gets it, and must not use it after it has
// returned. Several goroutines may call its methods at once.
type Lease struct {
	kv      KV
	members *membership // nil for a sole process
	shard   Shard
	key     string
	name    string
	owner   string // this process

	taken     time.Time          // when this process acquired it
	inherited bool               // the record named another owner then
	hard      context.Context    // set before the function is called, and never again
	endHard   context.CancelFunc // ends hard

	writing chan struct{} // holds one while the record is written or read, and the bucket answers

	mu       sync.Mutex // never held while the bucket answers
	record   Record     // as last read or stored
	revision uint64     // the record's; 0 where there is none
	epoch    int        // the membership's when the record was last stored as our own
	lost     bool       // for good
}

// newLease is a lease that is not acquired yet: its record has to be read, and claimed.
func newLease(g *Group, s Shard) *Lease {
	return &Lease{
		writing: make(chan struct{}, 1),
		kv:      g.kv, members: g.joined(), shard: s, key: leaseKey(g.options.Service, s.Name), name: g.options.Service + "-" + s.Name, owner: g.options.Instance,
	}
}

// start makes the hard context of what works under a context that ends when the shard is to be given up.
func (l *Lease) start(ctx context.Context, grace time.Duration) (done func()) {
	l.hard, l.endHard = context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, l.endHard) })
	return func() { stop(); l.endHard() }
}

// Name is the shard's, with the service's before it: unique within the deployment, and fit for the name of a consumer if
// the shard's is.
func (l *Lease) Name() string { return l.name }

// Shard is what the lease is for.
func (l *Lease) Shard() Shard { return l.shard }

// Filter is the shard's.
func (l *Lease) Filter() string { return l.shard.Filter }

// Taken is when this process took the shard.
func (l *Lease) Taken() time.Time { return l.taken }

// Inherited says that the owner before did not release the shard, as one that died: what it had begun is in doubt.
func (l *Lease) Inherited() bool { return l.inherited }

// Hard ends when even what was begun has to stop: the activation's grace after the context of the function has ended, or
// at once when another process has the shard.
func (l *Lease) Hard() context.Context { return l.hard }

// Valid says that something new may begin: no other process has the shard. What had begun before may be finished all the same. It costs
// no request and does not wait.
//
// The answer is true for this moment only. A process may be stopped right after it (SIGSTOP, a machine that is moved) and have lost
// its lease when it goes on. Only a refused write tells for certain, such as that of [Lease.Update].
func (l *Lease) Valid() bool {
	l.mu.Lock()
	lost, renewed := l.lost, l.epoch
	l.mu.Unlock()
	if l.members == nil || lost {
		return !lost
	}
	epoch, valid := l.members.valid()
	return valid && epoch == renewed
}

// Record is the lease record as this process last read or stored it.
func (l *Lease) Record() Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.record
}

// Revision is the record's, the fencing token: an owner's is higher than all that were stored by the owners before.
func (l *Lease) Revision() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.revision
}

// Update changes the record by compare-and-set, one update after the other. The change gets the record as it is, and may
// be called twice, when the answer to an earlier write was lost. It must leave the owner alone.
//
// [ErrLost] means that another process has the shard: this lease is never valid again. After any other error the change may have been
// stored, or may be later; the next update that succeeds settles it.
func (l *Lease) Update(ctx context.Context, change func(*Record)) error {
	if err := l.lock(ctx); err != nil {
		return err
	}
	defer l.unlock()
	if l.gone() {
		return ErrLost
	}
	next := l.Record()
	change(&next)
	err := l.store(ctx, next)
	if !errors.Is(err, bus.ErrConflict) {
		return err
	}
	// an earlier write whose answer was lost looks like another's: read who it was
	if err := l.read(ctx); err != nil {
		return err
	}
	next = l.Record()
	if next.Owner != l.owner {
		l.lose()
		return ErrLost
	}
	change(&next)
	return l.store(ctx, next)
}

// renew stores the record again in a new epoch of the membership: nobody has taken the shard meanwhile, nor will.
func (l *Lease) renew(ctx context.Context, epoch int) error {
	if err := l.Update(ctx, func(*Record) {}); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.epoch = epoch
	return nil
}

// renewed is the epoch that the lease is valid in.
func (l *Lease) renewed() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.epoch
}

// lose makes the lease worth nothing, for good: [Lease.Valid] is false from now on, and [Lease.Update] returns [ErrLost].
func (l *Lease) lose() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost = true
}

// gone says that the lease was lost or given up, for good.
func (l *Lease) gone() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost
}

// lock waits until the record is neither written nor read by another goroutine.
func (l *Lease) lock(ctx context.Context) error {
	select {
	case l.writing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// unlock lets the next write go on.
func (l *Lease) unlock() { <-l.writing }

// read reads the record; one that is not there is empty, at revision 0. The lease is locked, as it is for store.
func (l *Lease) read(ctx context.Context) error {
	r, revision, err := readRecord(ctx, l.kv, l.key)
	if err == nil {
		l.set(r, revision)
	}
	return err
}

// store writes the record at the revision that is held, or fails with [bus.ErrConflict]: somebody else has written meanwhile, or
// an earlier write of ours whose answer was lost.
func (l *Lease) store(ctx context.Context, r Record) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	revision, err := l.kv.Update(ctx, l.key, data, l.Revision())
	if err == nil {
		l.set(r, revision)
	}
	return err
}

// set is what the lease knows of its record from now on. The lease is locked, so revisions only grow.
func (l *Lease) set(r Record, revision uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.record, l.revision = r, revision
}
