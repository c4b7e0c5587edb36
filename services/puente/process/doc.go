// Package process is what the proof (package ledger) and the measurement of costs (package bench) start as processes of
// their own: one service of the bridge, a NATS server, and the bare relay that the bridge is compared with. They are for
// trials on one machine, not for production.
package process
