package runtime_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/webhook"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

func TestACallBecomesCanonicalEvents(t *testing.T) {
	t.Parallel()
	w := start(t, courier(idle))
	w.call(`[
		{"key": "k1", "from": "ana", "name": "Ana", "text": "hola", "at": 1718000000},
		{"key": "k1 v2", "from": "ana", "text": "hola!", "edited": true, "edits": "k1"},
		{"key": "k3", "from": "ana", "text": "from the app", "echo": "their-7"}
	]`)
	id := func(key string) string { return w.bus.Digest(digest.ForMessage, network, channel, key) }
	message := func(key, text string) *messagev1.Message {
		return &messagev1.Message{
			Id: id(key), Network: network, Channel: channel, Contact: &messagev1.Contact{Address: "ana", Profile: &messagev1.Profile{}},
			Direction: messagev1.Direction_DIRECTION_INBOUND, AcceptedAt: timestamppb.New(acceptedAt), Content: content.Text(text),
		}
	}
	first, second := message("k1", "hola"), message("k1 v2", "hola!")
	first.WrittenAt, first.Contact.Profile.FirstName = timestamppb.New(time.Unix(1718000000, 0)), "Ana"
	second.Revision, second.Edits = messagev1.Revision_REVISION_EDITED, id("k1")
	want := []*eventv1.Event{
		{Kind: &eventv1.Event_Message{Message: first}},
		{Kind: &eventv1.Event_Message{Message: second}},
		{Kind: &eventv1.Event_Echo{Echo: &eventv1.Echo{Message: message("k3", "from the app"), Ref: record.RefDigest(w.bus, network, channel, "their-7")}}},
	}
	got := w.awaitMessages(3)
	digests := map[string]bool{}
	for _, e := range got {
		m := e.GetMessage()
		if echo := e.GetEcho(); echo != nil {
			m = echo.GetMessage()
		}
		digests[m.GetContentDigest()] = true
		m.ContentDigest = ""
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	if len(digests) != 3 || digests[""] {
		t.Errorf("three contents have the digests %v", digests)
	}
	if len(id("k1")) != digest.Length || strings.Contains(id("k1"), "k1") {
		t.Errorf("id %q", id("k1"))
	}
}

func TestTheSameCallGivesTheSameID(t *testing.T) {
	t.Parallel()
	w := start(t, courier(idle))
	w.call(`[{"key": "k1", "from": "ana", "text": "once"}]`)
	w.call(`[{"key": "k1", "from": "ana", "text": "once"}]`)
	w.call(`[{"key": "k2", "from": "ana", "text": "last"}]`)
	// the stream drops the second for its id
	got := w.awaitMessages(2)
	if len(got) != 2 || got[0].GetMessage().GetContent().GetText().GetBody() != "once" || got[1].GetMessage().GetContent().GetText().GetBody() != "last" {
		t.Errorf("%v", got)
	}
}

func TestReceiptsGoWhereTheirMessagesOutcomesAre(t *testing.T) {
	t.Parallel()
	w := start(t, courier(idle))
	w.call(`[
		{"key": "r1", "ref": "their-1", "status": 2, "at": 1718000000},
		{"key": "r2", "own": "0190abc-3", "status": 4, "text": "no such number"},
		{"key": "r3", "ref": "their-1", "own": "0190abc-0", "status": 3}
	]`)
	ref, accepted := record.RefDigest(w.bus, network, channel, "their-1"), timestamppb.New(acceptedAt)
	want := map[string]*eventv1.Receipt{
		"2": {Network: network, Channel: channel, Ref: ref, Status: eventv1.Status_STATUS_DELIVERED, At: timestamppb.New(time.Unix(1718000000, 0))},
		"4": {Network: network, Channel: channel, OwnId: "0190abc", Part: 3, Status: eventv1.Status_STATUS_FAILED, Reason: "it failed: no such number", At: accepted, Why: &reasonv1.Reason{
			Code: network + ".failed", Fault: reasonv1.Fault_FAULT_CONTACT, Params: map[string]string{"words": "no such number"},
			En: "it failed: no such number", Es: "ha fallado: no such number",
		}},
		"3": {Network: network, Channel: channel, Ref: ref, OwnId: "0190abc", Status: eventv1.Status_STATUS_READ, At: accepted},
	}
	got := map[string]*eventv1.Receipt{}
	for _, e := range w.awaitOutcomes(3) {
		got[fmt.Sprint(int32(e.GetReceipt().GetStatus()))] = e.GetReceipt()
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	byRef := 0
	for _, s := range w.subjects {
		if s == topology.ReceiptSubject(network, channel, ref) {
			byRef++
		}
		if strings.Contains(s, "their-1") || strings.Contains(s, "0190abc") {
			t.Errorf("the subject tells the network's id: %s", s)
		}
	}
	if byRef != 1 { // the others are found by our own id
		t.Errorf("%d receipts under the ref's subject, want 1: %v", byRef, w.subjects)
	}
}

// TestReceiptsLeaveRoomForOutcomes: where OUTCOMES_* is nearly full, receipts wait, and are not lost.
func TestReceiptsLeaveRoomForOutcomes(t *testing.T) {
	t.Parallel()
	w, s := newWorld(t)
	stream := topology.Outcomes(network).Name
	bustest.Publish(t, w.bus, bus.Post{Subject: topology.OutcomeSubject(network, channel, "m"), ID: "m", Body: &eventv1.Event{Kind: &eventv1.Event_Outcome{
		Outcome: &eventv1.Outcome{Key: "m", Reason: strings.Repeat("x", 500<<10)},
	}}})
	state, err := w.bus.State(t.Context(), stream)
	if err != nil {
		t.Fatal(err)
	}
	s.Bound(stream, int64(state.Bytes)*100/97)
	w.serve(courier(idle), s.Connect(service))
	w.call(`[{"key": "r1", "ref": "their-1", "status": 2}, {"key": "k1", "from": "ana", "text": "hello"}]`)
	w.awaitMessages(1)
	time.Sleep(2 * time.Second) // long enough for the receipt, were it going to
	if got := w.awaitOutcomes(1); len(got) != 1 {
		t.Errorf("%d receipts where there is no room but for outcomes", len(got)-1)
	}
	s.Bound(stream, 10*int64(state.Bytes))
	if got := w.awaitOutcomes(2); got[1].GetReceipt().GetStatus() != eventv1.Status_STATUS_DELIVERED {
		t.Errorf("%v", got[1])
	}
}

func TestWhatCannotBeReadGoesToTheDeadLettersAndTheNextGoesOn(t *testing.T) {
	t.Parallel()
	w := start(t, courier(idle))
	for i, test := range []struct{ body, reason string }{
		{"no JSON " + token, "no list"},
		{`[{"panic": true, "text": "` + token + `"}]`, "panic in receive of courier"},
		{`[{"from": "ana", "text": "x"}]`, "the network's service made an event without a key"},
		{`[{"ref": "their-1", "status": 2}]`, "the network's service made an event without a key"},
		{`[{"key": "k", "text": "x"}]`, "the network's service made an event without contact or content"},
		{`[{"key": "k", "from": "ana"}]`, "the network's service made an event without contact or content"},
		{`[{"key": "k", "status": 2}]`, "the network's service made a receipt without a message or a status"},
		{`[{"key": "k", "own": "not a key", "status": 2}]`, "the network's service made a receipt without a message or a status"},
		{`[{"key": "k", "ref": "their-1"}]`, "the network's service made a receipt without a message or a status"},
	} {
		w.call(test.body)
		w.awaitDead(channel, test.body, test.reason)
		w.call(fmt.Sprintf(`[{"key": "good%d", "from": "ana", "text": "goes on"}]`, i))
		w.awaitMessages(i + 1)
	}
	if strings.Contains(w.logs.String(), token) {
		t.Error("the log tells what was in the call")
	}
	w.callTo("gone", `[{"key": "k", "from": "ana", "text": "x"}]`)
	w.awaitDead("gone", "[", "the channel is no longer configured")
}

// One that cannot be read is a dead letter of its own, and takes none of its call with it; a newer version reads it.
func TestAnEventThatCannotBeReadIsADeadLetterOfItsOwn(t *testing.T) {
	t.Parallel()
	w, s := newWorld(t)
	n := courier(idle)
	stop := w.serve(n, s.Connect(service))
	w.call(`[{"key": "k1", "from": "ana", "text": "one"}, {"broken": "a message has no id"}, {"key": "k2", "from": "ana", "text": "two"},
		{"text": "no key"}, {"broken": "a receipt names no message"}, {"key": "k3", "from": "ana", "text": "three"}]`)
	want := []string{"one", "two", "three"}
	if diff := cmp.Diff(want, texts(w.awaitMessages(3))); diff != "" {
		t.Error(diff)
	}
	letters := func() (all []deadletter.Letter) {
		all, _, err := deadletter.List(t.Context(), w.bus, deadletter.Query{})
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	eventually(t, "three dead letters", func() bool { return len(letters()) == 3 })
	var reasons []string
	for _, l := range letters() {
		reasons = append(reasons, l.Why.String())
		if l.Kind != deadletter.Call {
			t.Errorf("%+v", l)
		}
	}
	if diff := cmp.Diff([]string{"a message has no id", "the network's service made an event without a key", "a receipt names no message"}, reasons); diff != "" {
		t.Error(diff)
	}

	stop()
	read := n.Receive
	n.Receive = func(a courierAccount, c webhook.Call) ([]provider.Event, error) {
		c.Body = bytes.ReplaceAll(c.Body, []byte(`"broken": "a message has no id"`), []byte(`"key": "k9", "from": "ana", "text": "nine"`))
		return read(a, c)
	}
	w.serve(n, s.Connect(service))
	s.ForgetIDs(topology.Messages.Name) // the letters are older than what is remembered of messages
	groups := deadletter.Group(letters())
	if len(groups) != 1 {
		t.Fatalf("the letters of one call are brought back in %d pieces", len(groups))
	}
	if again, err := deadletter.Replay(t.Context(), w.bus, groups[0]); !again || err != nil {
		t.Fatalf("%t, %v", again, err)
	}
	// those that were taken before do not come again, and nobody has to remember that they were
	w.call(`[{"key": "k10", "from": "ana", "text": "last"}]`)
	eventually(t, "what was behind it came", func() bool { return slices.Contains(texts(w.awaitMessages(4)), "last") })
	if diff := cmp.Diff([]string{"one", "two", "three", "nine", "last"}, texts(w.awaitMessages(5))); diff != "" {
		t.Error(diff)
	}
	eventually(t, "what still cannot be read is told again", func() bool { return len(letters()) == 2 })
}

// A call may hold very many: their letters take no more room than one message of the broker.
func TestLettersOfOneCallAreBounded(t *testing.T) {
	t.Parallel()
	w := start(t, courier(idle))
	const many = 500
	padding := strings.Repeat(" ", 1<<20)
	w.call("[" + padding + strings.Repeat(`{"broken": "a message has no id"},`, many-1) + `{"broken": "a message has no id"}]`)
	var letters []deadletter.Letter
	eventually(t, "dead letters", func() bool {
		letters, _, _ = deadletter.List(t.Context(), w.bus, deadletter.Query{Limit: many})
		return len(letters) > 0 && strings.Contains(letters[len(letters)-1].Why.String(), "more events of the call")
	})
	if n := len(letters); n < 2 || n > 8 || letters[n-1].Why.String() != fmt.Sprintf("a message has no id; %d more events of the call cannot be read", many-n) {
		t.Errorf("%d letters, the last: %q", n, letters[n-1].Why.String())
	}
}

func TestIgnoredEventsPass(t *testing.T) {
	t.Parallel()
	w := start(t, courier(idle))
	w.call(`[{"ignored": "group chat"}, {"key": "k1", "from": "ana", "text": "one"}, {"ignored": "group chat"}]`)
	w.call(`[{"ignored": "typing"}]`)
	w.call(`[]`)
	w.call(`[{"key": "k2", "from": "ana", "text": "two"}]`)
	if got := w.awaitMessages(2); len(got) != 2 {
		t.Errorf("%v", got)
	}
	if log := w.logs.String(); strings.Count(log, "level=INFO msg=\"event ignored\"") != 2 || !strings.Contains(log, `why="group chat" count=2`) {
		t.Errorf("log: %s", log)
	}
}

func TestATextThatIsNoUTF8IsMarkedAndHoldsNothingBack(t *testing.T) {
	t.Parallel()
	w := start(t, courier(idle))
	w.call(`[
		{"key": "k1", "from": "ana", "raw": "` + base64.StdEncoding.EncodeToString([]byte("ma\xf1ana")) + `"},
		{"key": "k2", "from": "ana", "text": "next"}
	]`)
	got := w.awaitMessages(2)
	if text := got[0].GetMessage().GetContent().GetText().GetBody(); text != "ma\ufffdana" {
		t.Errorf("%q", text)
	}
}

func TestAContactsEventsKeepTheirOrder(t *testing.T) {
	t.Parallel()
	w := start(t, courier(idle))
	const contacts, each = 5, 20
	for i := range each {
		var items []string
		for c := range contacts {
			items = append(items, fmt.Sprintf(`{"key": "k%d-%d", "from": "c%d", "text": "%d"}`, c, i, c, i))
		}
		w.call("[" + strings.Join(items, ",") + "]")
	}
	next := map[string]int{}
	for _, e := range w.awaitMessages(contacts * each) {
		m := e.GetMessage()
		from := m.GetContact().GetAddress()
		if got := m.GetContent().GetText().GetBody(); got != fmt.Sprint(next[from]) {
			t.Fatalf("%s: %s came instead of %d", from, got, next[from])
		}
		next[from]++
	}
}
