package shard_test

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/shard"
)

// process is one process. It is killed by cutting its line: what it holds goes on, which is worse than death.
type process struct {
	*line
	cluster    *cluster
	group      *shard.Group
	activation *shard.Activation
	stop       context.CancelFunc
	over       chan struct{} // nothing can be stored any more
	ended      chan struct{}
	err        error // of Own, once ended

	mu        sync.Mutex
	idleAfter time.Duration           // when the work is done; 0 is never
	once      bool                    // then no shard is to be owned, until somebody says so
	leases    map[string]*shard.Lease // of what runs
	taken     map[string]int          // how often each shard was taken
}

// work is what a process does with a shard.
func (p *process) work(ctx context.Context, l *shard.Lease) error {
	name := l.Filter()
	p.mu.Lock()
	p.leases[name] = l
	p.taken[name]++
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.leases, name)
	}()
	p.cluster.checkPosition(name, l)
	for began := time.Now(); ctx.Err() == nil; {
		if p.done(began) {
			return nil
		}
		if p.cluster.updates && l.Valid() {
			if err := p.count(ctx, l); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
	select {
	case <-l.Hard().Done():
	case <-time.After(p.cluster.finishing(name)):
	}
	return nil
}

// done says that the work on a shard, begun then, is done.
func (p *process) done(began time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.idleAfter == 0 || time.Since(began) < p.idleAfter {
		return false
	}
	if p.once {
		p.activation.Only(nil)
	}
	return true
}

// count counts the record's position up by one.
func (p *process) count(ctx context.Context, l *shard.Lease) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	next := l.Record().Position + 1
	switch err := l.Update(ctx, func(r *shard.Record) { r.Position = max(r.Position, next) }); err {
	case nil:
		p.cluster.confirm(l.Filter(), next)
	case shard.ErrLost:
		return err
	}
	return nil
}

// valid are the shards that a process may work on now.
func (p *process) valid() (names []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, l := range p.leases {
		if l.Valid() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// lease is that of a shard that is being worked on, nil for none.
func (p *process) lease(name string) *shard.Lease {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.leases[name]
}

func (p *process) timesTaken(name string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.taken[name]
}
