// Package bench measures what the bridge costs, on one machine, in one run, interleaved with a bare relay of as many
// hops (pkg/bus/floor) that carries the same messages between the same far ends, over streams with the same storage,
// replicas and sync.
//
// What is counted. A message is a text of 160 bytes, posted over HTTP as the platform does. On both sides it makes five
// hops of JetStream (MESSAGES, EGRESS_phone, OUTCOMES_phone, EGRESS_bonychat, OUTCOMES_bonychat), one HTTP server and two
// HTTP clients: the send to the network and the status to the platform. CPU is what the system accounted to all
// processes of a side, broker included and in full (user and system); whoever posts and the far ends are this process
// and count for neither. The bridge's own records (INDEX), its journal, its look-ups and its idle work are hops of
// nobody and count against it.
//
// The other way a message is the same text, posted as the network's call, and makes four hops (WEBHOOKS_phone, MESSAGES,
// EGRESS_bonychat, OUTCOMES_bonychat), one HTTP server and one HTTP client.
//
// What a time is. POST /message: from the first byte of the request to the last of its answer, at a steady rate far
// below what either side can carry, each request at its own time. End to end: from the post until the network's far
// end has the message, one message at a time; the status of it is told a second later on purpose, and no part of it.
//
// A value is the median over rounds; a ratio is taken within each round, where both sides have seen the same moment of
// the machine. Which side goes first changes every round. Nothing is extrapolated.
//
//	report, err := bench.Run(ctx, bench.Options{Rounds: 3, Messages: 3000, Contacts: 1000, Channels: 10}, os.Stderr)
//	report.Print(os.Stdout)
package bench
