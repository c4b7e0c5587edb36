package provider

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/bonychat/puente/pkg/bus"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// delivery is the network's way out, as the bus takes it.
func (s *runner) delivery() bus.Delivery {
	d := s.description
	return bus.Delivery{
		Far: d.Name, Validity: d.Validity, SendTimeout: d.SendTimeout, Concurrency: d.Concurrency,
		PerAccount: d.Rates.Account.budget(), PerChannel: d.Rates.Channel.budget(), PerContact: d.Rates.Contact.budget(), Routes: s.routes, Exists: s.exists,
	}
}

func (r Rate) budget() bus.Budget { return bus.Budget{Sends: r.Sends, Per: r.Per, Burst: r.Burst} }

// send calls the network's code.
func (s *runner) send(ctx context.Context, sender Sender, e *eventv1.Event) (sent Sent, err error) {
	err = s.shielded("send", func() (err error) {
		if platform, ok := sender.(StatusSender); ok {
			return platform.SendEvent(ctx, e)
		}
		if e.GetMessage() == nil {
			return Reject("only messages can be sent to a network", nil)
		}
		sent, err = sender.Send(ctx, e.GetMessage())
		return err
	})
	return sent, err
}

// messageOf is what an event says of people: the message that it is or holds, or the contact that it is about.
func messageOf(e *eventv1.Event) *messagev1.Message {
	switch k := e.GetKind().(type) {
	case *eventv1.Event_Message:
		return k.Message
	case *eventv1.Event_Echo:
		return k.Echo.GetMessage()
	default:
		return &messagev1.Message{Contact: &messagev1.Contact{Address: e.GetStatus().GetAddress()}}
	}
}

// shielded calls a network's code; a panic in it is an error of one message.
func (s *runner) shielded(what string, call func() error) (err error) {
	defer func() {
		if p := recover(); p != nil { // what was panicked with may hold content: the stack says enough
			s.env.Log.Error("panic in a network's code", "network", s.description.Name, "in", what, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic in %s of %s", what, s.description.Name)
		}
	}()
	return call()
}

// verdict says to the bus what the error says.
func verdict(err error) bus.Verdict {
	if err == nil {
		return bus.Verdict{Class: bus.Sent}
	}
	f := Classify(err)
	v := bus.Verdict{Reason: f.Reason, After: f.After, Within: f.Within, Err: f.err}
	switch f.Class {
	case Retry:
		v.Class = bus.Retry
	case Rejected:
		v.Class = bus.Rejected
	case Waiting:
		v.Class = bus.Waiting
	case Suspended:
		v.Class = bus.Suspended
	case Unknown:
		v.Class = bus.Uncertain
	}
	switch f.Scope {
	case Contact:
		v.Scope = bus.ScopeContact
	case Channel:
		v.Scope = bus.ScopeChannel
	case Account:
		v.Scope = bus.ScopeAccount
	}
	return v
}
