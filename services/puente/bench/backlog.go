package bench

import (
	"context"
	"fmt"

	"github.com/bonychat/puente/pkg/bus/floor"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/egress/phone"
	"github.com/bonychat/puente/services/puente/bench/internal/traffic"
	"github.com/bonychat/puente/services/puente/bench/report"
)

// healthy is how many channels go on beside the one whose network is out of order.
const healthy = 100

// backlog measures what the others feel of a channel whose network answers 503 and whose messages pile up: the time of
// a message end to end, at a steady rate, before and with the backlog.
func (b *bench) backlog(ctx context.Context, s setup) error {
	s.apart = true
	x, err := b.bridge(ctx, s, healthy+1)
	if err != nil {
		return err
	}
	defer x.stop()
	dead := traffic.Channel(0)
	b.far.OutOfOrder(dead)
	defer b.far.OutOfOrder("")
	others := x.load(healthy, max(b.Contacts, healthy))
	others.From = 1
	if err := others.Volley(ctx, b.far, warm); err != nil {
		return err
	}
	var before, with []float64
	take := func(into *[]float64) error {
		for range b.Rounds {
			t, err := others.Steady(ctx, b.far, b.timed(), b.Rate)
			if err != nil {
				return err
			}
			*into = append(*into, millis(report.Quantile(t.Ends, 0.99)))
		}
		return nil
	}
	if err := take(&before); err != nil {
		return err
	}
	if b.Backlog > topology.ChannelCap {
		if err := floor.Cap(ctx, x.nats, topology.Egress(phone.Network.Name).Name, int64(b.Backlog)+1000); err != nil {
			return err
		}
	}
	filling, cancel := traffic.Bound(ctx, b.Backlog)
	defer cancel()
	if err := traffic.Fill(filling, x.nats, b.far.Phase(), b.Backlog, func(i int) (string, string) {
		return dead, fmt.Sprintf("p%d", i%b.Contacts)
	}); err != nil {
		return err
	}
	// what comes behind so many that were stored at once is read after them: that is a matter of once, and not measured
	b.say("  %s messages are stored", report.Figure(float64(b.Backlog)))
	if err := others.Volley(ctx, b.far, warm); err != nil {
		return err
	}
	b.say("  the others go on behind them")
	if err := take(&with); err != nil {
		return err
	}
	b.compared(fmt.Sprintf("p99 end to end of %d channels, with %s messages waiting in another", healthy, report.Figure(float64(b.Backlog))), s, 1.3, "ms", b.timed(), with, before)
	return nil
}
