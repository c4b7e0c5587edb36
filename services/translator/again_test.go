package translator_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/translator"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// byHand is a bridge whose translator does what the test says, once or twice.
type byHand struct {
	*bridge
	*translator.Translator
}

func newByHand(t *testing.T) *byHand {
	t.Helper()
	b := newBridge(t)
	tr, err := translator.Open(t.Context(), b.server.Connect("translator"))
	if err != nil {
		t.Fatal(err)
	}
	return &byHand{b, tr}
}

func (b *byHand) handle(sequence uint64, m *messagev1.Message) {
	b.t.Helper()
	if err := b.Handle(b.t.Context(), sequence, message(m)); err != nil {
		b.t.Fatal(err)
	}
}

// heardNow is what waits for the platform of a contact.
func (b *byHand) heardNow(contact string) []string {
	return texts(messages(b.events(topology.Platform, 0), contact))
}

func TestAQuestionThatIsHandledAgainDoesNotOpenItsRepliesAgain(t *testing.T) {
	t.Parallel()
	b := newByHand(t)
	asked := outbound(custom, "q1", "ana", question("¿Cuándo?", "Hoy", "Mañana", "Nunca"))
	b.handle(10, asked)
	answered := inbound(custom, "a1", "ana", content.Text("2"))
	b.handle(11, answered)
	b.handle(10, asked)
	b.handle(12, inbound(custom, "a2", "ana", content.Text("2")))
	if diff := cmp.Diff([]string{"Mañana", "2"}, b.heardNow("ana")); diff != "" {
		t.Error(diff)
	}
}

// The answer, too: what it stands for does not depend on how often it is handled.
func TestAnAnswerThatIsHandledAgainSaysTheSame(t *testing.T) {
	t.Parallel()
	b := newByHand(t)
	b.handle(10, outbound(custom, "q1", "ana", question("¿Cuándo?", "Hoy", "Mañana", "Nunca")))
	answer := inbound(custom, "a1", "ana", content.Text("2"))
	b.handle(11, answer)
	answer.Generation = 1 // brought back from the dead letters
	b.handle(12, answer)
	if diff := cmp.Diff([]string{"Mañana", "Mañana"}, b.heardNow("ana")); diff != "" {
		t.Error(diff)
	}
}

func TestAnOlderQuestionThatIsHandledAgainDoesNotReplaceTheLast(t *testing.T) {
	t.Parallel()
	b := newByHand(t)
	first := outbound(custom, "q1", "ana", question("¿Cuándo?", "Hoy", "Mañana", "Nunca"))
	b.handle(10, first)
	b.handle(11, outbound(custom, "q2", "ana", question("¿Dónde?", "Aquí", "Allí", "Allá")))
	b.handle(10, first)
	b.handle(12, inbound(custom, "a1", "ana", content.Text("2")))

	tapped := outbound(custom, "q3", "luis", question("¿Cuándo?", "Hoy", "Mañana", "Nunca"))
	b.handle(20, tapped)
	b.handle(21, outbound(custom, "q4", "luis", question("¿Seguro?", "Sí", "No"))) // these can be tapped
	b.handle(20, tapped)
	b.handle(22, inbound(custom, "a2", "luis", content.Text("2")))
	if diff := cmp.Diff([]string{"Allí", "2"}, append(b.heardNow("ana"), b.heardNow("luis")...)); diff != "" {
		t.Error(diff)
	}
}

// What a network carries may change between a crash and the next try: parts that may be on their way are not split in
// another way under the same keys.
func TestPartsAreResumedAsTheyWereSplit(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("palabra ", 14) + "fin"
	for name, test := range map[string]struct {
		content *messagev1.Content
		carries provider.Carries // from now on
	}{
		"it carries more":           {content.Text(body), provider.Carries{Text: provider.Limit{Max: 4000}}},
		"it carries less":           {content.Text(body), provider.Carries{Text: provider.Limit{Max: 20}}},
		"it has buttons now":        {question("¿Cuándo?", "Hoy", "Mañana", "Nunca"), provider.Carries{Text: provider.Limit{Max: 40}, Buttons: provider.Limit{Max: 10}, ButtonText: provider.Limit{Max: 20}}},
		"it has no buttons now":     {question("¿Seguro?", "Sí", "No"), provider.Carries{Text: provider.Limit{Max: 4}}},
		"a short one becomes parts": {content.Text("uno dos tres cuatro"), provider.Carries{Text: provider.Limit{Max: 5}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBridge(t)
			b.remove("EGRESS_" + network)
			stop := b.run()
			m := outbound(custom, "m1", "ana", test.content)
			b.take(m)
			b.eventually("it is claimed", func() bool { return len(b.state(custom, "m1").GetParts()) > 0 })
			stop() // nothing of it was published
			if err := provision.Apply(t.Context(), b.server.Connect("provision"), []string{network}, provision.Storage{Replicas: 1}); err != nil {
				t.Fatal(err)
			}
			changed := testnet
			changed.Carries = test.carries
			if err := directory.Declare(t.Context(), b.bus, network, changed); err != nil {
				t.Fatal(err)
			}
			b.run()
			b.take(outbound(custom, "m2", "ana", content.Text("fin")))
			b.eventually("the next is routed", func() bool {
				got := messages(b.events(network, 0), "ana")
				return len(got) > 0 && got[len(got)-1].GetId() == "m2"
			})
			got := messages(b.events(network, 0), "ana")
			got = got[:len(got)-1]

			other := newBridge(t) // nothing happened to it
			other.run()
			other.take(outbound(custom, "m1", "ana", test.content))
			want := messages(other.events(network, len(got)), "ana")
			var gotContents, wantContents []string
			for _, p := range got {
				gotContents = append(gotContents, fmt.Sprint(p.GetPart(), p.GetContent()))
			}
			for _, p := range want {
				wantContents = append(wantContents, fmt.Sprint(p.GetPart(), p.GetContent()))
			}
			if diff := cmp.Diff(normal(wantContents), normal(gotContents)); diff != "" {
				t.Error(diff)
			}
			for _, p := range got {
				b.conclude(network, outcomeOf(p, eventv1.Result_RESULT_SENT))
			}
			b.eventuallyTold("m1", "sent")
			if s := b.state(custom, "m1"); len(s.GetContents()) > 0 {
				t.Error("what the parts say is still remembered")
			}
		})
	}
}

