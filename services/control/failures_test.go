package control_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"connectrpc.com/connect"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/proto/gen/puente/control/v1/controlv1connect"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
)

// with is a request that shows a token.
func with[T any](token string, m *T) *connect.Request[T] {
	r := connect.NewRequest(m)
	r.Header().Set("Authorization", "Bearer "+token)
	return r
}

func (a *api) failures() controlv1connect.FailureServiceClient {
	return controlv1connect.NewFailureServiceClient(h2c(), a.url, connect.WithGRPC())
}

// bury stores a dead letter of a message to a contact, as a service does, and the message's record.
func (a *api) bury(channel, id string, why reason.Reason) {
	a.t.Helper()
	m := &messagev1.Message{
		Id: id, Network: "toy", Channel: channel, Direction: messagev1.Direction_DIRECTION_OUTBOUND, Contact: &messagev1.Contact{Address: "+34600111222"},
		AcceptedAt: timestamppb.Now(), Content: &messagev1.Content{Kind: &messagev1.Content_Text{Text: &messagev1.Text{Body: "the PIN is 4711"}}},
	}
	if _, err := record.New(a.bus).ClaimOutbound(a.t.Context(), 1, m, []*messagev1.Content{m.GetContent()}); err != nil {
		a.t.Fatal(err)
	}
	key := topology.MessageKey(m)
	outcome := &eventv1.Outcome{Key: key, Id: id, Parts: 1, Network: "toy", Channel: channel, Result: eventv1.Result_RESULT_FAILED, At: timestamppb.Now()}
	a.publish(topology.OutcomeSubject("toy", channel, key), &eventv1.Event{Kind: &eventv1.Event_Outcome{Outcome: outcome}})
	body, err := proto.Marshal(&eventv1.Event{Kind: &eventv1.Event_Message{Message: m}})
	if err != nil {
		a.t.Fatal(err)
	}
	a.publish(topology.DeadSubject("egress-toy", "toy", channel), &eventv1.DeadLetter{
		Service: "egress-toy", Network: "toy", Channel: channel, Subject: topology.EgressSubject("toy", channel), Key: key, Reason: why.String(), Why: why.Proto(),
		Body: body, At: timestamppb.Now(),
	})
}

func (a *api) publish(subject string, m proto.Message) {
	a.t.Helper()
	if _, err := a.bus.Publish(a.t.Context(), bus.Post{Subject: subject, Body: m}); err != nil {
		a.t.Fatal(err)
	}
}

// buryCall stores a dead letter of a call.
func (a *api) buryCall(channel, key, body string) {
	a.t.Helper()
	data, err := proto.Marshal(&webhookv1.Call{Network: "toy", Channel: channel, Method: http.MethodPost, Body: []byte(body), AcceptedAt: timestamppb.Now()})
	if err != nil {
		a.t.Fatal(err)
	}
	a.publish(topology.DeadSubject("egress-toy", "toy", channel), &eventv1.DeadLetter{
		Service: "egress-toy", Network: "toy", Channel: channel, Subject: topology.WebhookSubject("toy", channel), Key: key, Reason: "no such field", Body: data, At: timestamppb.Now(),
	})
}

var blocked = reason.New("toy.blocked", reason.Contact, "the contact blocked the bot", "el contacto ha bloqueado el bot")

