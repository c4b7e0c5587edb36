// Package store is the file of a history: what became of each message, as the journal told it, in tables of SQLite.
//
//	f, why, err := store.Open(dir)
//	w, err := f.Writer()
//	err = w.Write(items)                                     // entries of the journal, in their order
//	err = f.Each(ctx, "SELECT … FROM messages", nil, scan)   // a question
//
// A [Writer] brings entries in; one goroutine uses it. Any number of others ask meanwhile, four at once, and see whole batches only. It
// does not read the journal, and what is asked and answered is package history's: to that end the tables are part of what
// this package promises, and schema.go says what they hold.
//
// It holds no text. Addresses and networks' ids are in it only as the keyed digests that the journal has.
package store
