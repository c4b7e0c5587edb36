package control_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/bus/rpc"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// answering answers questions until the test ends.
func answering[Q any, P interface {
	*Q
	proto.Message
}](a *api, subject string, answer func(P) (proto.Message, error)) {
	a.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- rpc.Respond(ctx, a.bus, subject, "", 0, func(_ context.Context, q P) (proto.Message, error) { return answer(q) })
	}()
	a.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			a.t.Error(err)
		}
	})
}

// How channels stand is what is stored of them and what their owners say; who does not answer is not known, and no error.
func TestHowChannelsStand(t *testing.T) {
	t.Parallel()
	a := start(t)
	for _, c := range []string{"A", "B"} {
		for range 3 {
			a.publish(topology.EgressSubject("toy", c), &eventv1.Event{Kind: &eventv1.Event_Status{Status: &eventv1.StatusUpdate{Id: "x", Channel: c, Network: "toy"}}})
		}
	}
	state, err := json.Marshal(map[string]any{"reason": "the token has ended (190)", "since": time.Now().Add(-time.Hour), "credentials": "x"})
	if err != nil {
		t.Fatal(err)
	}
	if err := kv.Open(a.bus, topology.Channels).Put(t.Context(), "state.toy.A", state); err != nil {
		t.Fatal(err)
	}
	ends := timestamppb.New(time.Now().Add(time.Hour).Truncate(time.Second))
	told := reason.ToldToWait.With("after", "40s").Proto()
	answering(a, topology.LaneSubject("toy", "B"), func(*livev1.LaneQuestion) (proto.Message, error) {
		return &livev1.LaneAnswer{Instance: "egress-toy-1", Waiting: 3, FirstEnds: ends, Reasons: []*livev1.Waiting{{Why: told, Messages: 3, Contacts: 1, NextTry: ends}}}, nil
	})
	list := func(r *controlv1.ListChannelsRequest) []*controlv1.Channel {
		t.Helper()
		answer, err := a.channels(reader).ListChannels(t.Context(), connect.NewRequest(r))
		if err != nil {
			t.Fatal(err)
		}
		return answer.Msg.GetChannels()
	}
	var got []*controlv1.Channel
	a.until("the owner answers", func() bool {
		got = list(&controlv1.ListChannelsRequest{Trouble: true})
		return len(got) == 2
	})
	if c := got[0]; c.GetId() != "A" || c.GetState() != controlv1.ChannelState_CHANNEL_STATE_SUSPENDED || c.GetWaiting() != 3 || c.GetOldest() == nil ||
		!strings.Contains(c.GetWhy().GetEn(), "the token has ended (190)") || c.GetRemedy() == "" || c.GetSince() == nil {
		t.Errorf("%v", c)
	}
	if c := got[1]; c.GetId() != "B" || c.GetState() != controlv1.ChannelState_CHANNEL_STATE_WAITING || c.GetWhy().GetCode() != "puente.told_to_wait" || !proto.Equal(c.GetFirstEnds(), ends) {
		t.Errorf("%v", c)
	}
	if all := list(&controlv1.ListChannelsRequest{Network: "none"}); len(all) != 0 {
		t.Errorf("%v", all)
	}
	status, err := a.system(reader).Status(t.Context(), connect.NewRequest(&controlv1.StatusRequest{}))
	if err != nil {
		t.Fatal(err)
	}
	if s := status.Msg; s.GetChannels() != 2 || s.GetSuspended() != 1 || s.GetWaiting() != 1 || s.GetMessagesWaiting() != 6 || len(s.GetNeeds()) != 1 || s.GetNeeds()[0].GetChannel() != "A" {
		t.Errorf("%v", s)
	}
	backlog, err := a.system(reader).Backlog(t.Context(), connect.NewRequest(&controlv1.BacklogRequest{Network: "toy"}))
	if err != nil || len(backlog.Msg.GetFarEnds()) != 1 {
		t.Fatalf("%v, %v", backlog, err)
	}
	if e := backlog.Msg.GetFarEnds()[0]; e.GetWaiting() != 6 || e.GetWanted() != 0 || len(e.GetReasons()) != 2 {
		t.Errorf("what waits because it has to wants no process: %v", e)
	}
}

// What a channel is set up with is shown without what is secret, or may be.
func TestSettingsAreShownWithoutSecrets(t *testing.T) {
	t.Parallel()
	a := start(t)
	if err := directory.Fill(t.Context(), a.bus, []directory.Entry{{
		Channel:  directory.Channel{ID: "A", Network: "toy", ContactID: "phone", Locale: "en"},
		Account:  json.RawMessage(`{"token":"S3CRET","sender":"puente","url":"https://u:S3CRET@toy.example/x?key=S3CRET","undeclared":"S3CRET","number":5}`),
		Platform: json.RawMessage(`{"webhook_url":"https://okeybot.com/custom?auth=S3CRET","api_token":"S3CRET"}`),
	}}); err != nil {
		t.Fatal(err)
	}
	type field struct {
		Name   string `json:"name"`
		Secret bool   `json:"secret"`
	}
	if err := directory.Declare(t.Context(), a.bus, "toy", map[string][]field{"fields": {{"token", true}, {"sender", false}, {"url", false}, {"number", false}}}); err != nil {
		t.Fatal(err)
	}
	answer, err := a.channels(reader).GetChannel(t.Context(), connect.NewRequest(&controlv1.GetChannelRequest{Channel: "A"}))
	if err != nil {
		t.Fatal(err)
	}
	settings := answer.Msg.GetSettings()
	if strings.Contains(fmt.Sprint(settings), "S3CRET") {
		t.Errorf("%v", settings)
	}
	for name, want := range map[string]string{
		"contact_id": "phone", "locale": "en", "account.sender": "puente", "account.number": "5", "account.token": "[secret]", "account.undeclared": "[secret]", "platform.api_token": "[secret]",
	} {
		if settings[name] != want {
			t.Errorf("%s: %q", name, settings[name])
		}
	}
	if _, err := a.channels(reader).GetChannel(t.Context(), connect.NewRequest(&controlv1.GetChannelRequest{Channel: "*"})); connect.CodeOf(err) != connect.CodeNotFound {
		t.Error(err)
	}
}

