package bench

import (
	"context"
	"errors"
	"time"

	"github.com/bonychat/puente/services/puente/bench/report"
)

// warm is how many messages go before what is measured.
const warm = 200

// cost compares the bridge with the floor: CPU of a message each way, the time of POST /message, and the time end to end.
func (b *bench) cost(ctx context.Context, s setup) error {
	bare, err := b.bare(ctx, s)
	if err != nil {
		return err
	}
	defer bare.stop()
	bridge, err := b.bridge(ctx, s, b.Channels)
	if err != nil {
		return err
	}
	defer bridge.stop()
	take := func(x *side, into *costs) func(int) error {
		return func(int) error { return b.takeCosts(ctx, x, into) }
	}
	var floor, whole costs
	for _, x := range []*side{bare, bridge} {
		for _, l := range []load{b.ordinary(x), b.heard(x)} {
			if err := l.Volley(ctx, b.far, warm); err != nil {
				return err
			}
		}
	}
	if err := b.rounds(take(bare, &floor), take(bridge, &whole)); err != nil {
		return err
	}
	goal := 1.5
	if s.replicas > 1 { // the broker's own work, which both have, is more
		goal = 1.2
	}
	b.compared("CPU per message, bridge to floor", s, goal, "µs", b.Messages, whole.cpu, floor.cpu)
	b.compared("CPU per inbound message, bridge to floor", s, 1.5, "µs", b.Messages, whole.heard, floor.heard)
	b.compared("p99 of POST /message, bridge to floor", s, 2, "ms", b.timed(), whole.post, floor.post)
	b.compared("p50 end to end, nothing queued, bridge to floor", s, 2, "ms", b.singles(), whole.end, floor.end)
	return nil
}

// ordinary is the load of most measures.
func (b *bench) ordinary(x *side) load {
	return x.load(min(b.Channels, x.channels), b.Contacts)
}

// heard is the same the other way: what contacts write.
func (b *bench) heard(x *side) load {
	l := b.ordinary(x)
	l.Inbound = true
	return l
}

// costs are a side's, a value for each round.
type costs struct {
	cpu   []float64 // microseconds of CPU a message
	heard []float64 // the same of one from a contact
	post  []float64 // p99 in milliseconds
	end   []float64 // p50 in milliseconds
}

// timed is how many messages a p99 rests on, singles how many a p50 end to end.
func (b *bench) timed() int   { return max(100, b.Messages/3) }
func (b *bench) singles() int { return max(50, min(300, b.Messages/10)) }

func (b *bench) takeCosts(ctx context.Context, x *side, into *costs) error {
	l := b.ordinary(x)
	cpu, err := b.cpuOf(ctx, l, b.Messages)
	if err != nil {
		return err
	}
	heard, err := b.cpuOf(ctx, b.heard(x), b.Messages)
	if err != nil {
		return err
	}
	steady, err := l.Steady(ctx, b.far, b.timed(), b.Rate)
	if err != nil {
		return err
	}
	alone, err := l.Singly(ctx, b.far, b.singles())
	if err != nil {
		return err
	}
	into.cpu, into.heard = append(into.cpu, cpu), append(into.heard, heard)
	into.post = append(into.post, millis(report.Quantile(steady.Posts, 0.99)))
	into.end = append(into.end, millis(report.Quantile(alone.Ends, 0.5)))
	return nil
}

// cpuOf is the CPU in microseconds that one of n messages takes.
func (b *bench) cpuOf(ctx context.Context, l load, n int) (float64, error) {
	cpu, err := l.side.spent(func() error { return l.Volley(ctx, b.far, n) })
	if err == nil && cpu <= 0 {
		err = errors.New("the system accounts no CPU time: send more messages")
	}
	return float64(cpu.Microseconds()) / float64(n), err
}

func millis(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }
