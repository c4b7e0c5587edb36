package providertest

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
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
		c, err := load(file)
		if err != nil {
			f.Fatal(err)
		}
		account := c.account
		for _, a := range c.acts {
			if a.account != nil {
				account = a.account
			}
			if !a.call() {
				continue
			}
			call, err := readCall(a)
			if err != nil {
				f.Fatalf("%s: %v", c.file, err)
			}
			f.Add(uint(len(calls)), call.Query, call.Body)
			calls, accounts = append(calls, call), append(accounts, account)
			silent = silent || strings.TrimSpace(a.expected) == "[]"
		}
	}
	if len(calls) == 0 {
		f.Fatalf("%s: no conversation receives a call", dir)
	}
	f.Fuzz(func(t *testing.T, like uint, query string, body []byte) {
		like %= uint(len(calls))
		s, call := stage{network: network, account: accounts[like]}, clone(calls[like])
		call.Network, call.Channel, call.Query, call.Body = network.Describe().Name, "channel", query, body
		events, err := s.pure(t, "the call", call)
		switch {
		case err != nil && len(events) > 0:
			t.Errorf("events and an error: %v", err)
		case err == nil && len(events) == 0 && !silent:
			t.Error("no event and no error")
		}
		keys := map[string]bool{}
		for _, e := range events {
			if problem := wrong(e); problem != "" {
				t.Errorf("an event %s: %s", problem, renderEvents([]provider.Event{e}))
			}
			if e.Key != "" && keys[e.Key] {
				t.Errorf("two events have the key %q", e.Key)
			}
			keys[e.Key] = true
		}
		if err != nil && len(body) > 20 && strings.Contains(err.Error(), string(body)) {
			t.Errorf("the error quotes the call: %v", err)
		}
	})
}
