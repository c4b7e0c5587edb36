package translator_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

func TestALongTextGoesAsPartsInOneBatch(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	body := strings.Repeat("palabra ", 14) + "fin"
	m := outbound(custom, "m1", "ana", content.Text(body))
	b.take(m)
	parts := b.sent(network, 3)
	var got strings.Builder
	batch := parts[0].header.Get("Nats-Batch-Id")
	for i, s := range parts {
		part := decode(t, s, &eventv1.Event{}).GetMessage()
		got.WriteString(part.GetContent().GetText().GetBody())
		if p := part.GetPart(); p.GetIndex() != uint32(i) || p.GetCount() != 3 {
			t.Errorf("part %d is marked as %v", i, p)
		}
		if id := s.header.Get("Nats-Msg-Id"); id != topology.Key("m1", 0, uint32(i)) {
			t.Errorf("part %d has the key %s", i, id)
		}
		if id := s.header.Get("Nats-Batch-Id"); id == "" || id != batch {
			t.Errorf("part %d is in batch %q, the first in %q", i, id, batch)
		}
		part.Part, part.Content = nil, m.GetContent()
		if diff := cmp.Diff(m, part, protocmp.Transform()); diff != "" {
			t.Errorf("part %d differs from the message in more than part and content:\n%s", i, diff)
		}
	}
	if got.String() != body {
		t.Errorf("the parts together are %q", got.String())
	}
	if s := b.state(custom, "m1"); len(s.GetParts()) != 3 || s.GetStanding() != indexv1.Standing_STANDING_TAKEN {
		t.Errorf("state %v", s)
	}
}

func TestWhatIsNotCarriedGoesAsWords(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	b.take(outbound(custom, "m1", "ana", content.Location(40.5, -3.7, "")))
	b.take(outbound(custom, "m2", "ana", content.Attachment(&messagev1.Attachment{
		Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_FILE, Url: "https://example.com/a.pdf",
	})))
	picture := content.Attachment(&messagev1.Attachment{
		Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, Url: "https://example.com/a.png", Caption: "Mira",
	})
	b.take(outbound(custom, "m3", "ana", picture))
	got := messages(b.events(network, 3), "ana")
	want := []string{"https://www.google.com/maps?q=40.5,-3.7", "https://example.com/a.pdf", ""}
	if diff := cmp.Diff(want, texts(got)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(picture, got[2].GetContent(), protocmp.Transform()); diff != "" {
		t.Errorf("what is carried was changed:\n%s", diff)
	}
}

func TestAMessageIsTakenOnce(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	m := outbound(custom, "m1", "ana", content.Text("uno"))
	b.take(m)
	b.take(m)
	b.take(outbound(custom, "m2", "ana", content.Text("dos")))
	if diff := cmp.Diff([]string{"uno", "dos"}, texts(messages(b.events(network, 2), "ana"))); diff != "" {
		t.Error(diff)
	}
	b.eventually("the repeat is in the journal", func() bool {
		hops, _ := b.history("m1")
		return cmp.Equal(hops, []string{"ingress accepted", "translator routed", "translator repeated"})
	})
}

func TestAVoidIsDropped(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	b.write(topology.StateSubject(custom, "m1"), &indexv1.State{Standing: indexv1.Standing_STANDING_VOID})
	b.take(outbound(custom, "m1", "ana", content.Text("uno")))
	b.take(outbound(custom, "m2", "ana", content.Text("dos")))
	if diff := cmp.Diff([]string{"dos"}, texts(messages(b.events(network, 1), "ana"))); diff != "" {
		t.Error(diff)
	}
	if s := b.state(custom, "m1"); s.GetStanding() != indexv1.Standing_STANDING_VOID {
		t.Errorf("state %v", s)
	}
}

// A crash after the claim leaves the entry in the queue: the next translator finds the id claimed by the same entry.
func TestAnEntryThatWasClaimedIsPublishedAgainAsARepeat(t *testing.T) {
	t.Parallel()
	b := newBridge(t)
	out, in := outbound(custom, "m1", "ana", content.Text("uno")), inbound(custom, "m2", "ana", content.Text("dos"))
	b.write(topology.StateSubject(custom, "m1"), &indexv1.State{
		Sequence: b.take(out), Standing: indexv1.Standing_STANDING_TAKEN, Parts: make([]eventv1.Status, 1),
	})
	b.write(topology.SeenSubject(network, custom, "m2"), &indexv1.Seen{Sequence: b.take(in)})
	fresh := b.take(outbound(custom, "m3", "ana", content.Text("tres")))
	b.write(topology.StateSubject(custom, "m4"), &indexv1.State{
		Sequence: fresh, Standing: indexv1.Standing_STANDING_TAKEN, Parts: make([]eventv1.Status, 1),
	})
	b.take(outbound(custom, "m4", "ana", content.Text("claimed by another entry")))
	b.take(outbound(custom, "m5", "ana", content.Text("cinco")))
	b.run()
	got := b.sent(network, 3)
	var bodies []string
	for _, s := range got {
		bodies = append(bodies, decode(t, s, &eventv1.Event{}).GetMessage().GetContent().GetText().GetBody())
	}
	if diff := cmp.Diff([]string{"uno", "tres", "cinco"}, bodies); diff != "" {
		t.Error(diff)
	}
	platform := b.sent(topology.Platform, 1)
	if got[0].header.Get("Puente-Repeat") == "" || platform[0].header.Get("Puente-Repeat") == "" {
		t.Errorf("not marked as repeats: %v, %v", got[0].header, platform[0].header)
	}
}

func TestAHigherGenerationIsTakenAgain(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	m := outbound(custom, "m1", "ana", content.Text("uno"))
	b.take(m)
	b.sent(network, 1)
	m.Generation = 1
	b.take(m)
	b.take(m)
	b.take(outbound(custom, "m2", "ana", content.Text("dos")))
	var keys []string
	for _, s := range b.sent(network, 3) {
		keys = append(keys, s.header.Get("Nats-Msg-Id"))
	}
	if diff := cmp.Diff([]string{"m1-0-0", "m1-1-0", "m2-0-0"}, keys); diff != "" {
		t.Error(diff)
	}
	if s := b.state(custom, "m1"); s.GetGeneration() != 1 {
		t.Errorf("state %v", s)
	}
}

func TestWhatCanGoNowhereIsADeadLetterAndInTheJournal(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	b.take(outbound("gone", "m1", "ana", content.Text("uno")))
	d := b.dead("gone")
	if d.GetReason() != "the channel is no longer configured" {
		t.Errorf("reason %q", d.GetReason())
	}
	hops, entries := b.history("m1")
	if diff := cmp.Diff([]string{"ingress accepted", "translator dead"}, hops); diff != "" {
		t.Fatal(diff)
	}
	if entries[1].GetReason() != d.GetReason() {
		t.Errorf("the journal's reason is %q", entries[1].GetReason())
	}
	b.takeEvent(outbound(custom, "m2", "ana", nil), &eventv1.Event{})
	if got := b.dead(custom).GetReason(); !strings.Contains(got, "does not belong here") {
		t.Errorf("an event of no kind: %q", got)
	}
}
