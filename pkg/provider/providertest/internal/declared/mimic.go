package declared

import (
	"errors"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/expr"
)

// odd is a text with all that escaping gets wrong.
const odd = "¿Está <b>abierto</b>? 50 % & \"más\" + 1 = 2 \\ 👋🏽"

// mimic holds for a network that makes calls up: the policy admits them once they are signed, each is one message with the text and
// the contact, and two of them are two.
func (t Trial) mimic(r stage.Reporter) {
	r.Helper()
	tried, able := false, false
	for _, c := range t.Conversations {
		bound, err := t.Network.Bind(c.Account)
		if err != nil {
			continue // reported where it is played
		}
		if bound.Mimic == nil {
			return
		}
		able = true
		if t.Webhook == nil {
			r.Errorf("the network makes calls up (Mimic), and declares no Webhook")
			return
		}
		said := provider.Said{Text: odd, Number: 1767323045000123, At: time.Date(2026, time.January, 2, 3, 4, 5, 0, time.UTC)}
		key, contact, ok := t.mimicked(r, c.Account, bound, said)
		if !ok {
			continue
		}
		tried = true
		said.Contact, said.Number = contact, said.Number+1
		again, same, ok := t.mimicked(r, c.Account, bound, said)
		switch {
		case !ok:
		case same != contact:
			r.Errorf("a call that is made up (Mimic) of %q is from %q", contact, same)
		case again == key:
			r.Errorf("two calls that are made up (Mimic) of two numbers have one key, %q", key)
		}
		return
	}
	if able && !tried {
		r.Errorf("no account of the conversations is called by what is made up (Mimic)")
	}
}

// mimicked makes a call up and reads it as the bridge would.
func (t Trial) mimicked(r stage.Reporter, account []byte, bound provider.Bound, said provider.Said) (key, contact string, ok bool) {
	r.Helper()
	var call webhook.Call
	var err error
	if panicked := stage.Guard(func() { call, err = bound.Mimic(said) }); panicked != nil {
		r.Errorf("Mimic: %v", panicked)
		return "", "", false
	}
	if errors.Is(err, provider.ErrNotCalled) {
		return "", "", false
	}
	if err != nil {
		r.Errorf("no call can be made up (Mimic): %v", err)
		return "", "", false
	}
	secrets, err := expr.SecretsOf(account)
	if err != nil {
		return "", "", false // reported where it is played
	}
	call.Network, call.Channel, call.AcceptedAt = t.Name, "channel", said.At
	locate(&call)
	signed, err := t.Webhook.Sign(call, secrets)
	if err != nil {
		r.Errorf("a call that is made up (Mimic) cannot be signed: %v", err)
		return "", "", false
	}
	stored := t.Webhook.Strip(signed)
	var events []provider.Event
	if panicked := stage.Guard(func() { events, err = sendertest.Receive(t.Network, account, stored) }); panicked != nil {
		r.Errorf("a call that is made up (Mimic): Receive: %v", panicked)
		return "", "", false
	}
	if err != nil {
		r.Errorf("a call that is made up (Mimic) cannot be read: %v", err)
		return "", "", false
	}
	if len(events) != 1 || events[0].Content.GetText().GetBody() != said.Text || events[0].Key == "" || events[0].Echo {
		r.Errorf("a call that is made up (Mimic) is not one message with its text, but %d events: %+v", len(events), events)
		return "", "", false
	}
	return events[0].Key, events[0].Contact.GetAddress(), true
}
