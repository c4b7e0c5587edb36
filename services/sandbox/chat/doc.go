// Package chat keeps conversations as one side of them sees them: a [Book] holds one thread of [Entry] for each
// contact, in memory and bounded.
//
// It is not its job to move messages: what an entry means, and when its status changes, its owner knows.
//
//	book := chat.New(chat.Limits{}, func(contact string, e chat.Entry) { show(contact, e) })
//	book.Add("ana", chat.Entry{Direction: chat.In, Message: message})
package chat
