// Package bus is the project's only door to NATS: streams and subjects as data, publishing, records, buckets and
// files, and the three ways to work on what is stored.
//
//   - [Bus.Work] takes a work queue apart by units, one lane per contact, and acknowledges what its handler finished.
//   - [Bus.Follow] reads a stream with limits in order and remembers how far it came.
//   - [Bus.Deliver] sends what is on EGRESS_<network> and keeps the rule that makes a crash harmless: the outcome of a
//     send is stored under the send's key before the message is acknowledged.
//
// Handlers return errors; only this package acknowledges. Trace context crosses a hop in here; business code sees no
// header. What a message means is not its job.
//
// Every exported method is safe for concurrent use unless it says otherwise.
package bus
