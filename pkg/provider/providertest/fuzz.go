package providertest

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/inbound"
	"github.com/bonychat/puente/pkg/webhook"
)

// Fuzz gives Receive the calls of the conversations, and what the fuzzer makes of their queries and bodies. Receive must
// not panic and must answer the same whenever it is asked. It returns events or an error, never both; and never neither,
// unless a conversation shows a call that means nothing (an empty events.json). Each event has a key of its own and one
// meaning, and can be stored.
//
//	func FuzzReceive(f *testing.F) { providertest.Fuzz(f, Network, "testdata") }
func Fuzz(f *testing.F, network provider.Driver, dir string) {
	f.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil {
		f.Fatal(err)
	}
	var calls []webhook.Call
	var accounts []json.RawMessage // whose each is
	silent := false                // a conversation shows a call that means nothing
	for _, file := range files {
		c, err := conversation.Load(file)
		if err != nil {
			f.Fatal(err)
		}
		account := c.Account
		for _, a := range c.Acts {
			if a.Account != nil {
				account = a.Account
			}
			if !a.IsCall() {
				continue
			}
			call, err := a.Webhook()
			if err != nil {
				f.Fatalf("%s: %v", c.File, err)
			}
			f.Add(uint(len(calls)), call.Query, call.Body)
			calls, accounts = append(calls, call), append(accounts, account)
			silent = silent || strings.TrimSpace(a.Expected) == "[]"
		}
	}
	if len(calls) == 0 {
		f.Fatalf("%s: no conversation receives a call", dir)
	}
	f.Fuzz(func(t *testing.T, like uint, query string, body []byte) {
		like %= uint(len(calls))
		call := calls[like]
		call.Header, call.Query, call.Body = call.Header.Clone(), query, body
		inbound.Reader{Network: network, Account: accounts[like]}.Fuzzed(t, call, silent)
	})
}
