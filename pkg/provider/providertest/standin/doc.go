// Package standin is what the stand-ins of networks have in common: a server for tests that answers as the network's API
// does. A stand-in embeds what it needs:
//
//	type Server struct {
//		standin.Inbox[string, Message] // what was sent, by contact: Messages, Wait
//		standin.CallLog[Call]            // all calls of the API, with what they were answered
//		standin.Faults                 // Fail: how the next calls fail
//		standin.RateLimit               // Limit: 429 for a time
//		standin.Credential             // Renew, Revoke
//		…
//	}
//
// and its handler is [Serve] with what is the network's own. Everything is safe for concurrent use and ready as its zero
// value. Each has a lock of its own, which it holds for no longer than its method runs.
package standin
