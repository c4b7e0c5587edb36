package providertest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
	"github.com/bonychat/puente/pkg/webhook/signed"
)

func TestFaultyDeclarationsAreCaught(t *testing.T) {
	caught(t, map[string]faulty{
		// what it declares
		"a scheme without a secret": {changed(func(n *provider.Network[account]) {
			n.Webhook = &webhook.Policy{Verify: proof.Token{Header: "X-Key"}}
		}), "secret is required"},
		"a secret that there is not": {changed(func(n *provider.Network[account]) {
			n.Webhook = &webhook.Policy{Verify: proof.Token{Header: "X-Key", Secret: "token"}}
		}), "asks for the account's field token, which there is not"},
		"a policy that admits nobody": {changed(func(n *provider.Network[account]) {
			n.Webhook = &webhook.Policy{Verify: proof.HMAC{Header: "X-Signature", Secret: "key", Hash: digest.SHA256, Encoding: digest.Hex, Over: []signed.Part{signed.Lit("v0:"), signed.Body()}}}
		}), "no call of the conversations is admitted"},
		"a policy that refuses its own method": {changed(func(n *provider.Network[account]) {
			n.Webhook = &webhook.Policy{Verify: toy.Webhook.Verify, Methods: []string{http.MethodPut}}
		}), "conversation.txtar: call 1 is refused: method: calls by POST are not taken"},
		"a policy whose calls are stale": {changed(func(n *provider.Network[account]) {
			n.Webhook = &webhook.Policy{
				Verify:    proof.HMAC{Header: "X-Signature", Secret: "key", Hash: digest.SHA256, Encoding: digest.Hex},
				Freshness: webhook.Freshness{At: expr.JSON("id"), Past: time.Minute},
			}
		}), "call 1 is refused: unsigned: the header X-Signature is not there; as the kit signs it: stale: it was signed 490923h"},
		"a policy that looks elsewhere": {changed(func(n *provider.Network[account]) {
			n.Webhook = &webhook.Policy{Verify: proof.HMAC{Sent: expr.JSON("signature"), Secret: "key", Hash: digest.SHA256, Encoding: digest.Hex}}
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
		"a Receive that needs the credential in the body": {changed(func(n *provider.Network[account]) {
			n.Webhook = &webhook.Policy{Verify: proof.Token{Sent: expr.JSON("key"), Secret: "key"}}
			n.Receive = func(a account, c webhook.Call) ([]provider.Event, error) {
				events, err := toy.Receive(a, c)
				for i := range events {
					if expr.JSON("key").Find(c) != "" {
						events[i].Key += "+"
					}
				}
				return events, err
			}
		}), "it needs what was stripped"},
		"a policy that answers with a field that there is not": {changed(func(n *provider.Network[account]) {
			n.Webhook = &webhook.Policy{Verify: toy.Webhook.Verify, Handshakes: []webhook.Handshake{{When: []expr.Condition{expr.Has(expr.JSON("hello"))}, Account: "word"}}}
		}), "asks for the account's field word, which there is not"},
		"a policy that looks in a part of another header": {changed(func(n *provider.Network[account]) {
			n.Webhook = &webhook.Policy{Verify: proof.HMAC{Sent: expr.Field("X-Signature", "s", ","), Secret: "key", Hash: digest.SHA256, Encoding: digest.Hex}}
		}), `call 1 is refused: unsigned: the signature ({"header":"X-Signature","field":"s","between":","}) is not there`},
		"a call that is made up without its text": {mimics(func(s *provider.Said) { s.Text = "x" }), "is not one message with its text"},
		"a call that is made up of another contact": {mimics(func(s *provider.Said) {
			if s.Contact != "" {
				s.Contact = "eva"
			}
		}), `of "ana" is from "eva"`},
		"calls that are made up alike": {mimics(func(s *provider.Said) { s.Number = 7 }), "have one key"},
		"a call that is made up and not taken": {changed(func(n *provider.Network[account]) {
			n.Mimic = func(a account, s provider.Said) (webhook.Call, error) {
				c, err := mimic(a, s)
				c.Method = http.MethodPut
				return c, err
			}
		}), "cannot be signed"},
		"a call that nobody makes": {changed(func(n *provider.Network[account]) {
			n.Mimic = func(account, provider.Said) (webhook.Call, error) { return webhook.Call{}, provider.ErrNotCalled }
		}), "no account of the conversations is called"},
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
		"a value that is declared and refused": {settled(func(a choosing) account { return account{Key: a.Key, API: a.API} }), "the account's field size may have the value large, as its tag values says, and it is refused"},
		"values of a credential": {settled(func(a struct {
			Key provider.Secret `json:"key" doc:"The key." values:"a,b"`
			API string          `json:"api,omitempty" doc:"Where the toy is."`
		}) account {
			return account{Key: a.Key, API: a.API}
		}), "the account's field key: only a text that is no credential has values"},
		"a value that is there twice": {settled(func(a struct {
			Key  provider.Secret `json:"key" doc:"The key."`
			API  string          `json:"api,omitempty" doc:"Where the toy is."`
			Size string          `json:"size,omitempty" doc:"A size." values:"small,small"`
		}) account {
			return account{Key: a.Key, API: a.API}
		}), "the account's field size: the tag values must name two values or more, each once"},
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

// mimics is the toy that makes calls of something else than it was told.
func mimics(change func(*provider.Said)) provider.Driver {
	return changed(func(n *provider.Network[account]) {
		n.Mimic = func(a account, s provider.Said) (webhook.Call, error) {
			change(&s)
			return mimic(a, s)
		}
	})
}
