// Package operatetest is a bridge's control API for tests of what asks it: it holds one scene, of three channels with trouble
// of several kinds, and writes down what it was asked to do.
//
//	bridge := operatetest.Start(t)
//	client := api.NewClient(api.Place{URL: bridge.URL, Token: operatetest.Token})
//
// It judges nothing but the token, and what a channel or a message is called: a real one is services/control.
package operatetest
