package control_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// failByReceipt leaves all that the services do of a message that the network took and told of as failed; its text is kept
// where kept says so.
func (a *api) failByReceipt(channel, id string, c *messagev1.Content, kept bool) {
	a.t.Helper()
	m := &messagev1.Message{
		Id: id, Network: "toy", Channel: channel, Direction: messagev1.Direction_DIRECTION_OUTBOUND, Contact: &messagev1.Contact{Address: "+34600111222"},
		AcceptedAt: timestamppb.Now(), Content: c,
	}
	index := record.New(a.bus)
	if _, err := index.ClaimOutbound(a.t.Context(), 1, m, []*messagev1.Content{c}); err != nil {
		a.t.Fatal(err)
	}
	if kept {
		a.publish(topology.SentSubject("toy", channel, topology.MessageKey(m)), &eventv1.Event{Kind: &eventv1.Event_Message{Message: m}})
	}
	key := topology.MessageKey(m)
	a.publish(topology.OutcomeSubject("toy", channel, key), &eventv1.Event{Kind: &eventv1.Event_Outcome{Outcome: &eventv1.Outcome{
		Key: key, Id: id, Parts: 1, Network: "toy", Channel: channel, Result: eventv1.Result_RESULT_SENT, At: timestamppb.Now(),
	}}})
	a.receiptFails(channel, id, 0)
	for hop, receipt := range map[journalv1.Hop]bool{journalv1.Hop_HOP_ACCEPTED: false, journalv1.Hop_HOP_FAILED: true} {
		e := &journalv1.Entry{
			Id: id, Network: "toy", Channel: channel, Contact: "contact", Service: "egress-toy", Hop: hop, At: timestamppb.Now(),
			Direction: messagev1.Direction_DIRECTION_OUTBOUND, ByReceipt: receipt,
		}
		if receipt {
			e.Why, e.Reason = unreachable.Proto(), unreachable.String()
		}
		a.publish(topology.JournalSubject("toy", channel), e)
	}
}

// receiptFails is what the translator does of a receipt that tells of a failure.
func (a *api) receiptFails(channel, id string, generation uint32) {
	a.t.Helper()
	index := record.New(a.bus)
	c, err := index.Advance(a.t.Context(), channel, id, record.News{Generation: generation, Status: eventv1.Status_STATUS_FAILED, Why: unreachable, Sequence: 5})
	if err == nil {
		err = index.Commit(a.t.Context(), c)
	}
	if err != nil {
		a.t.Fatal(err)
	}
}

var unreachable = reason.New("toy.unreachable", reason.Contact, "no such number", "no existe ese número")

func said(body string) *messagev1.Content {
	return &messagev1.Content{Kind: &messagev1.Content_Text{Text: &messagev1.Text{Body: body}}}
}

