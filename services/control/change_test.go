package control_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/topology"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// A pause that holds is given another end and another reason, and nothing is sent in between; one that is over is not begun anew by who
// only changes it.
func TestAPauseThatHoldsIsChanged(t *testing.T) {
	t.Parallel()
	a := start(t)
	pause := func(token string, r *controlv1.PauseChannelRequest) (*controlv1.PauseChannelResponse, error) {
		r.Channel = "A"
		answer, err := a.channels(token).PauseChannel(t.Context(), connect.NewRequest(r))
		if err != nil {
			return nil, err
		}
		return answer.Msg, nil
	}
	if _, err := pause(writer, &controlv1.PauseChannelRequest{Reason: "x", Change: true}); connect.CodeOf(err) != connect.CodeFailedPrecondition {
		t.Errorf("there is none: %v", err)
	}
	first, err := pause(writer, &controlv1.PauseChannelRequest{Reason: "rotation", For: durationpb.New(time.Hour)})
	if err != nil || first.GetWasPaused() {
		t.Fatalf("%v, %v", first, err)
	}
	since := first.GetChannel().GetSince().AsTime()
	for _, change := range []bool{true, false} { // said or not, it is the same pause
		longer, err := pause(writer, &controlv1.PauseChannelRequest{Reason: "it takes longer", For: durationpb.New(3 * time.Hour), Change: change})
		if c := longer.GetChannel(); err != nil || !longer.GetWasPaused() || !c.GetSince().AsTime().Equal(since) || c.GetPausedReason() != "it takes longer" || c.GetUntil().AsTime().Sub(since) < 2*time.Hour {
			t.Errorf("%v, %v", longer, err)
		}
	}
	open, err := pause(writer, &controlv1.PauseChannelRequest{Reason: "until tomorrow", Change: true})
	if c := open.GetChannel(); err != nil || c.GetUntil() != nil || !c.GetSince().AsTime().Equal(since) || c.GetState() != controlv1.ChannelState_CHANNEL_STATE_PAUSED {
		t.Errorf("%v, %v", open, err)
	}
	if _, err := pause(reader, &controlv1.PauseChannelRequest{Reason: "x", Change: true}); connect.CodeOf(err) != connect.CodePermissionDenied {
		t.Errorf("by who may not: %v", err)
	}
	if _, err := a.channels(writer).ResumeChannel(t.Context(), connect.NewRequest(&controlv1.ResumeChannelRequest{Channel: "A"})); err != nil {
		t.Fatal(err)
	}
	if _, err := pause(writer, &controlv1.PauseChannelRequest{Reason: "x", Change: true}); connect.CodeOf(err) != connect.CodeFailedPrecondition {
		t.Errorf("one that has been resumed: %v", err)
	}
	noted := false
	for _, act := range a.acts() {
		noted = noted || act.GetDetail() == "for 3h0m0s, change"
	}
	if !noted {
		t.Errorf("%v", a.acts())
	}
}

