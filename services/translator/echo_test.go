package translator_test

import (
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/provider"

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
	b.write(bus.RefSubject(network, custom, "ours"), &indexv1.Ref{Id: "m1"})
	own := inbound(custom, "e1", "ana", provider.Text("own"))
	b.takeEvent(own, echoOf(own, "ours"))
	foreign := inbound(custom, "e2", "ana", provider.Text("foreign"))
	b.takeEvent(foreign, echoOf(foreign, "theirs"))
	b.takeEvent(foreign, echoOf(foreign, "theirs"))
	b.take(inbound(custom, "i3", "ana", provider.Text("Hola")))
	got := b.events(bus.Platform, 2)
	if e := got[0].GetEcho(); e.GetMessage().GetContent().GetText().GetBody() != "foreign" || e.GetRef() != "theirs" {
		t.Errorf("the first event is %v", got[0])
	}
	if len(got) != 2 || got[1].GetMessage() == nil {
		t.Errorf("%d events", len(got))
	}
}

// The network tells of a send of ours before it answers it: until every send has had its time, the echo waits in its
// lane, and what the contact writes afterwards behind it.
func TestAnEchoWaitsForTheAnswerOfASend(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	const wait = 7 * time.Second // the network's time-out of a send, and five seconds
	began := time.Now()
	late := func(m *messagev1.Message, by time.Duration) *messagev1.Message {
		m.AcceptedAt = timestamppb.New(began.Add(by - wait))
		return m
	}
	own := late(inbound(custom, "e1", "ana", provider.Text("own")), 20*time.Second)
	b.takeEvent(own, echoOf(own, "ours"))
	b.take(inbound(custom, "i2", "ana", provider.Text("behind")))
	foreign := late(inbound(custom, "e3", "luis", provider.Text("foreign")), 1500*time.Millisecond)
	b.takeEvent(foreign, echoOf(foreign, "theirs"))
	b.take(inbound(custom, "i4", "eva", provider.Text("other lane")))

	b.sent(bus.Platform, 2)
	if elapsed := time.Since(began); elapsed < 1500*time.Millisecond {
		t.Errorf("the foreign echo went on after %s", elapsed)
	}
	b.write(bus.RefSubject(network, custom, "ours"), &indexv1.Ref{Id: "m1"})
	got := b.events(bus.Platform, 3)
	var bodies []string
	for _, e := range got {
		bodies = append(bodies, e.GetMessage().GetContent().GetText().GetBody()+e.GetEcho().GetMessage().GetContent().GetText().GetBody())
	}
	if len(got) != 3 || bodies[0] != "other lane" || bodies[1] != "foreign" || bodies[2] != "behind" {
		t.Errorf("the platform was told %q", bodies)
	}
}