func TestAChannelIsCheckedByItsNetworksService(t *testing.T) {
	t.Parallel()
	a := start(t)
	if _, err := a.channels(reader).CheckChannel(t.Context(), connect.NewRequest(&controlv1.CheckChannelRequest{Channel: "A"})); connect.CodeOf(err) != connect.CodeUnavailable {
		t.Errorf("nobody is there: %v", err)
	}
	answering(a, topology.CheckSubject("toy"), func(q *livev1.CheckQuestion) (proto.Message, error) {
		return &livev1.CheckAnswer{Findings: []*livev1.Finding{{What: "webhook", Good: q.GetRegister(), En: q.GetChannel(), Es: "es"}}}, nil
	})
	a.until("somebody answers", func() bool {
		answer, err := a.channels(reader).CheckChannel(t.Context(), connect.NewRequest(&controlv1.CheckChannelRequest{Channel: "A"}))
		return err == nil && len(answer.Msg.GetFindings()) == 1 && !answer.Msg.GetFindings()[0].GetGood() && answer.Msg.GetFindings()[0].GetEn() == "A"
	})
	if _, err := a.channels(reader).RegisterChannel(t.Context(), connect.NewRequest(&controlv1.RegisterChannelRequest{Channel: "A"})); connect.CodeOf(err) != connect.CodePermissionDenied {
		t.Error(err)
	}
	answer, err := a.channels(writer).RegisterChannel(t.Context(), connect.NewRequest(&controlv1.RegisterChannelRequest{Channel: "A"}))
	if err != nil || !answer.Msg.GetFindings()[0].GetGood() {
		t.Errorf("%v, %v", answer, err)
	}
}

func TestAListOfChannelsIsApplied(t *testing.T) {
	t.Parallel()
	a := start(t)
	if err := directory.Declare(t.Context(), a.bus, "toy", map[string][]map[string]any{"fields": {{"name": "token", "secret": true}}}); err != nil {
		t.Fatal(err)
	}
	file := func(ids ...string) []byte {
		text := "channels:\n"
		for _, id := range ids {
			text += fmt.Sprintf("- {id: %s, network: toy, contact_id: custom, platform: {webhook_url: 'https://okeybot.com/x', api_token: token-of-%s-0123456789}, account: {token: t-0123456789abcdef}}\n", id, id)
		}
		return []byte(text)
	}
	apply := func(r *controlv1.ApplyRequest) (*controlv1.ApplyResponse, error) {
		answer, err := a.channels(writer, connect.WithGRPC()).Apply(t.Context(), connect.NewRequest(r))
		if err != nil {
			return nil, err
		}
		return answer.Msg, nil
	}
	d, err := apply(&controlv1.ApplyRequest{Config: file("A", "C"), DryRun: true})
	if err != nil || fmt.Sprint(d.GetAdded(), d.GetChanged(), d.GetRemoved()) != "[C] [A] [B]" {
		t.Fatalf("%v, %v", d, err)
	}
	if all, err := directory.List(t.Context(), a.bus); err != nil || len(all) != 2 || all[1].ID != "B" {
		t.Fatalf("a dry run changed them: %v, %v", all, err)
	}
	if _, err := apply(&controlv1.ApplyRequest{Config: file("A", "C")}); connect.CodeOf(err) != connect.CodeFailedPrecondition || !strings.Contains(err.Error(), "allow_removal") {
		t.Errorf("%v", err)
	}
	if _, err := apply(&controlv1.ApplyRequest{Config: file("A", "C"), AllowRemoval: true}); err != nil {
		t.Error(err)
	}
	if all, err := directory.List(t.Context(), a.bus); err != nil || len(all) != 2 || all[1].ID != "C" {
		t.Errorf("%v, %v", all, err)
	}
	for name, text := range map[string]string{
		"a file of this machine": "channels: [{id: A, network: toy, contact_id: custom, platform: {webhook_url: 'https://x', api_token: 'file:/etc/passwd'}, account: {token: t}}]",
		"a variable":             "channels: [{id: A, network: toy, contact_id: custom, platform: {webhook_url: 'https://x', api_token: '${PATH}'}, account: {token: t}}]",
		"a field":                "channels: [{id: A, network: toy, contact_id: custom, platform: {webhook_url: 'https://x', api_token: t}, account: {tokenn: t}}]",
		"a network":              "channels: [{id: A, network: none, contact_id: custom, platform: {webhook_url: 'https://x', api_token: t}, account: {token: t}}]",
	} {
		_, err := apply(&controlv1.ApplyRequest{Config: []byte(text), DryRun: true})
		if connect.CodeOf(err) != connect.CodeInvalidArgument || strings.Contains(err.Error(), "root:") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if status, body := a.curl("/puente.control.v1.ChannelService/Apply", reader, `{"config":"e30="}`); status != http.StatusForbidden {
		t.Errorf("%d %s", status, body)
	}
}
