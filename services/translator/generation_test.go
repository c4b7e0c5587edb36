package translator_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// refused gives parts up, as the network's service does: dead letters, then outcomes.
func (b *bridge) refused(parts ...*messagev1.Message) []deadletter.Letter {
	b.t.Helper()
	for _, p := range parts {
		body, err := proto.Marshal(message(p))
		if err != nil {
			b.t.Fatal(err)
		}
		b.letter(&eventv1.DeadLetter{
			Service: "egress-" + network, Network: network, Channel: custom, Subject: topology.EgressSubject(network, custom), Key: topology.MessageKey(p), Body: body,
		})
		o := outcomeOf(p, eventv1.Result_RESULT_FAILED)
		o.Reason = "refused"
		b.conclude(network, o)
	}
	letters, _, err := deadletter.List(b.t.Context(), b.bus, deadletter.Query{})
	if err != nil {
		b.t.Fatal(err)
	}
	return letters
}

func (b *bridge) letter(d *eventv1.DeadLetter) {
	b.t.Helper()
	if _, err := b.bus.Publish(b.t.Context(), bus.Post{Subject: topology.DeadSubject(d.GetService(), d.GetNetwork(), d.GetChannel()), Body: d}); err != nil {
		b.t.Fatal(err)
	}
}

// replayed brings letters back, and returns what waits for the network again.
func (b *bridge) replayed(letters []deadletter.Letter) []*messagev1.Message {
	b.t.Helper()
	before := len(b.events(network, 0))
	if again, err := deadletter.Replay(b.t.Context(), b.bus, letters); err != nil || !again {
		b.t.Fatalf("replay: %v, %v", again, err)
	}
	var parts []*messagev1.Message
	for _, e := range b.events(network, before+1)[before:] {
		parts = append(parts, e.GetMessage())
	}
	return parts
}

// sent of generation 1 follows failed of generation 0, and what is late of generation 0 changes nothing.
func TestAMessageThatIsBroughtBackStartsAnew(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	m := b.waiting("m1")
	letters := b.refused(m)
	b.eventuallyTold("m1", "failed: refused")
	again := b.replayed(letters)
	if len(again) != 1 || again[0].GetGeneration() != 1 || again[0].GetContent().GetText().GetBody() != "Hola" {
		t.Fatalf("%v", again)
	}
	late := outcomeOf(m, eventv1.Result_RESULT_FAILED)
	late.Reason = "refused"
	b.conclude(network, late)
	b.wantTold(m, "what was late of the first time", "failed: refused")
	if s := b.state(custom, "m1"); s.GetStatus() != eventv1.Status_STATUS_UNSPECIFIED || s.GetReason() != "" || s.GetAddress() != "contact-of-m1" {
		t.Errorf("state %v", s)
	}
	b.sentAs(again[0], "ref1")
	b.eventuallyTold("m1", "failed: refused", "sent")
	b.conclude(network, late)
	b.receipt("ref1", delivered, "")
	b.eventuallyTold("m1", "failed: refused", "sent", "delivered")

	var generations []uint32
	for _, e := range b.events(topology.Platform, 0) {
		generations = append(generations, e.GetStatus().GetGeneration())
	}
	if diff := cmp.Diff([]uint32{0, 1, 1}, generations); diff != "" {
		t.Errorf("told of generations: %s", diff)
	}
	_, entries := b.history("m1")
	var replays []uint32
	for _, e := range entries {
		if e.GetService() == "test" { // the bus that brought it back
			replays = append(replays, e.GetGeneration())
		}
	}
	if diff := cmp.Diff([]uint32{1}, replays); diff != "" {
		t.Errorf("replays in the journal: %s", diff)
	}
}

func TestAMessageThatIsRefusedAgainFailsAgain(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	letters := b.refused(b.waiting("m1"))
	b.eventuallyTold("m1", "failed: refused")
	letters = b.refused(b.replayed(letters)...)
	b.eventuallyTold("m1", "failed: refused", "failed: refused")
	b.replayed(letters)
	third := messages(b.events(network, 3), "contact-of-m1")[2]
	b.sentAs(third, "ref1")
	b.eventuallyTold("m1", "failed: refused", "failed: refused", "sent")
}

// Only the parts that go again start anew; the others keep how far they came, and their receipts go on to count.
func TestPartsThatWereSentKeepHowFarTheyCame(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	parts := b.split("m1")
	b.sentAs(parts[0], "ref0")
	letters := b.refused(parts[1:]...)
	b.eventuallyTold("m1", "failed: parte 2 de 3: refused")
	again := b.replayed(letters)
	if len(again) != 2 || again[0].GetPart().GetIndex() != 1 || again[1].GetPart().GetIndex() != 2 {
		t.Fatalf("%v", again)
	}
	b.receipt("ref0", delivered, "") // of generation 0
	b.eventually("the first part goes on", func() bool { return b.state(custom, "m1").GetParts()[0] == delivered })
	b.sentAs(again[0], "ref1")
	b.sentAs(again[1], "ref2")
	b.eventuallyTold("m1", "failed: parte 2 de 3: refused", "sent")
	late := outcomeOf(parts[1], eventv1.Result_RESULT_FAILED)
	b.conclude(network, late)
	b.receipt("ref1", delivered, "")
	b.receipt("ref2", delivered, "")
	b.eventuallyTold("m1", "failed: parte 2 de 3: refused", "sent", "delivered")
	_, entries := b.history("m1")
	for _, e := range entries {
		if e.GetHop().String() == "HOP_DELIVERED" && (e.GetGeneration() == 0) != (e.GetPart() == 0) {
			t.Errorf("part %d is said to be of generation %d", e.GetPart(), e.GetGeneration())
		}
	}
}

