package sendertest

import (
	"encoding/json"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
)

// Open checks an account, which is the JSON object of the configuration, and makes its sender. The addresses are exempt
// from the guard, as in [NewClient]. Everything is closed when the test ends.
func Open(t testing.TB, network provider.Driver, account string, reached ...string) provider.Sender {
	t.Helper()
	if errs := network.CheckAccount(json.RawMessage(account)); len(errs) > 0 {
		t.Fatalf("account: %v", errs)
	}
	client := NewClient(reached...)
	t.Cleanup(client.Close)
	sender, err := OpenAt(network, json.RawMessage(account), Host(network.Describe().Name, client))
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return sender
}
