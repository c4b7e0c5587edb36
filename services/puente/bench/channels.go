package bench

import (
	"context"
	"fmt"
)

// channels measures what channels cost that do nothing, what the first message of one costs, and what they add to the cost of a
// message: two bridges that differ in their number only, carry the same messages in turn. Each channel has had a message before
// the rounds begin.
func (b *bench) channels(ctx context.Context, s setup) error {
	few, err := b.bridge(ctx, s, b.Channels)
	if err != nil {
		return err
	}
	defer few.stop()
	many, err := b.bridge(ctx, s, b.ManyChannels)
	if err != nil {
		return err
	}
	defer many.stop()
	memory, err := b.settled(ctx, few, many)
	if err != nil {
		return err
	}
	each := float64(memory[1]-memory[0]) / float64(b.ManyChannels-b.Channels) / 1000
	b.add(Row{Measure: "memory per idle channel, broker included", Setup: s.String(), Unit: "kB", Value: each, Rounds: []float64{each}, Goal: 10, N: b.ManyChannels})
	n := max(b.Messages, b.ManyChannels)
	everywhere := load{side: many, channels: many.channels, contacts: max(b.Contacts, b.ManyChannels)}
	opening, err := b.cpuOf(ctx, everywhere, b.ManyChannels)
	if err != nil {
		return err
	}
	b.add(Row{Measure: "CPU of the first message to a quiet channel", Setup: s.String(), Unit: "µs", Value: opening, Rounds: []float64{opening}, N: b.ManyChannels})
	measure := fmt.Sprintf("growth of CPU per message, %s to %s channels", figure(float64(b.Channels)), figure(float64(b.ManyChannels)))
	return b.growth(ctx, s, measure, n,
		load{side: few, channels: few.channels, contacts: max(b.Contacts, b.ManyChannels)},
		everywhere)
}

// growth compares the CPU of a message under one load with that under another, n messages each in turn.
func (b *bench) growth(ctx context.Context, s setup, measure string, n int, small, large load) error {
	var before, after []float64
	take := func(l load, into *[]float64) func(int) error {
		return func(int) error {
			cpu, err := b.cpuOf(ctx, l, n)
			*into = append(*into, cpu)
			return err
		}
	}
	for _, l := range []load{small, large} {
		if err := b.volley(ctx, l, max(warm, l.channels)); err != nil {
			return err
		}
	}
	if err := b.rounds(take(small, &before), take(large, &after)); err != nil {
		return err
	}
	b.compared(measure, s, 1.15, "µs", n, after, before)
	return nil
}

// settled is the memory of a side that has done nothing for as long as the runtime needs to give back what it does not
// need: it collects garbage by itself two minutes after the last time.
func (b *bench) settled(ctx context.Context, sides ...*side) ([]int64, error) {
	if err := sleep(ctx, b.Settle); err != nil {
		return nil, err
	}
	var all []int64
	for _, x := range sides {
		u, _, err := x.use()
		if err != nil {
			return nil, err
		}
		all = append(all, u.memory)
	}
	return all, nil
}
