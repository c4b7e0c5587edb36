// Package sendertest opens the senders of networks in tests: with a client that reaches stand-ins on this machine, and
// with reply tokens and files that are kept in memory.
//
//	api := httptest.NewServer(…)
//	sender := sendertest.Open(t, acme.Network, `{"token": "t", "api": "`+api.URL+`"}`, api.URL)
//	sent, err := sender.Send(ctx, message)
package sendertest
