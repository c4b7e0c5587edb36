package providertest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/tools/txtar"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/webhook"
)

func TestFaultyReadersAreCaught(t *testing.T) {
	var calls atomic.Int64
	caught(t, map[string]faulty{
		// what it reads
		"keys of its own making": {telling(func(_ int, e *provider.Event) { e.Key += fmt.Sprint(calls.Add(1)) }), "not pure"},
		"the hour of the call": {received(func(a account, c webhook.Call) ([]provider.Event, error) {
			events, err := toy.Receive(a, c)
			for i := range events {
				events[i].At = c.AcceptedAt
			}
			return events, err
		}), "not pure"},
		"a changed call": {received(func(a account, c webhook.Call) ([]provider.Event, error) {
			events, err := toy.Receive(a, c)
			clear(c.Body)
			return events, err
		}), "changes the call"},
		"a panic on the call itself": {received(func(account, webhook.Call) ([]provider.Event, error) { panic("boom") }), "panic: boom"},
		"a panic on another type": {received(func(a account, c webhook.Call) ([]provider.Event, error) {
			var v map[string]any
			if json.Unmarshal(c.Body, &v) == nil && v != nil && v["events"] == nil {
				_ = v["from"].(string)
			}
			return toy.Receive(a, c)
		}), "interface conversion"},
		"an error that quotes the call": {received(func(a account, c webhook.Call) ([]provider.Event, error) {
			events, err := toy.Receive(a, c)
			if err != nil {
				err = fmt.Errorf("cannot read %s", c.Body)
			}
			return events, err
		}), "call.json mangled: the error holds"},
		"an event without a key":   {telling(func(_ int, e *provider.Event) { e.Key = "" }), "has no key"},
		"an event of two meanings": {telling(func(_ int, e *provider.Event) { e.Ignored = "ignored" }), "has 2 of content, receipt, unreadable and ignored"},
		"an event of nobody":       {telling(func(_ int, e *provider.Event) { e.Contact = nil }), "has no contact"},
		"an empty text": {telling(func(_ int, e *provider.Event) {
			if e.Content != nil {
				e.Content = content.Text("")
			}
		}), "has an empty content"},
		"a receipt of nothing": {telling(func(_ int, e *provider.Event) {
			if e.Receipt != nil {
				e.Receipt.Status = eventv1.Status_STATUS_UNSPECIFIED
			}
		}), "is a receipt without a status"},
		"two events of one key":  {telling(func(_ int, e *provider.Event) { e.Key = "k" }), `two events have the key "k"`},
		"a text that is no text": {telling(func(_ int, e *provider.Event) { e.Contact = &messagev1.Contact{Address: "\xff"} }), "cannot be stored"},
		"keys by the place in the batch": {telling(func(i int, e *provider.Event) { e.Key = fmt.Sprint("call-", i) }),
			"alone is another event than in its batch"},
		"a batch that is given up at what cannot be read": {received(func(a account, c webhook.Call) ([]provider.Event, error) {
			events, err := toy.Receive(a, c)
			for i, e := range events {
				if e.Unreadable != "" {
					return events[:i], nil
				}
			}
			return events, err
		}), "an element of events that cannot be read loses another, or its place"},
		"a call that is refused for one element": {received(func(a account, c webhook.Call) ([]provider.Event, error) {
			events, err := toy.Receive(a, c)
			if i := slices.IndexFunc(events, func(e provider.Event) bool { return e.Unreadable != "" }); i >= 0 {
				return nil, errors.New(events[i].Unreadable)
			}
			return events, err
		}), "an element of events that cannot be read loses the whole call"},
		"what cannot be read is of no interest": {telling(func(_ int, e *provider.Event) {
			if e.Unreadable != "" {
				*e = provider.IgnoredEvent("unreadable")
			}
		}), "an element of events that nobody can read is not told as unreadable"},
		"what cannot be read is left out": {received(func(a account, c webhook.Call) ([]provider.Event, error) {
			events, err := toy.Receive(a, c)
			return slices.DeleteFunc(events, func(e provider.Event) bool { return e.Unreadable != "" }), err
		}), "an element of events vanishes without a trace"},
		"what cannot be read comes first": {received(func(a account, c webhook.Call) ([]provider.Event, error) {
			events, err := toy.Receive(a, c)
			if slices.ContainsFunc(events, func(e provider.Event) bool { return e.Unreadable != "" }) {
				slices.Reverse(events)
			}
			return events, err
		}), "an element of events that cannot be read loses another, or its place"},
		"a reason that quotes the event": {received(func(a account, c webhook.Call) ([]provider.Event, error) {
			events, err := toy.Receive(a, c)
			for i := range events {
				if events[i].Unreadable != "" {
					events[i].Unreadable += string(c.Body)
				}
			}
			return events, err
		}), "the error holds"},
		"a reason that names what it does not know": {received(func(a account, c webhook.Call) ([]provider.Event, error) {
			events, err := toy.Receive(a, c)
			for i, e := range events {
				if e.Receipt != nil && strings.Contains(e.Receipt.OwnID, " ") {
					events[i] = provider.IgnoredEvent("receipt of " + e.Receipt.OwnID)
				}
			}
			return events, err
		}), "call.json mangled: the error quotes what the network said"},
		"all of a batch of one contact": {received(func(a account, c webhook.Call) ([]provider.Event, error) {
			events, err := toy.Receive(a, c)
			if len(events) > 2 {
				for i := range events[:2] {
					events[i].Contact = events[0].Contact // all of the first's
				}
			}
			return events, err
		}), "alone is another event than in its batch"},
		"a receipt that is not declared": {changed(func(n *provider.Network[account]) { n.Confirms.Receipts, n.Confirms.OwnID = "", "" }),
			"is a receipt, and Confirms.Receipts is not set"},
		"an own id that is not declared": {changed(func(n *provider.Network[account]) { n.Confirms.OwnID = "" }), "hands our id back, and Confirms.OwnID is not set"},
		"a failure that is not declared": {telling(func(_ int, e *provider.Event) {
			if e.Receipt != nil {
				e.Receipt.Status = eventv1.Status_STATUS_FAILED
			}
		}), "says that a message failed, and Confirms.Failures is not set"},
		"a watermark that is not declared": {telling(func(_ int, e *provider.Event) {
			if e.Receipt != nil {
				e.Receipt = &provider.Receipt{UpTo: true, Status: eventv1.Status_STATUS_READ}
			}
		}), "is a watermark, and Confirms.Watermarks is not set"},
		"aliases that are not declared": {telling(func(_ int, e *provider.Event) {
			if e.Contact != nil {
				e.Contact.Aliases = []string{"5550009"}
			}
		}), "Confirms.Aliases is not set"},
		"watermarks that are only declared": {changed(func(n *provider.Network[account]) { n.Confirms.Watermarks = docs }),
			"Confirms tells of a watermark, and no conversation shows one"},
	})
}

