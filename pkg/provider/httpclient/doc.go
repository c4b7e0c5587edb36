// Package httpclient is the HTTP client for networks. A [Client] bounds every call and every answer, keeps connections open, makes a span
// of each request, and knows whether a request was written. So its errors say what became of the send, and Send returns them as they
// are.
//
//	resp, err := client.JSON(ctx, api+"/messages", header, message)
//	if err != nil {
//		return provider.Sent{}, err // a package outcome's: temporary, or uncertain where it may have been taken
//	}
//	return provider.Sent{}, resp.Err() // for a network that means what HTTP means
//
// No error, log or span holds more of a URL than its host, because a URL may hold a token. None holds a body.
//
// For networks with a connection of their own there are [Client.Dial], for any protocol, and [Client.WebSocket]. Guard, spans and errors
// are the same.
//
// An address that a contact or an agent named has to be requested with [Request].Guarded: then nothing private is reached, whatever the
// name resolves to and wherever it redirects. A network does not make a client: its provider.Host has one.
package httpclient
