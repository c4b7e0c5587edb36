package providertest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/inbound"
	"github.com/bonychat/puente/pkg/webhook"
)

func FuzzReceive(f *testing.F) { Fuzz(f, toy, "testdata") }

// What comes of a fuzzer's call is held to the rules for any call.
func TestFaultyReadersAreCaughtByTheFuzzer(t *testing.T) {
	answering := func(change func(events []provider.Event, c webhook.Call) ([]provider.Event, error)) provider.Driver {
		return received(func(a account, c webhook.Call) ([]provider.Event, error) {
			events, err := toy.Receive(a, c)
			if err != nil {
				return events, err
			}
			return change(events, c)
		})
	}
	for name, test := range map[string]struct {
		faulty
		silent bool
	}{
		"sound":                                 {faulty: faulty{toy, ""}},
		"neither":                               {faulty: faulty{answering(func([]provider.Event, webhook.Call) ([]provider.Event, error) { return nil, nil }), "no event and no error"}},
		"neither, where calls may mean nothing": {faulty{answering(func([]provider.Event, webhook.Call) ([]provider.Event, error) { return nil, nil }), ""}, true},
		"both":                                  {faulty: faulty{answering(func(e []provider.Event, _ webhook.Call) ([]provider.Event, error) { return e, errors.New("no") }), "events and an error"}},
		"one key twice": {faulty: faulty{answering(func(e []provider.Event, _ webhook.Call) ([]provider.Event, error) { return append(e, e...), nil }),
			"two events have the key"}},
		"a quotation": {faulty: faulty{answering(func(_ []provider.Event, c webhook.Call) ([]provider.Event, error) {
			return nil, fmt.Errorf("cannot read %s", c.Body)
		}), "the error quotes the call"}},
		"an event of nothing": {faulty: faulty{telling(func(_ int, e *provider.Event) { e.Content = nil }), "an event has 0 of content"}},
		"a panic":             {faulty: faulty{received(func(account, webhook.Call) ([]provider.Event, error) { panic("boom") }), "panic: boom"}},
	} {
		c := loaded(t, toyConversations[0])[0]
		call, err := c.Acts[0].Webhook()
		if err != nil {
			t.Fatal(err)
		}
		l := &listener{}
		inbound.Reader{Network: test.network, Account: c.Account}.Fuzzed(l, call, test.silent)
		if got := l.String(); !strings.Contains(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%s: the kit says %q, want %q", name, got, test.want)
		}
	}
}