// A network that hands back our id does not say of which generation: what it says of before the replay is not of after.
func TestAFailureFromBeforeTheReplayIsNotOfIt(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	m := b.waiting("m1")
	letters := b.refused(m)
	b.eventuallyTold("m1", "failed: refused")
	again := b.replayed(letters)
	failedAt := func(at time.Time, reason string) {
		r := &eventv1.Receipt{Network: network, Channel: custom, OwnId: "m1", Status: failed, Reason: reason, At: timestamppb.New(at)}
		b.post(topology.ReceiptSubject(network, custom, "own"), "", &eventv1.Event{Kind: &eventv1.Event_Receipt{Receipt: r}})
	}
	failedAt(time.Now().Add(-time.Hour), "late")
	b.sentAs(again[0], "ref1")
	b.eventuallyTold("m1", "failed: refused", "sent")
	failedAt(time.Now().Add(time.Hour), "now")
	b.eventuallyTold("m1", "failed: refused", "sent", "failed: now")
}

// A network that knows the idempotency key may give a replay the id that it gave before.
func TestAnIDThatIsGivenAgainLeadsToTheReplay(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	digest := record.RefDigest(b.bus, network, custom, "ref1")
	b.write(topology.RefSubject(network, custom, digest), &indexv1.Ref{Id: "m1"})
	again := b.replayed(b.refused(b.waiting("m1")))
	b.sentAs(again[0], "ref1")
	b.eventually("sent", func() bool { return b.state(custom, "m1").GetStatus() == sent })
	b.receipt("ref1", delivered, "")
	b.eventually("delivered", func() bool { return b.state(custom, "m1").GetStatus() == delivered })
}

func TestAHigherGenerationOfWhatCameInIsTakenAgain(t *testing.T) {
	t.Parallel()
	b := newByHand(t)
	m, e := inbound(custom, "i1", "ana", content.Text("uno")), inbound(custom, "e1", "ana", content.Text("dos"))
	take := func(sequence uint64, generation uint32) {
		t.Helper()
		m.Generation, e.Generation = generation, generation
		b.handle(sequence, m)
		if err := b.Handle(t.Context(), sequence+100, echoOf(e, "")); err != nil {
			t.Fatal(err)
		}
	}
	take(10, 0)
	take(11, 1)
	take(12, 1) // a repeat
	take(10, 0) // late
	take(11, 0) // late, and the sequence is the record's
	take(13, 2)
	var keys []string
	for _, s := range b.sent(topology.Platform, 6) {
		keys = append(keys, s.header.Get("Nats-Msg-Id"))
	}
	if diff := cmp.Diff([]string{"i1-0-0", "e1-0-0", "i1-1-0", "e1-1-0", "i1-2-0", "e1-2-0"}, keys); diff != "" {
		t.Error(diff)
	}
	hops, _ := b.history("i1")
	repeats := 0
	for _, hop := range hops {
		if hop == "translator repeated" {
			repeats++
		}
	}
	if repeats != 3 {
		t.Errorf("%d dropped as repeats, want 3: %v", repeats, hops)
	}
}

// Brought back twice, where the first time was not taken out of the list, and the stream has forgotten the id.
func TestWhatTheTranslatorGaveUpIsTakenOnceAgain(t *testing.T) {
	t.Parallel()
	b := newByHand(t)
	m := inbound(custom, "i1", "ana", content.Text("uno"))
	b.handle(10, m)
	body, err := proto.Marshal(message(m))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		b.letter(&eventv1.DeadLetter{Service: "translator", Network: network, Channel: custom, Subject: topology.MessageSubject(network, custom, "ana"), Key: "i1", Body: body})
	}
	letters, _, err := deadletter.List(t.Context(), b.bus, deadletter.Query{})
	if err != nil || len(letters) != 2 {
		t.Fatalf("%d letters, %v", len(letters), err)
	}
	if again, err := deadletter.Replay(t.Context(), b.bus, letters[:1]); !again || err != nil {
		t.Fatal(again, err)
	}
	all := b.broker.read(t, topology.Messages.Name)
	brought := decode(t, all[len(all)-1], &eventv1.Event{}).GetMessage()
	if brought.GetGeneration() != 1 {
		t.Fatalf("%v", brought)
	}
	b.handle(11, brought)
	b.handle(12, brought) // the same, stored twice
	if again, err := deadletter.Replay(t.Context(), b.bus, letters[1:]); again || err != nil {
		t.Errorf("taken since, and replayed: %v, %v", again, err)
	}
	if diff := cmp.Diff([]string{"uno", "uno"}, b.heardNow("ana")); diff != "" {
		t.Error(diff)
	}
}
