package shard_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/shard"
)

var seed = flag.Uint64("seed", 0, "play this schedule of faults only")

const (
	modelSchedules = 16
	modelShards    = 10
	modelEvents    = 40
)

// TestOneOwnerAtATime: whatever happens to processes, to their ways to the bucket and to its clock, no two processes may
// work on a shard at one time, and no update that was answered is lost. When nothing happens any more every shard has an
// owner among those who are there. A schedule that fails is played again with -seed.
func TestOneOwnerAtATime(t *testing.T) {
	t.Parallel()
	seeds := []uint64{*seed}
	if *seed == 0 {
		seeds = nil
		for i := range uint64(modelSchedules) {
			seeds = append(seeds, i+1)
		}
		seeds = append(seeds, rand.Uint64())
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			inBubble(t, modelShards, func(t *testing.T, c *cluster) {
				m := &model{cluster: c, dice: rand.New(rand.NewPCG(seed, 1)), until: map[*process]time.Time{}}
				m.play()
			})
		})
	}
}

// model is a schedule of faults.
type model struct {
	*cluster
	dice  *rand.Rand
	alive []*process
	until map[*process]time.Time // when it is healed
}

func (m *model) play() {
	m.updates = true
	m.finish = 300 * time.Millisecond
	for range 3 {
		m.join()
	}
	for i := 0; i < modelEvents && !m.t.Failed(); i++ {
		m.happen()
		m.pass(time.Duration(m.dice.IntN(3000)) * time.Millisecond)
		m.heal(time.Now())
	}
	m.heal(time.Now().Add(time.Hour))
	m.within(45*time.Second, "those who are there own everything", m.shared(m.alive...))
	for name, r := range m.records() {
		if r.Owner == "" {
			m.t.Errorf("the record of %s names nobody", name)
		}
	}
}

func (m *model) join() {
	p := m.prepare(shard.Options{}, shard.Always(prefix, m.shards))
	p.latency = time.Duration(1+m.dice.IntN(50)) * time.Millisecond
	m.run(p)
	m.alive = append(m.alive, p)
}

// gone takes a process out of those that should have a share, and starts another.
func (m *model) gone(p *process) {
	delete(m.until, p) // nothing heals the dead
	for i, a := range m.alive {
		if a == p {
			m.alive = append(m.alive[:i], m.alive[i+1:]...)
			break
		}
	}
	m.join()
}

// happen lets one thing happen to one process, or to all.
func (m *model) happen() {
	p := m.alive[m.dice.IntN(len(m.alive))]
	lasts := time.Duration(500+m.dice.IntN(12000)) * time.Millisecond
	what := ""
	switch m.dice.IntN(9) {
	case 0:
		what = "is killed"
		p.cut()
		p.stall(true)
		m.gone(p)
	case 1:
		what = "stops"
		p.stop()
		m.gone(p)
	case 2:
		what = "cannot be reached"
		p.cut()
		p.stall(m.dice.IntN(2) == 0)
		m.until[p] = time.Now().Add(lasts)
	case 3:
		what = "sees nothing"
		p.stall(true)
		m.until[p] = time.Now().Add(lasts)
	case 4:
		what = "watches anew"
		p.interrupt()
	case 5, 6:
		what = "has a bad line"
		p.meet(m.bad())
		m.until[p] = time.Now().Add(lasts)
	case 7:
		what = "and all others wait for an election"
		for _, q := range m.alive {
			q.cut()
			m.until[q] = time.Now().Add(4*time.Second + time.Duration(m.dice.IntN(5000))*time.Millisecond)
		}
	case 8:
		what = "is told another time"
		m.store.jump(time.Duration(m.dice.IntN(120)-60) * time.Second)
	}
	m.t.Logf("%s: %s %s (%s)", time.Since(begin), p.group.Instance(), what, lasts)
}

// bad is a line on which anything can become of a request. Each line has its own dice: requests come at once.
func (m *model) bad() func(bool, string) fate {
	dice := rand.New(rand.NewPCG(m.dice.Uint64(), 2))
	fates := []fate{served, served, served, refused, lost, unanswered, late}
	return func(bool, string) fate { return fates[dice.IntN(len(fates))] }
}

// heal ends what was to last until then.
func (m *model) heal(now time.Time) {
	for p, until := range m.until {
		if now.After(until) {
			p.meet(nil)
			p.stall(false)
			delete(m.until, p)
		}
	}
}