// Ids that count per account are told again by the account that takes the place of another.
func TestKeysOfAnotherAccountAreCaught(t *testing.T) {
	const text = `-- account.json --
{"key": "k3y-of-the-toy", "api": "<server>"}
-- call.json --
{"id": 7, "from": "5550001", "text": "to the first"}
-- events.json --
-- account.json --
{"key": "another-k3y", "api": "<server>"}
-- call.json --
{"id": 7, "from": "5550001", "text": "to the second"}
-- events.json --
`
	perAccount := toy
	perAccount.Receive = func(a account, c webhook.Call) ([]provider.Event, error) {
		events, err := toy.Receive(a, c)
		for i := range events {
			events[i].Key = a.Key.Reveal() + events[i].Key
		}
		return events, err
	}
	for name, test := range map[string]struct {
		network provider.Driver
		caught  bool
	}{"keys per account": {perAccount, false}, "keys for all accounts": {toy, true}} {
		c, err := conversation.Parse(txtar.Parse([]byte(text)))
		if err != nil {
			t.Fatal(err)
		}
		l := &listener{}
		Kit{}.run(test.network).play(t, l, c)
		if got := strings.Contains(l.String(), "stood for something else under the account before"); got != test.caught {
			t.Errorf("%s: the kit says %q", name, l.String())
		}
		if archived := string(txtar.Format(c.Archive())); strings.Count(archived, "account.json") != 2 {
			t.Errorf("%s: written as %s", name, archived)
		}
	}
}