// normal is text formatted by protobuf, which varies its spaces.
func normal(lines []string) []string {
	var out []string
	for _, l := range lines {
		out = append(out, strings.Join(strings.Fields(l), " "))
	}
	return out
}

// remove deletes a stream: what is published to it fails.
func (b *bridge) remove(stream string) {
	b.t.Helper()
	b.broker.mu.Lock()
	defer b.broker.mu.Unlock()
	if answer, err := b.broker.ask("$JS.API.STREAM.DELETE."+stream, ""); err != nil || !strings.Contains(string(answer), `"success":true`) {
		b.t.Fatalf("%s, %v", answer, err)
	}
}

// A part of which there is news is on its way with all others: they are not published again.
func TestWhatHasNewsIsNotPublishedAgain(t *testing.T) {
	t.Parallel()
	b := newByHand(t)
	m := outbound(custom, "m1", "ana", content.Text("uno"))
	b.write(topology.StateSubject(custom, "m1"), &indexv1.State{
		Sequence: 10, Standing: indexv1.Standing_STANDING_TAKEN, Parts: []eventv1.Status{sent}, AcceptedAt: longAgo(),
	})
	b.handle(10, m)
	b.handle(11, outbound(custom, "m2", "ana", content.Text("dos")))
	if diff := cmp.Diff([]string{"dos"}, texts(messages(b.events(network, 1), "ana"))); diff != "" {
		t.Error(diff)
	}
}

func TestEachRepeatIsInTheJournalOnce(t *testing.T) {
	t.Parallel()
	b := newByHand(t)
	in, out := inbound(custom, "i1", "ana", content.Text("uno")), outbound(custom, "o1", "ana", content.Text("uno"))
	for _, sequence := range []uint64{10, 12, 14, 14, 16} {
		b.handle(sequence, in)
		b.handle(sequence+1, out)
	}
	for id, first := range map[string]string{"i1": "egress-testnet accepted", "o1": "ingress accepted"} {
		hops, _ := b.history(id)
		want := []string{first, "translator routed", "translator repeated", "translator repeated", "translator repeated"}
		if diff := cmp.Diff(want, hops); diff != "" {
			t.Errorf("%s: %s", id, diff)
		}
	}
	b.write(topology.StateSubject(custom, "void"), &indexv1.State{Standing: indexv1.Standing_STANDING_VOID})
	b.handle(20, outbound(custom, "void", "ana", content.Text("uno")))
	_, entries := b.history("void")
	if len(entries) != 1 || entries[0].GetReason() != "the platform was told that it was not taken" {
		t.Errorf("of a void the journal says %v", entries)
	}
}

// A receipt that raised the state is passed over when it comes again: its history has to be there by then.
func TestAReceiptIsInTheJournalBeforeItsState(t *testing.T) {
	t.Parallel()
	b := newByHand(t)
	m := outbound(custom, "m1", "ana", content.Text(strings.Repeat("palabra ", 14)))
	b.handle(10, m)
	r := &eventv1.Receipt{Network: network, Channel: custom, OwnId: "m1", Part: 1, Status: delivered, At: timestamppb.Now()}
	b.remove(topology.Journal.Name)
	if err := b.Receipt(t.Context(), 20, r); err == nil {
		t.Fatal("no error without a journal")
	}
	if err := provision.Apply(t.Context(), b.server.Connect("provision"), []string{network}, provision.Storage{Replicas: 1}); err != nil {
		t.Fatal(err)
	}
	if err := b.Receipt(t.Context(), 20, r); err != nil {
		t.Fatal(err)
	}
	_, entries := b.history("m1")
	if len(entries) != 1 || entries[0].GetHop() != journalv1.Hop_HOP_DELIVERED || entries[0].GetPart() != 1 {
		t.Errorf("the journal says %v", entries)
	}
}
