package providertest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
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
				e.Content = provider.Text("")
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

func TestFaultyDeclarationsAreCaught(t *testing.T) {
	caught(t, map[string]faulty{
		// what it declares
		"a scheme without a secret": {changed(func(n *provider.Network[account]) {
			n.Webhook = &webhook.Policy{Verify: webhook.Token{Header: "X-Key"}}
		}), "secret is required"},
		"a secret that there is not": {changed(func(n *provider.Network[account]) {
			n.Webhook = &webhook.Policy{Verify: webhook.Token{Header: "X-Key", Secret: "token"}}
		}), "asks for the account's field token, which there is not"},
		"a policy that admits nobody": {changed(func(n *provider.Network[account]) {
			n.Webhook = &webhook.Policy{Verify: webhook.HMAC{Header: "X-Signature", Secret: "key", Hash: webhook.SHA256, Encoding: webhook.Hex, Over: []webhook.Part{webhook.Lit("v0:"), webhook.Body()}}}
		}), "no call of the conversations is admitted"},
		"a policy that refuses its own method": {changed(func(n *provider.Network[account]) {
			n.Webhook = &webhook.Policy{Verify: toy.Webhook.Verify, Methods: []string{http.MethodPut}}
		}), "conversation.txtar: call 1 is refused: method: calls by POST are not taken"},
		"a policy whose calls are stale": {changed(func(n *provider.Network[account]) {
			n.Webhook = &webhook.Policy{
				Verify:    webhook.HMAC{Header: "X-Signature", Secret: "key", Hash: webhook.SHA256, Encoding: webhook.Hex},
				Freshness: webhook.Freshness{At: webhook.JSON("id"), Past: time.Minute},
			}
		}), "call 1 is refused: unsigned: the header X-Signature is not there; as the kit signs it: stale: it was signed 490923h"},
		"a policy that looks elsewhere": {changed(func(n *provider.Network[account]) {
			n.Webhook = &webhook.Policy{Verify: webhook.HMAC{Sent: webhook.JSON("signature"), Secret: "key", Hash: webhook.SHA256, Encoding: webhook.Hex}}
		}), `call 1 is refused: unsigned: the signature ({"json":"signature"}) is not there`},
		"a Receive that needs the credential": {received(func(a account, c webhook.Call) ([]provider.Event, error) {
			events, err := toy.Receive(a, c)
			for i := range events {
				if c.Header.Get("X-Key") != "" {
					events[i].Key += "+"
				}
			}
			return events, err
		}), "it needs what was stripped"},
		"a name that is none":        {changed(func(n *provider.Network[account]) { n.Name = "The Toy" }), "network name"},
		"no documentation":           {changed(func(n *provider.Network[account]) { n.Doc = "the docs" }), "Doc is no https address"},
		"a caption of nothing":       {changed(func(n *provider.Network[account]) { n.Carries.Image, n.Carries.File = "", "" }), "Carries.Caption needs an attachment"},
		"an own id without receipts": {changed(func(n *provider.Network[account]) { n.Confirms.Receipts = "" }), "Confirms.OwnID needs Confirms.Receipts"},
		"a unit of its own":          {changed(func(n *provider.Network[account]) { n.Carries.Text.Unit = "words" }), `Carries.Text.Unit "words" is unknown`},
		"a budget without a time":    {changed(func(n *provider.Network[account]) { n.Rates.Channel = provider.Rate{Sends: 5, Page: docs} }), "Rates.Channel is no rate"},
		"listening that is not declared": {changed(func(n *provider.Network[account]) { n.Abilities.Listener = nil }),
			"is a Listener, and the network does not declare it: Abilities.Listener"},
		"a check of the account that is not declared": {changed(func(n *provider.Network[account]) { n.Abilities.Validator = nil }),
			"is a Validator, and the network does not declare it: Abilities.Validator"},
		"an ability that is only declared": {changed(func(n *provider.Network[account]) { n.Abilities.Inspector = asked{} }),
			"the network declares Abilities.Inspector, and the sender *providertest.toySender is none"},
		"an ability of one account's sender": {changed(func(n *provider.Network[account]) {
			n.Open = func(a account, h provider.Host) (provider.Sender, error) {
				return asked{&toySender{account: a, client: h.Client}}, nil
			}
		}), "the sender providertest.asked is a Inspector, and the network does not declare it"},
		"a limit without a page": {changed(func(n *provider.Network[account]) { n.Carries.Text.Page = "" }), "Carries.Text.Page is missing"},
		"a rate without a page":  {changed(func(n *provider.Network[account]) { n.Rates.Account.Page = "" }), "Rates.Account.Page is missing"},
		"a page that is none":    {changed(func(n *provider.Network[account]) { n.Confirms.Receipts = "yes" }), `Confirms.Receipts "yes": must be an https address`},
		"a limit below zero":     {changed(func(n *provider.Network[account]) { n.Carries.Buttons.Max = -1 }), "Carries.Buttons.Max is negative"},
		"a setting without a doc": {settled(func(a struct {
			Key provider.Secret `json:"key"`
			API string          `json:"api,omitempty"`
		}) account {
			return account{Key: a.Key, API: a.API}
		}), "the account's field key has no doc"},
		"a credential that can be read": {settled(func(a struct {
			Key string `json:"key" doc:"The key."`
			API string `json:"api,omitempty" doc:"Where the toy is."`
		}) account {
			return account{Key: provider.NewSecret(a.Key), API: a.API}
		}), "the account's field key is a credential, and no provider.Secret"},
		"a check that quotes":         {settled(func(a quoting) account { return account(a) }), "CheckAccount quotes what was set"},
		"a check that names no field": {settled(func(a nameless) account { return account(a) }), "CheckAccount names no field"},
		"a panic on a setting": {settled(func(a careless) account {
			if a.Size != nil || strings.Contains(a.API, " ") {
				panic("size")
			}
			return account{Key: a.Key, API: a.API}
		}), "Open: panic: size"},
		"Open that quotes": {changed(func(n *provider.Network[account]) {
			n.Open = func(a account, h provider.Host) (provider.Sender, error) {
				if strings.Contains(a.Key.Reveal(), "#") {
					return nil, fmt.Errorf("key %s", a.Key.Reveal())
				}
				return toy.Open(a, h)
			}
		}), "Open quotes what was set"},
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
