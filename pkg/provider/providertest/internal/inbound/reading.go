package inbound

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
	"github.com/bonychat/puente/pkg/webhook"
)

// Reading is what a conversation has been told so far.
type Reading struct {
	*stage.Stage
	// replaced is how often the account was replaced, told what each key stood for under which.
	replaced int
	told     map[string]stoodFor
}

// New begins to read on a stage.
func New(on *stage.Stage) *Reading { return &Reading{Stage: on, told: map[string]stoodFor{}} }

// Replace replaces the account.
func (s *Reading) Replace(account string) {
	s.Account = json.RawMessage(s.Fill(account))
	s.replaced++
}

// reader reads calls for the account of now.
func (s *Reading) reader() Reader { return Reader{s.Network, s.Account, s.Whole} }

// Play plays a webhook call.
func (s *Reading) Play(r stage.Reporter, a *conversation.Act) {
	r.Helper()
	call, err := a.Webhook()
	if err != nil {
		r.Errorf("%s: %v", a.Name, err)
		return
	}
	call.Body = []byte(s.Fill(string(call.Body))) // it may say where it is answered
	got := strings.ReplaceAll(s.Read(r, a.Name, call), s.Server.URL(), "<server>")
	stage.Compare(r, "events of "+a.Name, &a.Expected, got)
}

// Read reads a call, holds what comes of it to the rules, and renders it.
func (s *Reading) Read(r stage.Reporter, what string, call webhook.Call) string {
	r.Helper()
	call.Network, call.Channel = s.Network.Describe().Name, "channel"
	events, err := s.reader().pure(r, what, call)
	for _, e := range events {
		s.KeepPrivate("the contact's address", e.Contact.GetAddress())
		s.KeepPrivate("the contact's first name", e.Contact.GetProfile().GetFirstName())
		s.KeepPrivate("the contact's last name", e.Contact.GetProfile().GetLastName())
		s.KeepPrivate("the message's text", e.Content.GetText().GetBody())
		s.KeepPrivate("the message's caption", e.Content.GetAttachment().GetCaption())
	}
	s.Discreet(r, what, err)
	for _, e := range events {
		s.Discreet(r, what, reasonOf(e))
		if e.Receipt != nil && !e.Receipt.Reason.IsZero() {
			s.Told(r, what, e.Receipt.Reason)
		}
		if e.Reply != nil {
			s.Replies.Say(e.Contact.GetAddress(), *e.Reply)
		}
		for key, value := range e.State {
			if err := s.State.Say(e.Contact.GetAddress(), key, value, cmp.Or(e.At, conversation.Now)); err != nil {
				r.Errorf("%s: what is to be kept of the contact: %v", what, err)
			}
		}
	}
	seen := map[string]bool{}
	for _, e := range events {
		problem := wrong(e)
		if problem == "" {
			problem = undeclared(e, s.Network.Describe().Confirms)
		}
		if problem != "" {
			r.Errorf("%s: an event %s: %s", what, problem, conversation.RenderEvents([]provider.Event{e}))
		}
		if e.Key != "" && seen[e.Key] {
			r.Errorf("%s: two events have the key %q", what, e.Key)
		}
		seen[e.Key] = true
		s.once(r, what, e)
	}
	s.mangle(r, what, call)
	s.reader().batches(r, what, call)
	if err != nil {
		return conversation.RenderError(err)
	}
	return conversation.RenderEvents(events)
}

// stoodFor is what a key stood for, and under which account.
type stoodFor struct {
	account int
	meaning string
}

// once holds a key to one meaning also when the account was replaced: what came second would be dropped as a repeat.
func (s *Reading) once(r stage.Reporter, what string, e provider.Event) {
	r.Helper()
	if e.Key == "" {
		return
	}
	var said provider.Event
	said.Content, said.Receipt = e.Content, e.Receipt
	now := stoodFor{s.replaced, e.Contact.GetAddress() + conversation.RenderEvents([]provider.Event{said})}
	if before, known := s.told[e.Key]; known && before.account != now.account && before.meaning != now.meaning {
		r.Errorf("%s: the key %q stood for something else under the account before: it would be lost as a repeat", what, e.Key)
	}
	s.told[e.Key] = now
}
