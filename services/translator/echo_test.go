package translator_test

import (
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

func echoOf(m *messagev1.Message, ref string) *eventv1.Event {
	return &eventv1.Event{Kind: &eventv1.Event_Echo{Echo: &eventv1.Echo{Message: m, Ref: ref}}}
}

func TestAnEchoOfOurOwnSendIsDropped(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	b.write(topology.RefSubject(network, custom, "ours"), &indexv1.Ref{Id: "m1"})
	own := inbound(custom, "e1", "ana", content.Text("own"))
	b.takeEvent(own, echoOf(own, "ours"))
	foreign := inbound(custom, "e2", "ana", content.Text("foreign"))
	b.takeEvent(foreign, echoOf(foreign, "theirs"))
	b.takeEvent(foreign, echoOf(foreign, "theirs"))
	b.take(inbound(custom, "i3", "ana", content.Text("Hola")))
	got := b.events(topology.Platform, 2)
	if e := got[0].GetEcho(); e.GetMessage().GetContent().GetText().GetBody() != "foreign" || e.GetRef() != "theirs" {
		t.Errorf("the first event is %v", got[0])
	}
	if len(got) != 2 || got[1].GetMessage() == nil {
		t.Errorf("%d events", len(got))
	}
}

// The network tells of a send of ours before it answers it: while a send to that contact is open the echo waits in its
// lane, and what the contact writes afterwards behind it.
func TestAnEchoWaitsForTheAnswerOfASend(t *testing.T) {
	t.Parallel()
	b := newBridge(t)
	b.declare(echoing)
	b.run()
	m := outbound(custom, "m1", "ana", content.Text("own"))
	b.take(m)
	b.sent(network, 1)
	now := func(m *messagev1.Message) *messagev1.Message { m.AcceptedAt = timestamppb.Now(); return m }
	own := now(inbound(custom, "e1", "ana", content.Text("own")))
	b.takeEvent(own, echoOf(own, theRef(b, "wamid")))
	b.take(inbound(custom, "i2", "ana", content.Text("behind")))
	b.take(inbound(custom, "i4", "eva", content.Text("other lane")))
	if got := bodiesOf(b.events(topology.Platform, 1)); len(got) != 1 || got[0] != "other lane" {
		t.Errorf("the platform was told %q while the send was open", got)
	}
	b.sentAs(m, "wamid")
	b.eventually("what was behind goes on", func() bool { return slices.Contains(bodiesOf(b.events(topology.Platform, 2)), "behind") })
	if got := bodiesOf(b.events(topology.Platform, 2)); slices.Contains(got, "own") {
		t.Errorf("our own send was shown again: %q", got)
	}
}

// An echo of what somebody of the business wrote in the network's own app goes on at once where nothing is on its way to
// the contact, and so does what the contact answers.
func TestAForeignEchoWaitsForNothing(t *testing.T) {
	t.Parallel()
	b := newBridge(t)
	b.declare(echoing)
	b.run()
	before := outbound(custom, "m1", "ana", content.Text("before"))
	b.take(before)
	b.sent(network, 1)
	b.sentAs(before, "earlier")
	b.eventually("the send has ended", func() bool { return b.state(custom, "m1").GetStatus() == eventv1.Status_STATUS_SENT })
	for _, contact := range []string{"ana", "eva"} {
		foreign := inbound(custom, "e-"+contact, contact, content.Text("foreign"))
		foreign.AcceptedAt = timestamppb.Now()
		b.takeEvent(foreign, echoOf(foreign, "theirs"))
		b.take(inbound(custom, "i-"+contact, contact, content.Text("answer")))
	}
	b.eventually("both echoes and the answers behind them", func() bool {
		got := bodiesOf(b.events(topology.Platform, 4))
		slices.Sort(got)
		return slices.Equal(got, []string{"answer", "answer", "foreign", "foreign"})
	})
}

// echoing is a network with echoes whose sends may take an hour: nobody waits that long by mistake.
var echoing = func() provider.Description {
	d := testnet
	d.Confirms.Echoes, d.SendTimeout = page, time.Hour
	return d
}()

// bodiesOf are the words of messages and echoes.
func bodiesOf(events []*eventv1.Event) (bodies []string) {
	for _, e := range events {
		if body := e.GetMessage().GetContent().GetText().GetBody() + e.GetEcho().GetMessage().GetContent().GetText().GetBody(); body != "" {
			bodies = append(bodies, body)
		}
	}
	return bodies
}

// theRef is how a network's id of a message is known.
func theRef(b *bridge, ref string) string { return record.RefDigest(b.bus, network, custom, ref) }
