// Package shard decides which process of a service works on which part of its data, with nothing but a key-value bucket
// that has compare-and-set and watches.
//
// A *shard* is what has one owner at a time: a partition of a stream, or a channel. Three questions are kept apart:
//
//   - Who is there? Every process is a *member* as long as its heartbeat is stored and seen (membership.go). A member that
//     stops says so. The silence of another counts as its death only while one's own heartbeat comes back through the
//     watch, so that a process with a slow or broken watch takes nothing from the living.
//   - Who should own a shard? Rendezvous hashing over the members says (package placement): when a member comes or goes, only its share
//     moves. Where there are few shards, such as the partitions of a stream, it evens out what the hash left uneven.
//   - Who does own it? Whoever is named by the shard's *lease record*, which is only ever written by compare-and-set
//     (lease.go). Its revision is the *fencing token*.
//
// A lease is *valid* while no other process can have taken the shard. It is no longer valid when this process has not stored a heartbeat
// for [Options].Lease, since others may believe it dead then. It is valid again when its record was written again, which fails where
// another has the shard. An invalid lease cancels nothing: what runs goes on, and nothing new may begin.
//
// The least that a service does:
//
//	g := shard.New(kv.Open(b, topology.Leases), shard.Options{Service: "translator", Instance: instance})
//	defer g.Close(ctx)
//	err := g.Own(ctx, shard.Always("MESSAGES-", shards), func(ctx context.Context, l *shard.Lease) error {
//		for ctx.Err() == nil {
//			if l.Valid() {
//				// begin the next piece of work
//			}
//		}
//		return nil
//	})
//
// It is not the job of this package to read streams, or to know what a message is.
package shard

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/telemetry/meter"
	"github.com/bonychat/puente/pkg/topology"
)

// Shard is what has one owner at a time. Its name is unique within the deployment, and begins with the prefix of its
// [Activation].
type Shard = topology.Partition

// KV is the bucket of leases and heartbeats; [*kv.Bucket] is one. Several goroutines may call its methods at once. After an error that
// is not named here a write may have been stored, or may be later: this package expects that.
type KV interface {
	// Get reads a value and its revision, or fails with [bus.ErrNotFound].
	Get(ctx context.Context, key string) (value []byte, revision uint64, err error)
	// Put writes whatever is there.
	Put(ctx context.Context, key string, value []byte) error
	// Update writes where the revision is still this one, and 0 where nothing is there; else it fails with
	// [bus.ErrConflict]. It returns the new revision, which is higher than all before it.
	Update(ctx context.Context, key string, value []byte, revision uint64) (uint64, error)
	// DeleteAt deletes where the revision is still this one, or fails with [bus.ErrConflict]; 0 deletes whatever is there.
	DeleteAt(ctx context.Context, key string, revision uint64) error
	// Follow is one watch; see [kv.Bucket.Follow].
	Follow(ctx context.Context, filters []string, tell func(kv.Entry), synced func()) error
}

// Options of a [Group].
type Options struct {
	// Service names the service, and Instance this process among all that ever ran: a process that starts again is another
	// one. Both are tokens of keys: no dots, no spaces.
	Service, Instance string
	// Sole says that no other process of the service can run, as in a process that holds the broker itself. It owns every shard at
	// once, without heartbeats. If another process runs after all, whichever took a shard last keeps it, and [Group.Own] of the
	// other fails with [ErrLost].
	Sole bool
	// Done is closed when nothing can be stored any more, ever. Then Own no longer tries to release its shards. nil is never
	// closed.
	Done <-chan struct{}
	// Lease is how long a member counts as alive after its last heartbeat; default 5 s. A heartbeat is written every fifth of it.
	// All processes of a service need the same: one with less would take shards from members
	// that still count themselves alive.
	Lease time.Duration
	// Log is told what an operator may look for: a lapsed lease, a shard that another took. nil tells nobody.
	Log *slog.Logger
	// Meter counts shards that are owned and leases that lapsed; nil counts nothing.
	Meter *meter.Meter
}

// The time that a member is believed to be there. An election of the broker takes 4 to 9 seconds: heartbeats fail
// meanwhile, and the leases of all members stop being valid until it is over.
const defaultLease = 5 * time.Second

// requestTimeout bounds what is asked of the bucket beside the leases.
const requestTimeout = 5 * time.Second

// Group is this process as a member of the processes of one service. Several goroutines may call its methods at once.
type Group struct {
	kv      KV
	options Options

	mu      sync.Mutex
	members *membership        // nil until the first [Group.Own], and for a sole process
	leave   context.CancelFunc // ends the heartbeat; nil until there is one
	left    chan struct{}      // closed when the heartbeat has ended and is taken out
}

// New makes a group. It does no I/O: the heartbeat begins with the first [Group.Own], and ends with [Group.Close].
func New(kv KV, o Options) *Group {
	o.Lease = cmp.Or(o.Lease, defaultLease)
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	return &Group{kv: kv, options: o}
}

// Instance is this process, as lease records name it.
func (g *Group) Instance() string { return g.options.Instance }

// Close tells the other members that this one is gone. Without it they find out after [Options].Lease. Call it when every [Group.Own]
// has returned. It waits no longer than the context lives.
func (g *Group) Close(ctx context.Context) {
	g.mu.Lock()
	leave, left := g.leave, g.left
	g.mu.Unlock()
	if leave == nil {
		return
	}
	leave()
	select {
	case <-left:
	case <-ctx.Done():
	}
}

// join makes this process a member, once; nil for a sole one.
func (g *Group) join() *membership {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.members == nil && !g.options.Sole {
		ctx, cancel := context.WithCancel(context.Background())
		m, left := newMembership(g.kv, g.options), make(chan struct{})
		g.members, g.leave, g.left = m, cancel, left
		go func() {
			defer close(left)
			m.run(ctx)
		}()
	}
	return g.members
}

// joined is the membership, nil where there is none yet.
func (g *Group) joined() *membership {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.members
}

// over says that nothing can be stored any more.
func (g *Group) over() bool {
	select {
	case <-g.options.Done:
		return true
	default:
		return false
	}
}

// Status is what a process believes of its group, to be shown to a person who looks for the reason that a shard stands
// still.
type Status struct {
	// Instance is this process.
	Instance string
	// Valid says that the heartbeat is stored in time; Lapses is how often it was not. A sole process is always valid.
	Valid  bool
	Lapses int
	// Certain says that the silence of another member would count as its death.
	Certain bool
	// Members are those believed to be there, Accepting those among them that take shards.
	Members, Accepting []string
}

// Status tells what this process believes now. Before the first [Group.Own] it believes nothing.
func (g *Group) Status() Status {
	if g.options.Sole {
		return statusOf(g.soleSnapshot())
	}
	if m := g.joined(); m != nil {
		return statusOf(m.snapshot())
	}
	return Status{Instance: g.options.Instance}
}