// Without the word of who asks nothing goes that may arrive twice; with it, all goes whose text is there.
func TestWhatFailedByAReceiptGoesOnlyOnDemand(t *testing.T) {
	t.Parallel()
	a := start(t)
	file := said("")
	file.Kind = &messagev1.Content_Attachment{Attachment: &messagev1.Attachment{
		Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, Url: publicURL + "/media/" + strings.Repeat("ab", 16),
	}}
	elsewhere := said("")
	elsewhere.Kind = &messagev1.Content_Attachment{Attachment: &messagev1.Attachment{
		Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, Url: "https://files.example.com/media/" + strings.Repeat("ab", 16),
	}}
	a.failByReceipt("A", "kept", said("the PIN is 4711"), true)
	a.failByReceipt("A", "elsewhere", elsewhere, true)
	a.failByReceipt("A", "gone", said("x"), false)
	a.failByReceipt("A", "nofile", file, true)
	a.failByReceipt("removed", "nochannel", said("x"), true)
	a.bury("A", "refused", unreachable)
	filter := &controlv1.FailureFilter{Reason: "toy.unreachable"}
	bustest.Eventually(t, "the history knows them", func() bool {
		answer, err := a.failures().ListFailures(t.Context(), with(reader, &controlv1.ListFailuresRequest{Filter: filter}))
		return err == nil && len(answer.Msg.GetFailures()) == 6
	})
	const (
		leftOut, wouldGo, stays = controlv1.ReplayResult_REPLAY_RESULT_LEFT_OUT, controlv1.ReplayResult_REPLAY_RESULT_WOULD_GO, controlv1.ReplayResult_REPLAY_RESULT_STAYS
		onItsWay                = controlv1.ReplayResult_REPLAY_RESULT_ON_ITS_WAY
	)
	want := func(request *controlv1.ReplayFailuresRequest, kept, refused controlv1.ReplayResult, twice uint64) {
		t.Helper()
		request.Filter = filter
		results, sum, err := a.replayed(request)
		expected := map[string]controlv1.ReplayResult{"kept": kept, "elsewhere": kept, "gone": stays, "nofile": stays, "nochannel": stays, "refused": refused}
		if diff := cmp.Diff(expected, results); err != nil || diff != "" || sum.GetMayArriveTwice() != twice || sum.GetStay() != 3 {
			t.Errorf("%v, %v\n%s", sum, err, diff)
		}
		if (sum.GetLeftOut() == 2) != (kept == leftOut) {
			t.Errorf("%v", sum)
		}
	}
	want(&controlv1.ReplayFailuresRequest{DryRun: true}, leftOut, wouldGo, 0)
	want(&controlv1.ReplayFailuresRequest{DryRun: true, AcceptDuplicates: true}, wouldGo, wouldGo, 2)
	if n, err := a.bus.Backlog(t.Context(), "toy", "A"); err != nil || n != 0 {
		t.Fatalf("a dry run sent %d, %v", n, err)
	}
	want(&controlv1.ReplayFailuresRequest{}, leftOut, onItsWay, 0)
	if n, err := a.bus.Backlog(t.Context(), "toy", "A"); err != nil || n != 1 {
		t.Fatalf("%d went, %v", n, err)
	}
	for id, code := range a.whys(&controlv1.ReplayFailuresRequest{Filter: filter, DryRun: true}) {
		reasons := map[string]string{
			"kept": "puente.may_arrive_twice", "elsewhere": "puente.may_arrive_twice", "gone": "puente.text_gone 48 h", "nofile": "puente.file_gone",
			"nochannel": reason.ChannelRemoved.Code(),
		}
		if !strings.HasPrefix(code, strings.Fields(reasons[id])[0]) || id == "gone" && !strings.Contains(code, "48 h") {
			t.Errorf("%s: %s, want %s", id, code, reasons[id])
		}
	}
	// by its id, and waited for
	key := topology.Key("kept", 1, 0)
	a.publish(topology.OutcomeSubject("toy", "A", key), &eventv1.Event{Kind: &eventv1.Event_Outcome{Outcome: &eventv1.Outcome{Key: key, Id: "kept", Generation: 1, Result: eventv1.Result_RESULT_SENT}}})
	results, sum, err := a.replayed(&controlv1.ReplayFailuresRequest{Filter: &controlv1.FailureFilter{Key: "kept"}, AcceptDuplicates: true, WaitSeconds: 30})
	if err != nil || results["kept"] != controlv1.ReplayResult_REPLAY_RESULT_SENT || sum.GetMayArriveTwice() != 1 {
		t.Errorf("%v, %v, %v", results, sum, err)
	}
	if n, err := a.bus.Backlog(t.Context(), "toy", "A"); err != nil || n != 2 {
		t.Errorf("%d are on their way, %v", n, err)
	}
	if acts := a.acts(); acts[0].GetDetail() != "duplicates accepted, 1 taken" {
		t.Errorf("%v", acts[0])
	}
	// it failed again, by a receipt, and its text was kept once more
	again := &messagev1.Message{
		Id: "kept", Generation: 1, Resent: 1, Network: "toy", Channel: "A", Direction: messagev1.Direction_DIRECTION_OUTBOUND, Contact: &messagev1.Contact{Address: "+34600111222"},
		AcceptedAt: timestamppb.Now(), Content: said("the PIN is 4711"),
	}
	a.publish(topology.SentSubject("toy", "A", key), &eventv1.Event{Kind: &eventv1.Event_Message{Message: again}})
	a.receiptFails("A", "kept", 1)
	a.publish(topology.JournalSubject("toy", "A"), &journalv1.Entry{
		Id: "kept", Generation: 1, Network: "toy", Channel: "A", Contact: "contact", Service: "egress-toy", Hop: journalv1.Hop_HOP_FAILED, At: timestamppb.New(time.Now()),
		Direction: messagev1.Direction_DIRECTION_OUTBOUND, ByReceipt: true, Why: unreachable.Proto(), Reason: unreachable.String(),
	})
	bustest.Eventually(t, "it failed again", func() bool {
		results, _, err := a.replayed(&controlv1.ReplayFailuresRequest{Filter: &controlv1.FailureFilter{Key: "kept"}, AcceptDuplicates: true})
		return err == nil && results["kept"] == onItsWay
	})
	if n, err := a.bus.Backlog(t.Context(), "toy", "A"); err != nil || n != 3 {
		t.Errorf("%d are on their way, %v", n, err)
	}
	var last eventv1.Event
	for _, stored := range a.server.Stored("EGRESS_toy", 0) {
		stored.Into(t, &last)
	}
	if m := last.GetMessage(); m.GetGeneration() != 2 || m.GetResent() != 2 {
		t.Errorf("%v", m)
	}
}

// whys are the reasons of a replay's results, as code and sentence.
func (a *api) whys(r *controlv1.ReplayFailuresRequest) map[string]string {
	a.t.Helper()
	stream, err := a.failures().ReplayFailures(a.t.Context(), with(writer, r))
	if err != nil {
		a.t.Fatal(err)
	}
	defer stream.Close()
	whys := map[string]string{}
	for stream.Receive() {
		if o := stream.Msg().GetOutcome(); o != nil {
			whys[o.GetFailure().GetId()] = fmt.Sprint(o.GetWhy().GetCode(), " ", o.GetWhy().GetEn())
		}
	}
	if err := stream.Err(); err != nil {
		a.t.Fatal(err)
	}
	return whys
}
