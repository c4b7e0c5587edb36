package control_test

import (
	"fmt"
	"strings"
	"testing"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/directory"
	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Where each service is a process of its own, networks are those that have declared themselves, and what the file has to hold is
// said; nothing is written.
func TestAChannelIsDraftedWhereChannelsAreApplied(t *testing.T) {
	t.Parallel()
	a := start(t)
	for name, declared := range map[string]map[string]any{
		"toy":      {"doc": "https://toy.example", "abilities": []string{"Setter"}, "fields": []map[string]any{{"name": "token", "secret": true, "required": true, "doc": "The token."}, {"name": "sender"}}},
		"platform": {"platform": true},
	} {
		if err := directory.Declare(t.Context(), a.bus, name, declared); err != nil {
			t.Fatal(err)
		}
	}
	list, err := a.channels(reader).ListNetworks(t.Context(), connect.NewRequest(&controlv1.ListNetworksRequest{}))
	if err != nil || len(list.Msg.GetNetworks()) != 1 || list.Msg.GetWritable() || list.Msg.GetSource() != "" || list.Msg.GetPublicUrl() != publicURL {
		t.Fatalf("%v, %v", list, err)
	}
	if n := list.Msg.GetNetworks()[0]; n.GetName() != "toy" || !n.GetRegisters() || n.GetCalled() || len(n.GetFields()) != 2 || n.GetFields()[0].GetDoc() != "The token." || !n.GetFields()[0].GetSecret() {
		t.Errorf("%v", n)
	}
	draft := &controlv1.Draft{Id: "A", Network: "toy", ContactId: "custom", WebhookUrl: "https://okeybot.com/x", ApiToken: "S3CRET-0123456789"}
	ask := func() *controlv1.DraftChannelResponse {
		t.Helper()
		answer, err := a.channels(reader).DraftChannel(t.Context(), connect.NewRequest(&controlv1.DraftChannelRequest{Draft: draft}))
		if err != nil {
			t.Fatal(err)
		}
		return answer.Msg
	}
	wrong := ask().GetMistakes()
	if len(wrong) != 2 || wrong[0].GetField() != "id" || wrong[0].GetEs() == "" || wrong[1].GetField() != "account.token" || wrong[1].GetEs() != "es obligatorio" {
		t.Errorf("%v", wrong)
	}
	draft.Id, draft.Account = "C", map[string]string{"token": "S3CRET", "sender": "puente"}
	if d := ask(); len(d.GetMistakes()) > 0 || !strings.Contains(d.GetText(), "token: file:secrets/C/account.token") || strings.Contains(fmt.Sprint(d), "S3CRET") || len(d.GetFiles()) != 2 {
		t.Errorf("%v", d)
	}
	draft.ApiToken = "S3CRET" // another channel's, which is not told
	if d := ask(); len(d.GetMistakes()) > 0 {
		t.Errorf("%v", d)
	}
	if _, err := a.channels(writer).AddChannel(t.Context(), connect.NewRequest(&controlv1.AddChannelRequest{Draft: draft})); connect.CodeOf(err) != connect.CodeFailedPrecondition {
		t.Errorf("%v", err)
	}
	if _, err := a.channels(reader).AddChannel(t.Context(), connect.NewRequest(&controlv1.AddChannelRequest{Draft: draft})); connect.CodeOf(err) != connect.CodePermissionDenied {
		t.Errorf("%v", err)
	}
	noted := false
	for _, act := range a.acts() {
		noted = noted || act.GetActor() == "walter" && strings.HasSuffix(act.GetProcedure(), "/AddChannel") && act.GetTarget() == "C" && act.GetDetail() == "network toy"
		if strings.Contains(act.String(), "S3CRET") || strings.HasSuffix(act.GetProcedure(), "/DraftChannel") {
			t.Errorf("%v", act)
		}
	}
	if !noted {
		t.Errorf("%v", a.acts())
	}
}