func TestFailuresAreListedPageByPageAndCounted(t *testing.T) {
	t.Parallel()
	a := start(t)
	for i := range 5 {
		a.bury("A", fmt.Sprintf("message%02d", i), blocked)
	}
	a.bury("B", "message05", reason.Expired)
	a.buryCall("B", "call0", "{}")
	var ids []string
	for token, pages := "", 0; ; pages++ {
		answer, err := a.failures().ListFailures(t.Context(), with(reader, &controlv1.ListFailuresRequest{PageSize: 2, PageToken: token}))
		if err != nil || pages > 5 {
			t.Fatal(pages, err)
		}
		for _, f := range answer.Msg.GetFailures() {
			ids = append(ids, f.GetId()+f.GetKind().String()[len("FAILURE_KIND_"):])
		}
		if token = answer.Msg.GetNextPageToken(); token == "" {
			break
		}
	}
	want := []string{"UNREADABLE", "message05REFUSED", "message04REFUSED", "message03REFUSED", "message02REFUSED", "message01REFUSED", "message00REFUSED"}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	summary, err := a.failures().SummarizeFailures(t.Context(), with(reader, &controlv1.SummarizeFailuresRequest{}))
	if err != nil || summary.Msg.GetTotal() != 7 || len(summary.Msg.GetGroups()) != 3 {
		t.Fatalf("%v, %v", summary, err)
	}
	if g := summary.Msg.GetGroups()[0]; g.GetCount() != 5 || g.GetWhy().GetCode() != "toy.blocked" || !cmp.Equal(g.GetChannels(), []string{"A"}) {
		t.Errorf("%v", g)
	}
	for name, tc := range map[string]struct {
		filter *controlv1.FailureFilter
		want   int
	}{
		"code":    {&controlv1.FailureFilter{Reason: "toy.blocked"}, 5},
		"words":   {&controlv1.FailureFilter{Reason: "Bloqueado"}, 5},
		"fault":   {&controlv1.FailureFilter{Fault: reason.Network}, 1},
		"channel": {&controlv1.FailureFilter{Channel: "B"}, 2},
		"kind":    {&controlv1.FailureFilter{Kind: controlv1.FailureKind_FAILURE_KIND_UNREADABLE}, 1},
		"key":     {&controlv1.FailureFilter{Key: "message03"}, 1},
		"number":  {&controlv1.FailureFilter{Number: 2}, 1},
		"receipt": {&controlv1.FailureFilter{Kind: controlv1.FailureKind_FAILURE_KIND_RECEIPT}, 0},
		"until":   {&controlv1.FailureFilter{Until: &timestamppb.Timestamp{Seconds: 1}}, 0},
	} {
		answer, err := a.failures().ListFailures(t.Context(), with(reader, &controlv1.ListFailuresRequest{Filter: tc.filter}))
		if err != nil || len(answer.Msg.GetFailures()) != tc.want {
			t.Errorf("%s: %v, %v", name, answer, err)
		}
	}
	for _, token := range []string{"x", "MXwx", "MXx8"} {
		if _, err := a.failures().ListFailures(t.Context(), with(reader, &controlv1.ListFailuresRequest{PageToken: token})); connect.CodeOf(err) != connect.CodeInvalidArgument {
			t.Errorf("%q: %v", token, err)
		}
	}
}

// replayed are the results of a replay by message, and its sum.
func (a *api) replayed(r *controlv1.ReplayFailuresRequest) (map[string]controlv1.ReplayResult, *controlv1.ReplaySum, error) {
	stream, err := a.failures().ReplayFailures(a.t.Context(), with(writer, r))
	if err != nil {
		return nil, nil, err
	}
	defer stream.Close()
	results := map[string]controlv1.ReplayResult{}
	var sum *controlv1.ReplaySum
	for stream.Receive() {
		if o := stream.Msg().GetOutcome(); o != nil {
			results[o.GetFailure().GetId()] = o.GetResult()
		}
		sum = stream.Msg().GetSum()
	}
	return results, sum, stream.Err()
}

func TestAReplayTellsWhatBecameOfEach(t *testing.T) {
	t.Parallel()
	a := start(t)
	for i, id := range []string{"arrives", "fails", "waits", "other"} {
		why := blocked
		if i == 3 {
			why = reason.Expired
		}
		a.bury("A", id, why)
	}
	filter := &controlv1.FailureFilter{Reason: "toy.blocked"}
	if _, _, err := a.replayed(&controlv1.ReplayFailuresRequest{}); connect.CodeOf(err) != connect.CodeInvalidArgument {
		t.Errorf("of nothing: %v", err)
	}
	results, sum, err := a.replayed(&controlv1.ReplayFailuresRequest{Filter: filter, DryRun: true})
	if err != nil || len(results) != 3 || sum.GetWouldGo() != 3 || sum.GetContacts() != 1 {
		t.Fatalf("%v, %v, %v", results, sum, err)
	}
	if n, err := a.bus.Backlog(t.Context(), "toy", "A"); err != nil || n != 0 {
		t.Fatalf("a dry run sent %d, %v", n, err)
	}
	for id, result := range map[string]eventv1.Result{"arrives": eventv1.Result_RESULT_SENT, "fails": eventv1.Result_RESULT_FAILED} {
		key := topology.Key(id, 1, 0) // what the network's service will say
		a.publish(topology.OutcomeSubject("toy", "A", key), &eventv1.Event{Kind: &eventv1.Event_Outcome{Outcome: &eventv1.Outcome{Key: key, Id: id, Generation: 1, Result: result, Reason: "no"}}})
	}
	results, sum, err = a.replayed(&controlv1.ReplayFailuresRequest{Filter: filter, WaitSeconds: 1, Reason: "unblocked"})
	want := map[string]controlv1.ReplayResult{
		"arrives": controlv1.ReplayResult_REPLAY_RESULT_SENT, "fails": controlv1.ReplayResult_REPLAY_RESULT_FAILED_AGAIN, "waits": controlv1.ReplayResult_REPLAY_RESULT_WAITS,
	}
	if diff := cmp.Diff(want, results); err != nil || diff != "" || sum.GetSent() != 1 || sum.GetFailedAgain() != 1 || sum.GetWait() != 1 {
		t.Errorf("%v, %v\n%s", sum, err, diff)
	}
	if n, err := a.bus.Backlog(t.Context(), "toy", "A"); err != nil || n != 3 {
		t.Errorf("%d are on their way, %v", n, err)
	}
	acts := a.acts()
	if len(acts) != 3 || acts[0].GetReason() != "unblocked" || acts[0].GetDetail() != "by reason, reason toy.blocked, 1 taken, 1 wait, 1 failed again" || acts[0].GetOutcome() != "ok" || acts[1].GetDetail() != "by reason, dry run, reason toy.blocked, 3 would go" {
		t.Errorf("%v", acts)
	}
}

