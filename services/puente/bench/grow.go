package bench

import (
	"context"
	"fmt"

	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/services/puente/bench/report"
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
	b.add(report.Row{Measure: "memory per idle channel, broker included", Setup: s.String(), Unit: "kB", Value: each, Rounds: []float64{each}, Goal: 10, N: b.ManyChannels})
	n := max(b.Messages, b.ManyChannels)
	everywhere := many.load(many.channels, max(b.Contacts, b.ManyChannels))
	opening, err := b.cpuOf(ctx, everywhere, b.ManyChannels)
	if err != nil {
		return err
	}
	b.add(report.Row{Measure: "CPU of the first message to a quiet channel", Setup: s.String(), Unit: "µs", Value: opening, Rounds: []float64{opening}, N: b.ManyChannels})
	measure := fmt.Sprintf("growth of CPU per message, %s to %s channels", report.Figure(float64(b.Channels)), report.Figure(float64(b.ManyChannels)))
	return b.growth(ctx, s, measure, n,
		few.load(few.channels, max(b.Contacts, b.ManyChannels)),
		everywhere)
}

// contacts compares the cost of a message where few contacts have ever been written to with the cost where very many
// have: two bridges, one of which has carried a message to each of the many. What that leaves (a record of each
// message) is part of what is compared.
func (b *bench) contacts(ctx context.Context, s setup) error {
	few, err := b.bridge(ctx, s, b.Channels)
	if err != nil {
		return err
	}
	defer few.stop()
	many, err := b.bridge(ctx, s, b.Channels)
	if err != nil {
		return err
	}
	defer many.stop()
	all := many.load(many.channels, b.ManyContacts)
	if err := all.Volley(ctx, b.far, b.ManyContacts); err != nil {
		return err
	}
	measure := fmt.Sprintf("growth of CPU per message, %s to %s contacts", report.Figure(float64(b.Contacts)), report.Figure(float64(b.ManyContacts)))
	return b.growth(ctx, s, measure, b.Messages, b.ordinary(few), all)
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
		if err := l.Volley(ctx, b.far, max(warm, l.Channels)); err != nil {
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
	if err := pause.For(ctx, b.Settle); err != nil {
		return nil, err
	}
	var all []int64
	for _, x := range sides {
		u, _, err := x.use()
		if err != nil {
			return nil, err
		}
		all = append(all, u.Memory)
	}
	return all, nil
}
