// Package httpclient is a network's way out over HTTP. A [Client] bounds every call and every answer, keeps connections
// open, makes a span of each request, and knows whether a request was written: where it returns an error, the error says
// what became of the send, and Send returns it as it is.
//
//	resp, err := client.JSON(ctx, api+"/messages", header, message)
//	if err != nil {
//		return provider.Sent{}, err // a package outcome's: temporary, or uncertain where it may have been taken
//	}
//	return provider.Sent{}, resp.Err() // for a network that means what HTTP means
//
// No error, log or span holds more of a URL than its host, for it may hold a token, and none holds a body.
//
// Networks that hold a socket have [Client.Dial], a connection for a protocol of the network's own, and [Client.WebSocket].
// Both go the same way out: the same guard, spans, and errors that tell as little.
//
// What a contact or an agent names as an address is [Request].Guarded: it reaches nothing private, whatever its name
// resolves to and wherever it redirects. A network does not make a client: its provider.Host has one.
package httpclient