func TestDiscardedLettersAreGone(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.bury("A", "one", blocked)
	a.bury("A", "two", reason.Expired)
	discard := func(token string, r *controlv1.DiscardFailuresRequest) (uint64, error) {
		answer, err := a.failures().DiscardFailures(t.Context(), with(token, r))
		if err != nil {
			return 0, err
		}
		return answer.Msg.GetDiscarded(), nil
	}
	filter := &controlv1.FailureFilter{Reason: "toy.blocked"}
	if n, err := discard(writer, &controlv1.DiscardFailuresRequest{Filter: filter, Reason: "hopeless", DryRun: true}); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := discard(contents, &controlv1.DiscardFailuresRequest{Filter: filter, Reason: "hopeless"}); connect.CodeOf(err) != connect.CodePermissionDenied {
		t.Error(err)
	}
	if _, err := discard(writer, &controlv1.DiscardFailuresRequest{Filter: &controlv1.FailureFilter{}, Reason: "all"}); connect.CodeOf(err) != connect.CodeInvalidArgument {
		t.Error(err)
	}
	if n, err := discard(writer, &controlv1.DiscardFailuresRequest{Filter: filter, Reason: "hopeless"}); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
	state, err := a.bus.State(t.Context(), topology.Dead.Name)
	if err != nil || state.Messages != 1 {
		t.Errorf("%v, %v", state, err)
	}
}

// Who has not the role sees the structure; who has it sees all, and that is in the audit.
func TestContentIsShownToWhoMaySeeItAndAudited(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.bury("A", "one", blocked)
	a.buryCall("A", "call", `{"from":"+34600111222","text":"the PIN is 4711","contacts":{"34600111222":{"name":"Ana"}},"n":5}`)
	show := func(ctx context.Context, token string, number uint64, content bool) (string, error) {
		answer, err := a.failures().ShowDeadLetter(ctx, with(token, &controlv1.ShowDeadLetterRequest{Number: number, Content: content}))
		if err != nil {
			return "", err
		}
		return answer.Msg.GetBody(), nil
	}
	for number := range uint64(2) {
		body, err := show(t.Context(), writer, number+1, false)
		for _, personal := range []string{"600111222", "4711", "Ana"} {
			if err != nil || strings.Contains(body, personal) {
				t.Errorf("%d: %s, %v", number+1, body, err)
			}
		}
		if !strings.Contains(body, "text of 15 characters") {
			t.Errorf("the structure is not shown: %s", body)
		}
		if _, err := show(t.Context(), writer, number+1, true); connect.CodeOf(err) != connect.CodePermissionDenied {
			t.Errorf("%v", err)
		}
		if body, err = show(t.Context(), contents, number+1, true); err != nil || !strings.Contains(body, "the PIN is 4711") {
			t.Errorf("%s, %v", body, err)
		}
	}
	if _, err := show(t.Context(), reader, 99, false); connect.CodeOf(err) != connect.CodeNotFound {
		t.Error(err)
	}
	var got []string
	for _, act := range a.acts() {
		got = append(got, act.GetActor()+" "+act.GetTarget()+" "+act.GetOutcome())
	}
	if want := []string{"carla 2 ok", "carla 1 ok", "walter  permission_denied"}; !cmp.Equal(want, got) {
		t.Errorf("%v", got)
	}
}
