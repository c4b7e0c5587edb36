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
// It is SQLite (modernc.org/sqlite, no cgo): the questions are many and of many shapes, groups and pages among them, and SQL
// answers them without code of our own for each; with Pebble every index and every question would be that. On two shared cores
// it takes in some 6,800 entries a second with all its indexes; a million take 0.22 GB. BenchmarkHistory measures it.
package history
