package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/bonychat/puente/services/puente/bench/internal/traffic"
	"github.com/bonychat/puente/services/puente/bench/internal/usage"
	"github.com/bonychat/puente/services/puente/bench/report"
	"github.com/bonychat/puente/services/puente/child"
)

// The load of one egress process: as many channels and contacts as keep many more sends under way than the goal needs.
const (
	egressChannels = 16
	egressContacts = 4096
	farLatency     = 100 * time.Millisecond
	sendsPerSecond = 6000 // the goal
)

// egress measures how much one process sends to a network that answers after 100 ms. It has the broker of the setup to
// itself; what it sends is stored while it runs, as fast as the broker takes it, and only what is sent after that counts.
func (b *bench) egress(ctx context.Context, s setup) error {
	s.apart = true
	x, ports, err := b.side("egress", s, egressChannels)
	if err != nil {
		return err
	}
	file := filepath.Join(x.folder, "puente.yaml")
	if err := os.WriteFile(file, []byte(b.configuration(x, s)), 0o600); err != nil {
		return err
	}
	b.service(x, ports, "egress-phone", "process", "service", "egress-phone", "-f", file)
	if err := b.start(ctx, x, true); err != nil {
		return err
	}
	defer x.stop()
	b.far.AnswerAfter(farLatency)
	defer b.far.AnswerAfter(0)
	row := report.Row{Measure: "sends per second of one egress process, network 100 ms away", Setup: s.String(), Unit: "/s", Goal: sendsPerSecond, Least: true, N: 10 * b.Messages}
	var cpu []float64
	for range b.Rounds {
		rate, each, err := b.sends(ctx, x, x.services[0], row.N)
		if err != nil {
			return err
		}
		row.Rounds, cpu = append(row.Rounds, rate), append(cpu, each)
	}
	row.Value = report.Median(row.Rounds)
	b.add(row)
	b.add(report.Row{Measure: "CPU of the egress process per send", Setup: s.String(), Unit: "µs", Value: report.Median(cpu), Rounds: cpu, N: row.N})
	return nil
}

// sends is one round: sends a second, and the microseconds of CPU that the process uses for one.
func (b *bench) sends(ctx context.Context, x *side, p *child.Process, n int) (rate, cpu float64, err error) {
	ctx, cancel := traffic.Bound(ctx, n)
	defer cancel()
	_, pid, _ := p.Run()
	before, err := usage.Of(pid)
	if err != nil {
		return 0, 0, err
	}
	t := b.far.Expect(n, false)
	if err := traffic.Fill(ctx, x.nats, t.Phase, n, func(i int) (string, string) {
		return traffic.Channel(i % egressChannels), fmt.Sprintf("p%d", i%egressContacts)
	}); err != nil {
		return 0, 0, err
	}
	filled := time.Since(t.Began)
	if err := t.Wait(ctx); err != nil {
		return 0, 0, err
	}
	after, err := usage.Of(pid)
	if err != nil {
		return 0, 0, err
	}
	arrivals := t.Arrivals()
	slices.Sort(arrivals)
	first, _ := slices.BinarySearch(arrivals, filled)
	last := n * 95 / 100 // the end is a tail: lanes run out of messages
	if last-first < n/20 {
		return 0, 0, fmt.Errorf("%d of %d messages were sent before all were stored: more messages are needed", first, n)
	}
	cpu = float64((after.CPU - before.CPU).Microseconds()) / float64(n)
	return float64(last-first) / (arrivals[last] - arrivals[first]).Seconds(), cpu, nil
}
