package inbound

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/pkg/webhook"
)

// Reader is a network's Receive for one account.
type Reader struct {
	Network provider.Driver
	Account json.RawMessage
	// Whole names lists whose elements never come one by one.
	Whole []string
}

// pure calls Receive twice: the second time at another hour, and with what came before forgotten.
func (s Reader) pure(r stage.Reporter, what string, call webhook.Call) (events []provider.Event, err error) {
	r.Helper()
	before := stage.Clone(call)
	if panicked := stage.Guard(func() { events, err = sendertest.Receive(s.Network, s.Account, call) }); panicked != nil {
		r.Errorf("%s: Receive: %v", what, panicked)
		return nil, nil
	}
	if !reflect.DeepEqual(before, call) {
		r.Errorf("%s: Receive changes the call", what)
	}
	later := stage.Clone(before)
	later.AcceptedAt = later.AcceptedAt.Add(time.Hour)
	var again []provider.Event
	var errAgain error
	if panicked := stage.Guard(func() { again, errAgain = sendertest.Receive(s.Network, s.Account, later) }); panicked != nil {
		r.Errorf("%s: Receive, called again: %v", what, panicked)
		return events, err
	}
	if one, two := conversation.RenderEvents(events)+conversation.RenderError(err), conversation.RenderEvents(again)+conversation.RenderError(errAgain); one != two {
		r.Errorf("%s: Receive is not pure: first %s then %s", what, one, two)
	}
	return events, err
}

// Events are those of a call with this body, rendered, without what stands in a list beside them: names, other spellings.
// Not where it cannot be read.
func (s Reader) Events(call webhook.Call, body []byte) (out []string, ok bool) {
	c := stage.Clone(call)
	c.Body = body
	var events []provider.Event
	var err error
	if stage.Guard(func() { events, err = sendertest.Receive(s.Network, s.Account, c) }) != nil || err != nil {
		return nil, false
	}
	for _, e := range events {
		if e.Contact != nil {
			e.Contact = &messagev1.Contact{Address: e.Contact.GetAddress()}
		}
		out = append(out, conversation.RenderEvents([]provider.Event{e}))
	}
	return out, true
}

// Fuzzed holds what comes of a call that a fuzzer made to the rules that hold for any call. silent says that a call may
// mean nothing.
func (s Reader) Fuzzed(r stage.Reporter, call webhook.Call, silent bool) {
	r.Helper()
	call.Network, call.Channel = s.Network.Describe().Name, "channel"
	events, err := s.pure(r, "the call", call)
	switch {
	case err != nil && len(events) > 0:
		r.Errorf("events and an error: %v", err)
	case err == nil && len(events) == 0 && !silent:
		r.Errorf("no event and no error")
	case err != nil && len(call.Body) > 20 && strings.Contains(err.Error(), string(call.Body)):
		r.Errorf("the error quotes the call: %v", err)
	}
	keys := map[string]bool{}
	for _, e := range events {
		if problem := wrong(e); problem != "" {
			r.Errorf("an event %s: %s", problem, conversation.RenderEvents([]provider.Event{e}))
		}
		if e.Key != "" && keys[e.Key] {
			r.Errorf("two events have the key %q", e.Key)
		}
		keys[e.Key] = true
	}
}
