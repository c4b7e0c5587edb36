package bench

import (
	"context"
	"time"

	"github.com/bonychat/puente/services/puente/bench/report"
)

// activeWithin is the time in which a tenth of very many channels has a message each.
const activeWithin = time.Minute

// idle measures a bridge with very many channels, of which a tenth has a message each within a minute, after none had one
// before: how long it takes to be ready, what the bridge takes of memory before and after, and the time of those
// messages end to end. One that is refused ends the measure.
func (b *bench) idle(ctx context.Context, s setup) error {
	began := time.Now()
	x, err := b.bridge(ctx, s, b.IdleChannels)
	if err != nil {
		return err
	}
	defer x.stop()
	row := func(measure, unit string, value float64, n int) {
		b.add(report.Row{Measure: measure, Setup: s.String(), Unit: unit, Value: value, Rounds: []float64{value}, N: n})
	}
	active := max(1, b.IdleChannels/10)
	row("start of a bridge with "+report.Figure(float64(b.IdleChannels))+" channels", "s", time.Since(began).Seconds(), b.IdleChannels)
	before, err := b.settled(ctx, x)
	if err != nil {
		return err
	}
	row("memory of it, broker included", "MB", float64(before[0])/1e6, b.IdleChannels)
	rate := max(1, (active+int(activeWithin.Seconds())-1)/int(activeWithin.Seconds()))
	t, err := x.load(active, active).Steady(ctx, b.far, active, rate)
	if err != nil {
		return err
	}
	row("p99 end to end of "+report.Figure(float64(active))+" channels' first messages in a minute", "ms", millis(report.Quantile(t.Ends, 0.99)), active)
	after, err := b.settled(ctx, x)
	if err != nil {
		return err
	}
	row("memory after them", "MB", float64(after[0])/1e6, b.IdleChannels)
	return nil
}
