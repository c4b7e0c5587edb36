// Package history is the record that operators search: what became of each message, found by its id, the network's id, the
// contact, the trace, or by channel, state and time. It is a projection of the stream JOURNAL in a file of its own, made
// for the questions of the control API, and can be built anew from the journal at any time.
//
//	h, err := history.Open(history.Options{Dir: "data/history"})
//	go h.Follow(ctx, bus)
//	found, err := h.Find(ctx, bus, history.Query{Text: "+34 600 111 222", Limit: 20})
//
// It holds no text. Addresses and networks' ids are in it only as the keyed digests that the journal has.
//
// Several processes may follow the journal, each with a file of its own. The broker keeps nothing for them: the file says how
// far it goes, in the transaction that brought it there.
//
// SQLite (modernc.org/sqlite, no cgo) was chosen by measuring, on two shared and busy cores: it takes in 13,500 entries for
// a second of CPU with all its indexes, about as many as Pebble with the same keys (10,000), whose questions would all have
// to be written by hand; Bleve takes in 4,600. With a million entries it takes 0.22 GB. BenchmarkHistory measures it again.
package history
