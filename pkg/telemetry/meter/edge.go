package meter

import (
	"context"
	"time"
)

// edge makes what ingress and the translator count.
func (m *Meter) edge() {
	m.accepted = m.counter("puente_messages_accepted_total", "Messages that were taken and stored: from the platform (outbound), or from a contact (inbound).", "network", "direction")
	m.refused = m.counter("puente_messages_refused_total", "Calls of POST /message that were refused.", "network", "cause")
	m.calls = m.counter("puente_webhook_calls_total", "Calls of networks, by what became of them: stored, or why not.", "network", "cause")
	m.duplicates = m.counter("puente_duplicates_dropped_total", "Messages that came again and were dropped.", "network")
	m.receipts = m.counter("puente_receipts_total", "Receipts of networks that brought news of a message.", "far", "status")
	m.receiptDelay = m.histogram("puente_receipt_delay_seconds", "From the acceptance of a message to a receipt of it, in seconds.", longTimes, "far", "status")
	m.deadLetters = m.counter("puente_dead_letters_total", "What could not go on and was left in the dead letters.", "network", "kind")
	m.failures = m.counter("puente_failures_total", "Messages that will not arrive, by who can change the cause and by what told so: a send or a receipt.", "far", "fault", "by")
}

// Accepted counts a message that was taken and stored; direction is "outbound" or "inbound".
func (m *Meter) Accepted(ctx context.Context, network, direction string) {
	if m != nil {
		m.accepted.count(ctx, 1, values{network, direction})
	}
}

// Refused counts a message of the platform that was not taken. network is "" if the token is not known.
func (m *Meter) Refused(ctx context.Context, network, cause string) {
	if m != nil {
		m.refused.count(ctx, 1, values{network, cause})
	}
}

// WebhookCall counts a call of a network that has channels; cause says what became of it.
func (m *Meter) WebhookCall(ctx context.Context, network, cause string) {
	if m != nil {
		m.calls.count(ctx, 1, values{network, cause})
	}
}

// Duplicate counts a message that came again and was dropped.
func (m *Meter) Duplicate(ctx context.Context, network string) {
	if m != nil {
		m.duplicates.count(ctx, 1, values{network})
	}
}

// Receipt counts a receipt that brought news. after is the time since its message was accepted; 0 if that is not known.
func (m *Meter) Receipt(ctx context.Context, far, status string, after time.Duration) {
	if m == nil {
		return
	}
	m.receipts.count(ctx, 1, values{far, status})
	if after > 0 {
		m.receiptDelay.measure(ctx, after.Seconds(), values{far, status})
	}
}

// DeadLetter counts a dead letter that was stored; kind says what it holds.
func (m *Meter) DeadLetter(ctx context.Context, network, kind string) {
	if m != nil {
		m.deadLetters.count(ctx, 1, values{network, kind})
	}
}

// Failed counts a message, or a part of one, that will not arrive. fault says who can change the cause, and by whether a "send"
// or a "receipt" told of it.
func (m *Meter) Failed(ctx context.Context, far, fault, by string) {
	if m != nil {
		m.failures.count(ctx, 1, values{far, fault, by})
	}
}
