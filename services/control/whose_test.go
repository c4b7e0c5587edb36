package control_test

import (
	"strings"
	"testing"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/proto/gen/puente/control/v1/controlv1connect"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
)

// noted writes the history of a message to a contact.
func (a *api) noted(id, contact string, hops ...journalv1.Hop) {
	a.t.Helper()
	for _, hop := range hops {
		a.publish(topology.JournalSubject("toy", "A"), &journalv1.Entry{
			Id: id, Network: "toy", Channel: "A", Contact: contact, Service: "egress-toy", Hop: hop, At: timestamppb.Now(), Direction: messagev1.Direction_DIRECTION_OUTBOUND,
		})
	}
}

// A dead letter says whose message it is, and is chosen by its contact, by its key and by its message's id.
func TestADeadLetterSaysWhoseItIs(t *testing.T) {
	t.Parallel()
	a := start(t)
	key := record.ContactDigest(a.bus, "A", "+34600111222")
	for _, id := range []string{"one", "two"} {
		contact := key
		if id == "two" {
			contact = "another"
		}
		a.noted(id, contact, journalv1.Hop_HOP_ACCEPTED, journalv1.Hop_HOP_FAILED)
		a.bury("A", id, blocked)
	}
	list := func(f *controlv1.FailureFilter) (all []*controlv1.Failure) {
		t.Helper()
		answer, err := a.failures().ListFailures(t.Context(), with(reader, &controlv1.ListFailuresRequest{Filter: f}))
		if err != nil {
			t.Fatal(err)
		}
		return answer.Msg.GetFailures()
	}
	a.until("the history knows whose they are", func() bool {
		all := list(nil)
		return len(all) == 2 && all[0].GetContactKey() != "" && all[1].GetContactKey() != ""
	})
	if all := list(&controlv1.FailureFilter{Contact: key}); len(all) != 1 || all[0].GetId() != "one" || all[0].GetContactKey() != key || all[0].GetContact() != "···222" {
		t.Errorf("%v", all)
	}
	for want, keys := range map[string][]string{"two": {"two-0-0"}, "one": {"one"}, "two one": {"one-0-0", "two-0-0", "three"}, "": {"one-1-0"}} {
		var ids []string
		for _, f := range list(&controlv1.FailureFilter{Keys: keys}) {
			ids = append(ids, f.GetId())
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%q: %q, want %q", keys, got, want)
		}
	}
	results, sum, err := a.replayed(&controlv1.ReplayFailuresRequest{Filter: &controlv1.FailureFilter{Keys: []string{"two-0-0"}}})
	if err != nil || len(results) != 1 || results["two"] != controlv1.ReplayResult_REPLAY_RESULT_ON_ITS_WAY || sum.GetOnTheirWay() != 1 {
		t.Errorf("%v, %v, %v", results, sum, err)
	}
	if act := a.acts()[0]; act.GetTarget() != "two-0-0" {
		t.Errorf("%v", act)
	}
	if _, _, err := a.replayed(&controlv1.ReplayFailuresRequest{Filter: &controlv1.FailureFilter{Keys: make([]string, 1001)}}); err == nil {
		t.Error("there is no bound")
	}
}

// What was sent again and waits says what for.
func TestWhatWasSentAgainSaysWhatItWaitsFor(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.noted("one", "contact", journalv1.Hop_HOP_ACCEPTED, journalv1.Hop_HOP_FAILED)
	a.publish(topology.JournalSubject("toy", "A"), &journalv1.Entry{
		Id: "one", Network: "toy", Channel: "A", Contact: "contact", Service: "control", Hop: journalv1.Hop_HOP_REPLAYED, Generation: 1, At: timestamppb.Now(), Direction: messagev1.Direction_DIRECTION_OUTBOUND,
	})
	answering(a, topology.LaneSubject("toy", "A"), func(*livev1.LaneQuestion) (proto.Message, error) {
		return &livev1.LaneAnswer{Places: []*livev1.Place{{Id: "one", Position: 1, Length: 1}}, Held: blocked.Proto()}, nil
	})
	var got []*controlv1.Failure
	a.until("it is told", func() bool {
		answer, err := a.failures().ListFailures(t.Context(), with(reader, &controlv1.ListFailuresRequest{Resent: true}))
		if err != nil {
			t.Fatal(err)
		}
		got = answer.Msg.GetFailures()
		return len(got) == 1 && got[0].GetWaitsFor() != nil
	})
	if got[0].GetState() != controlv1.State_STATE_WAITING || got[0].GetWaitsFor().GetCode() != "toy.blocked" || got[0].GetContactKey() != "contact" {
		t.Errorf("%v", got)
	}
}

