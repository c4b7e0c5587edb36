package meter

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// sending makes what is counted where messages are sent, and of the shards that a process owns. far is the destination: a
// network or the platform.
func (m *Meter) sending() {
	m.sends = m.counter("puente_sends_total", "Sends that have ended, by their outcome: sent, failed or expired. Parts and statuses count each.", "far", "result")
	m.attempts = m.counter("puente_send_attempts_total", "Tries to send, by what became of each.", "far", "class")
	m.sendDelay = m.histogram("puente_send_delay_seconds", "From the acceptance of a message until the destination had taken it, in seconds.", longTimes, "far")
	m.sendDuration = m.histogram("puente_send_duration_seconds", "How long one try to send took at the destination, in seconds.", shortTimes, "far", "class")
	m.doubts = m.counter("puente_doubts_total", "Sends whose answer was lost, by how that was settled: by a receipt, sent again, or held.", "far", "settled")
	m.suspensions = m.counter("puente_suspensions_total", "How often a channel was suspended.", "far")
	m.lapses = m.counter("puente_lease_lapses_total", "How often the heartbeat of the process was late: it begins nothing new until its leases are renewed.")
	m.unkept = m.counter("puente_sent_unkept_total", "Messages that a network took and whose text could not be kept, by why: should one fail by a receipt, it cannot be sent again.", "far", "cause")
	m.owned = prometheus.NewGaugeVec(prometheus.GaugeOpts{
		Name: "puente_units_owned", Help: "Shards that the process works on: partitions of streams, and channels with messages.", ConstLabels: m.service,
	}, []string{"kind"})
	m.figures = append(m.figures, m.owned)
	m.lapses.count(context.Background(), 0, values{}) // a figure that is not there cannot be seen to rise
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
func (m *Meter) Owns(_ context.Context, kind string, more int) {
	if m != nil {
		m.owned.WithLabelValues(kind).Add(float64(more))
	}
}