// Where channels are applied a change is planned, and its network asked; nothing is written, and no secret is shown.
func TestAChangeIsPlannedWhereChannelsAreApplied(t *testing.T) {
	t.Parallel()
	a := start(t)
	if err := directory.Declare(t.Context(), a.bus, "toy", map[string]any{"fields": []map[string]any{
		{"name": "token", "secret": true, "required": true}, {"name": "mode", "values": []string{"webhook", "poll"}, "label": "Mode", "label_es": "Modo"}, {"name": "rate", "kind": "number"},
	}}); err != nil {
		t.Fatal(err)
	}
	if err := directory.Fill(t.Context(), a.bus, []directory.Entry{{
		Channel: directory.Channel{ID: "A", Network: "toy", ContactID: "custom"}, Account: []byte(`{"token":"S3CRET-0123456789","rate":5}`),
		Platform: []byte(`{"webhook_url":"https://okeybot.com/x","api_token":"S3CRET-9876543210"}`),
	}}); err != nil {
		t.Fatal(err)
	}
	var accounts []string // the questions come one after the other
	answering(a, topology.CheckSubject("toy"), func(q *livev1.CheckQuestion) (proto.Message, error) {
		accounts = append(accounts, string(q.GetAccount()))
		return &livev1.CheckAnswer{OfAccount: len(accounts) > 1, Findings: []*livev1.Finding{{What: "credentials", En: "refused: no such bot", Es: "rechazadas"}}}, nil
	})
	setup, err := a.channels(reader).GetSetup(t.Context(), connect.NewRequest(&controlv1.GetSetupRequest{Channel: "A"}))
	if err != nil || strings.Contains(fmt.Sprint(setup.Msg), "S3CRET") || len(setup.Msg.GetSecrets()) != 2 || setup.Msg.GetDraft().GetAccount()["rate"] != "5" || setup.Msg.GetVersion() != "" {
		t.Fatalf("%v, %v", setup, err)
	}
	d := setup.Msg.GetDraft()
	d.Account["token"], d.Account["rate"] = "N3W-0123456789", "7"
	change := func(r *controlv1.ChangeChannelRequest) (*controlv1.ChangeChannelResponse, error) {
		r.Draft = d
		answer, err := a.channels(writer).ChangeChannel(t.Context(), connect.NewRequest(r))
		if err != nil {
			return nil, err
		}
		return answer.Msg, nil
	}
	var got *controlv1.ChangeChannelResponse
	a.until("somebody answers", func() bool { // and it is a service of this version
		got, err = change(&controlv1.ChangeChannelRequest{DryRun: true})
		return err != nil || len(accounts) > 1
	})
	if err != nil || len(got.GetFindings()) != 1 || got.GetFindings()[0].GetEn() != "refused: no such bot" || strings.Contains(fmt.Sprint(got), "N3W") {
		t.Errorf("%v, %v", got, err)
	}
	if accounts[len(accounts)-1] != `{"rate":7,"token":"N3W-0123456789"}` {
		t.Errorf("the network was asked about %q", accounts)
	}
	if want := "- id: A\n  account:\n    token: file:secrets/A/account.token\n    rate: 7\n"; got.GetText() != want || len(got.GetChanges()) != 2 || !got.GetChanges()[0].GetSecret() {
		t.Errorf("%v", got)
	}
	if got, err = change(&controlv1.ChangeChannelRequest{Unasked: true}); connect.CodeOf(err) != connect.CodeFailedPrecondition {
		t.Errorf("written: %v, %v", got, err)
	}
	d.Account["rate"] = "x"
	if drafted, err := a.channels(reader).DraftChannel(t.Context(), connect.NewRequest(&controlv1.DraftChannelRequest{Draft: d, There: true, Without: []string{"token"}})); err != nil || strings.Contains(fmt.Sprint(drafted.Msg), "N3W") {
		t.Errorf("%v, %v", drafted, err)
	}
	for name, err := range map[string]error{
		"change": func() error {
			_, err := a.channels(reader).ChangeChannel(t.Context(), connect.NewRequest(&controlv1.ChangeChannelRequest{Draft: d, DryRun: true}))
			return err
		}(),
		"try": func() error {
			_, err := a.channels(reader).TryChannel(t.Context(), connect.NewRequest(&controlv1.TryChannelRequest{Draft: d}))
			return err
		}(),
		"remove": func() error {
			_, err := a.channels(reader).RemoveChannel(t.Context(), connect.NewRequest(&controlv1.RemoveChannelRequest{Channel: "A"}))
			return err
		}(),
	} {
		if connect.CodeOf(err) != connect.CodePermissionDenied {
			t.Errorf("%s by who reads: %v", name, err)
		}
	}
	noted := false
	for _, act := range a.acts() {
		noted = noted || act.GetDetail() == "dry run, account.token, account.rate"
		if strings.Contains(act.String(), "S3CRET") || strings.Contains(act.String(), "N3W") {
			t.Errorf("%v", act)
		}
	}
	if !noted {
		t.Errorf("%v", a.acts())
	}
}