// Calls are listed the newest first, and one can be opened: what became of what it brought, and how it is built, without a value.
func TestACallIsShown(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, text := range []string{"zanahoria", "apio", "perejil"} {
		a.publish(topology.WebhookSubject("toy", "A"), &webhookv1.Call{Network: "toy", Channel: "A", Method: "POST", Body: []byte(`{"text":"` + text + `"}`), AcceptedAt: timestamppb.Now()})
	}
	answering(a, topology.DecodeSubject("toy"), func(*livev1.DecodeQuestion) (proto.Message, error) {
		return &livev1.DecodeAnswer{Messages: []string{"sent", "new"}, Receipts: 1}, nil
	})
	a.noted("sent", "contact", journalv1.Hop_HOP_ACCEPTED, journalv1.Hop_HOP_SENT)
	client := controlv1connect.NewWebhookServiceClient(h2c(), a.url)
	var numbers []uint64
	a.until("the calls are listed", func() bool {
		numbers = nil
		for token := ""; ; {
			answer, err := client.ListCalls(t.Context(), with(reader, &controlv1.ListCallsRequest{Network: "toy", PageSize: 2, PageToken: token}))
			if err != nil { // the network's service does not answer yet
				return false
			}
			for _, c := range answer.Msg.GetCalls() {
				numbers = append(numbers, c.GetNumber())
			}
			if token = answer.Msg.GetNextPageToken(); token == "" {
				return true
			}
		}
	})
	if len(numbers) != 3 || numbers[0] != 3 || numbers[2] != 1 {
		t.Fatalf("%v", numbers)
	}
	a.publish(topology.DeadSubject("egress-toy", "toy", "A"), &eventv1.DeadLetter{
		Service: "egress-toy", Network: "toy", Channel: "A", Subject: topology.WebhookSubject("toy", "A"), Sequence: 2, Key: "call", Reason: "no such field", Body: []byte("x"), At: timestamppb.Now(),
	})
	var got *controlv1.ShowCallResponse
	a.until("the history knows the message", func() bool {
		answer, err := client.ShowCall(t.Context(), with(reader, &controlv1.ShowCallRequest{Network: "toy", Number: 2}))
		if err != nil {
			t.Fatal(err)
		}
		got = answer.Msg
		return got.GetMessages()[0].GetState() != 0
	})
	if got.GetCall().GetNumber() != 2 || got.GetCall().GetReceipts() != 1 || len(got.GetMessages()) != 2 || got.GetMessages()[0].GetState() != controlv1.State_STATE_SENT ||
		got.GetMessages()[1].GetState() != 0 || got.GetMessages()[1].GetKnown() {
		t.Errorf("%v", got)
	}
	if len(got.GetLetters()) != 1 || got.GetLetters()[0].GetNumber() != 1 {
		t.Errorf("letters: %v", got.GetLetters())
	}
	if s := got.GetStructure(); strings.Contains(got.String(), "apio") || !strings.Contains(s, `"text":"text of 4 characters"`) {
		t.Errorf("%s", s)
	}
	if _, err := client.ShowCall(t.Context(), with(reader, &controlv1.ShowCallRequest{Network: "toy", Number: 9})); err == nil {
		t.Error("a call that there is not")
	}
	if _, err := client.ShowCall(t.Context(), with("nobody", &controlv1.ShowCallRequest{Network: "toy", Number: 2})); err == nil {
		t.Error("to a stranger")
	}
}

// What only looked is left out of the audit for who asks for that.
func TestTheAuditWithoutPreviews(t *testing.T) {
	t.Parallel()
	a := start(t)
	filter := &controlv1.FailureFilter{Reason: "x"}
	for _, dry := range []bool{true, false, true} {
		if _, _, err := a.replayed(&controlv1.ReplayFailuresRequest{Filter: filter, DryRun: dry}); err != nil {
			t.Fatal(err)
		}
	}
	answer, err := a.system(reader).ListAudit(t.Context(), connect.NewRequest(&controlv1.ListAuditRequest{WithoutPreviews: true}))
	if err != nil || len(answer.Msg.GetActs()) != 1 || strings.Contains(answer.Msg.GetActs()[0].GetDetail(), "dry run") || len(a.acts()) != 3 {
		t.Errorf("%v, %v", answer, err)
	}
}
