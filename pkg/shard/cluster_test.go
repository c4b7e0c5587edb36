package shard_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bonychat/puente/pkg/shard"
)

const (
	service = "worker"
	lease   = 5 * time.Second
	prefix  = "WORK-"
)

// shards are as many shards.
func shards(n int) (all []shard.Shard) {
	for i := range n {
		all = append(all, shard.Shard{Name: fmt.Sprintf("%s%d", prefix, i), Filter: fmt.Sprintf("work.%d", i)})
	}
	return all
}

// cluster is processes of one service that share shards.
type cluster struct {
	t         *testing.T
	store     *store
	shards    []shard.Shard
	processes []*process

	// what processes that start from now on are made with
	group   func(shard.Shard) string
	finish  time.Duration // how long the work goes on after it is told to end
	slow    string        // the only shard whose work does; "" for all
	updates bool          // the work counts the record's position up

	mu        sync.Mutex
	confirmed map[string]uint64 // by shard: the highest position whose answer came
}

func newCluster(t *testing.T, n int) *cluster {
	return &cluster{t: t, store: newStore(), shards: shards(n), confirmed: map[string]uint64{}}
}

// start starts a process that owns all shards.
func (c *cluster) start() *process {
	a := shard.Always(prefix, c.shards)
	a.Group = c.group
	return c.startWith(shard.Options{}, a)
}

func (c *cluster) startWith(o shard.Options, a *shard.Activation) *process {
	p := c.prepare(o, a)
	c.run(p)
	return p
}

// prepare makes a process that does nothing yet.
func (c *cluster) prepare(o shard.Options, a *shard.Activation) *process {
	p := &process{line: c.store.line(), cluster: c, activation: a, over: make(chan struct{}), ended: make(chan struct{}), leases: map[string]*shard.Lease{}, taken: map[string]int{}}
	o.Service, o.Instance, o.Done, o.Lease = service, fmt.Sprintf("p%d", len(c.processes)), p.over, lease
	o.Log = slog.New(slog.NewTextHandler(c.t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	p.group = shard.New(p.line, o)
	c.processes = append(c.processes, p)
	return p
}

func (c *cluster) run(p *process) {
	ctx, cancel := context.WithCancel(context.Background())
	p.stop = cancel
	go func() {
		defer close(p.ended)
		p.err = p.group.Own(ctx, p.activation, p.work)
		closing, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		p.group.Close(closing)
	}()
}

// finishing is how long the work on a shard goes on after it is told to end.
func (c *cluster) finishing(name string) time.Duration {
	if c.slow != "" && c.slow != name {
		return 0
	}
	return c.finish
}

// end ends all processes, whatever their state.
func (c *cluster) end() {
	for _, p := range c.processes {
		close(p.over)
		p.stop()
	}
	for _, p := range c.processes {
		<-p.ended
	}
}

func (c *cluster) confirm(name string, position uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.confirmed[name] >= position {
		c.t.Errorf("%s: position %d was stored before, by another", name, position)
	}
	c.confirmed[name] = position
}

// checkPosition holds what a new owner found against what the owners before were told is stored.
func (c *cluster) checkPosition(name string, l *shard.Lease) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if got := l.Record().Position; got < c.confirmed[name] {
		c.t.Errorf("%s: the new owner begins at %d, and %d was stored", name, got, c.confirmed[name])
	}
}

// owners are who may work on each shard now. Two are a failure.
func (c *cluster) owners() map[string]*process {
	owners := map[string]*process{}
	for _, p := range c.processes {
		for _, name := range p.valid() {
			if other := owners[name]; other != nil {
				c.t.Errorf("%s after the start: %s may work on %s, and so may %s", time.Since(begin), other.group.Instance(), name, p.group.Instance())
			}
			owners[name] = p
		}
	}
	return owners
}

// begin is when every bubble begins.
var begin = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// pass lets time pass, and looks all the while that no shard has two owners.
func (c *cluster) pass(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end) && !c.t.Failed(); {
		c.owners()
		time.Sleep(5 * time.Millisecond)
	}
	synctest.Wait()
}

// within lets time pass until something holds, and fails when it does not in time.
func (c *cluster) within(d time.Duration, what string, holds func() bool) {
	c.t.Helper()
	for end := time.Now().Add(d); !holds(); c.pass(5 * time.Millisecond) {
		if c.t.Failed() || time.Now().After(end) {
			c.t.Fatalf("not within %s: %s\n%s", d, what, c.tell())
		}
	}
}

// tell is what there is, for a person.
func (c *cluster) tell() string {
	text := ""
	for _, p := range c.processes {
		text += fmt.Sprintf("%+v may work on %v\n", p.group.Status(), p.valid())
	}
	entries, _ := c.store.all()
	for _, e := range entries {
		text += fmt.Sprintf("%s %d deleted %t: %s\n", e.Key, e.Revision, e.Deleted, e.Value)
	}
	return text
}

// shared says that every shard is owned by one of these processes.
func (c *cluster) shared(among ...*process) func() bool {
	return func() bool {
		owners := c.owners()
		for _, p := range owners {
			if !slices.Contains(among, p) {
				return false
			}
		}
		return len(owners) == len(c.shards)
	}
}

// records are the lease records that are there, by the shard's name.
func (c *cluster) records() map[string]shard.Record {
	records := map[string]shard.Record{}
	for _, s := range c.shards {
		e, err := c.store.get("unit." + service + "." + s.Name)
		if err != nil {
			continue
		}
		var r shard.Record
		if err := json.Unmarshal(e.Value, &r); err != nil {
			c.t.Fatal(err)
		}
		records[s.Name] = r
	}
	return records
}

// inBubble runs a test of a cluster of shards on a clock of its own.
func inBubble(t *testing.T, n int, test func(t *testing.T, c *cluster)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := newCluster(t, n)
		defer c.end()
		test(t, c)
	})
}
