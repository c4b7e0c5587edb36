package providertest

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// Fuzz gives Receive the bodies of all calls of the conversations, and what the fuzzer makes of them: no panic, the same
// events whenever it is asked, each with a key and one meaning, and none beside an error.
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
	for _, file := range files {
		c, err := load(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, a := range c.acts {
			if !a.call() {
				continue
			}
			call, err := readCall(a)
			if err != nil {
				f.Fatalf("%s: %v", c.file, err)
			}
			f.Add(uint(len(calls)), call.Body)
			calls, accounts = append(calls, call), append(accounts, c.account)
		}
	}
	if len(calls) == 0 {
		f.Fatalf("%s: no conversation receives a call", dir)
	}
	f.Fuzz(func(t *testing.T, like uint, body []byte) {
		like %= uint(len(calls))
		s, call := stage{network: network, account: accounts[like]}, clone(calls[like])
		call.Body = body
		events, err := s.pure(t, "the call", call)
		if err != nil && len(events) > 0 {
			t.Errorf("events and an error: %v", err)
		}
		for _, e := range events {
			if problem := wrong(e); problem != "" {
				t.Errorf("an event %s: %s", problem, renderEvents([]provider.Event{e}))
			}
		}
		if err != nil && len(body) > 20 && strings.Contains(err.Error(), string(body)) {
			t.Errorf("the error quotes the call: %v", err)
		}
	})
}
