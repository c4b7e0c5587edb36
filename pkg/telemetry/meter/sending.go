package meter

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/metric"
)

// sending makes what is counted where messages are sent, and of the shards that a process owns. far is the destination: a
// network or the platform.
func (m *Meter) sending() error {
	var errs [9]error
	m.sends, errs[0] = m.counter("puente.sends", "{send}", "Sends that have ended, by their outcome: sent, failed or expired. Parts and statuses count each.", "far", "result")
	m.attempts, errs[1] = m.counter("puente.send.attempts", "{attempt}", "Tries to send, by what became of each.", "far", "class")
	m.sendDelay, errs[2] = m.histogram("puente.send.delay", "From the acceptance of a message until the destination had taken it, in seconds.", longTimes, "far")
	m.sendDuration, errs[3] = m.histogram("puente.send.duration", "How long one try to send took at the destination, in seconds.", shortTimes, "far", "class")
	m.doubts, errs[4] = m.counter("puente.doubts", "{send}", "Sends whose answer was lost, by how that was settled: by a receipt, sent again, or held.", "far", "settled")
	m.suspensions, errs[5] = m.counter("puente.suspensions", "{suspension}", "How often a channel was suspended.", "far")
	m.lapses, errs[6] = m.counter("puente.lease.lapses", "{lapse}", "How often the heartbeat of the process was late: it begins nothing new until its leases are renewed.")
	m.owned, errs[7] = m.upDown("puente.units.owned", "{unit}", "Shards that the process works on: partitions of streams, and channels with messages.", "kind")
	m.unkept, errs[8] = m.counter("puente.sent.unkept", "{message}", "Messages that a network took and whose text could not be kept, by why: should one fail by a receipt, it cannot be sent again.", "far", "cause")
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	m.lapses.count(context.Background(), 0, values{}) // a figure that is not there cannot be seen to rise
	return nil
}

func (m *Meter) upDown(name, unit, what string, labels ...string) (*counter, error) {
	c, err := m.otel.Int64UpDownCounter(name, metric.WithUnit(unit), metric.WithDescription(what))
	if err != nil {
		return nil, err
	}
	return &counter{add: c.Add, labels: newSets[metric.AddOption](m.service, labels)}, nil
}

// Ended counts a send that has its outcome. after is the time since its message was accepted; it is measured only for messages that
// were sent.
func (m *Meter) Ended(ctx context.Context, far, result string, after time.Duration) {
	if m == nil {
		return
	}
	m.sends.count(ctx, 1, values{far, result})
	if result == "sent" {
		m.sendDelay.measure(ctx, after.Seconds(), values{far})
	}
}

// Tried measures one try to send.
func (m *Meter) Tried(ctx context.Context, far, class string, took time.Duration) {
	if m != nil {
		m.attempts.count(ctx, 1, values{far, class})
		m.sendDuration.measure(ctx, took.Seconds(), values{far, class})
	}
}

// Doubt counts a send whose answer was lost, once that is settled: by a "receipt", or because it was "resent" or "held".
func (m *Meter) Doubt(ctx context.Context, far, settled string) {
	if m != nil {
		m.doubts.count(ctx, 1, values{far, settled})
	}
}

// Suspended counts a channel that becomes suspended.
func (m *Meter) Suspended(ctx context.Context, far string) {
	if m != nil {
		m.suspensions.count(ctx, 1, values{far})
	}
}

// Unkept counts a message that was sent and whose text could not be kept; cause is "broker", "store" or "behind".
func (m *Meter) Unkept(ctx context.Context, far, cause string) {
	if m != nil {
		m.unkept.count(ctx, 1, values{far, cause})
	}
}

// Lapsed counts a heartbeat that was late.
func (m *Meter) Lapsed(ctx context.Context) {
	if m != nil {
		m.lapses.count(ctx, 1, values{})
	}
}

// Owns says that the process works on more shards than before, or on fewer if more is negative; kind is the stream.
func (m *Meter) Owns(ctx context.Context, kind string, more int) {
	if m != nil {
		m.owned.count(ctx, more, values{kind})
	}
}
