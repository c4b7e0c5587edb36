package allinone

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/proto/gen/puente/control/v1/controlv1connect"
	"github.com/bonychat/puente/services/puente/running"
)

// A channel that an operator adds stands in the file of the bridge, without its secrets, and is taken up.
func TestAnOperatorAddsAChannel(t *testing.T) {
	t.Parallel()
	file := upWith(t, withoutChannels+"# mine\n")
	b, err := running.At(filepath.Join(filepath.Dir(file), "data"))
	if err != nil {
		t.Fatal(err)
	}
	token, err := b.Token()
	if err != nil {
		t.Fatal(err)
	}
	as := connect.WithInterceptors(connect.UnaryInterceptorFunc(func(next connect.UnaryFunc) connect.UnaryFunc {
		return func(ctx context.Context, r connect.AnyRequest) (connect.AnyResponse, error) {
			r.Header().Set("Authorization", "Bearer "+token)
			return next(ctx, r)
		}
	}))
	api := controlv1connect.NewChannelServiceClient(http.DefaultClient, b.URL, as)
	var networks *connect.Response[controlv1.ListNetworksResponse]
	for range 600 { // the API is there a moment after the process
		if networks, err = api.ListNetworks(t.Context(), connect.NewRequest(&controlv1.ListNetworksRequest{})); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil || !networks.Msg.GetWritable() || networks.Msg.GetSource() != file || networks.Msg.GetPublicUrl() != "http://127.0.0.1:1" {
		t.Fatalf("%v, %v", networks, err)
	}
	usual := 0
	for _, n := range networks.Msg.GetNetworks() {
		if n.GetName() == "telegram" {
			for _, f := range n.GetFields() {
				if f.GetUsual() && f.GetName() == "secret_token" && f.GetDoc() != "" {
					usual++
				}
			}
		}
	}
	if usual != 1 {
		t.Error("a bot's secret_token is not said to be needed")
	}
	draft := &controlv1.Draft{Id: "A", Network: "phone", ContactId: "custom", WebhookUrl: "http://127.0.0.1:1/w", Account: map[string]string{"url": "http://127.0.0.1:1", "secret": "sec_sec_sec_sec"}}
	added, err := api.AddChannel(t.Context(), connect.NewRequest(&controlv1.AddChannelRequest{Draft: draft}))
	if err != nil || len(added.Msg.GetMistakes()) != 1 || added.Msg.GetMistakes()[0].GetField() != "platform.api_token" || len(added.Msg.GetWritten()) > 0 {
		t.Fatalf("without a token: %v, %v", added, err)
	}
	draft.ApiToken = "t0ken_t0ken_t0ken"
	// nothing listens there, so the network says nothing of the credentials
	if added, err = api.AddChannel(t.Context(), connect.NewRequest(&controlv1.AddChannelRequest{Draft: draft})); err != nil || len(added.Msg.GetWritten()) > 0 ||
		len(added.Msg.GetFindings()) != 1 || !added.Msg.GetFindings()[0].GetUnknown() {
		t.Fatalf("a network that does not answer: %v, %v", added, err)
	}
	if added, err = api.AddChannel(t.Context(), connect.NewRequest(&controlv1.AddChannelRequest{Draft: draft, Unasked: true})); err != nil || len(added.Msg.GetWritten()) != 3 {
		t.Fatalf("%v, %v", added, err)
	}
	text, err := os.ReadFile(file)
	if err != nil || !strings.HasPrefix(string(text), withoutChannels+"# mine\n") || strings.Contains(string(text), "t0ken_") || strings.Contains(string(text), "sec_sec") {
		t.Errorf("%v\n%s", err, text)
	}
	for range 600 {
		if _, err = api.GetChannel(t.Context(), connect.NewRequest(&controlv1.GetChannelRequest{Channel: "A"})); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if err != nil {
		t.Errorf("it is not taken up: %v", err)
	}
	if added, err = api.AddChannel(t.Context(), connect.NewRequest(&controlv1.AddChannelRequest{Draft: draft})); err != nil || len(added.Msg.GetMistakes()) != 1 || added.Msg.GetMistakes()[0].GetField() != "id" {
		t.Errorf("again: %v, %v", added, err)
	}
}
