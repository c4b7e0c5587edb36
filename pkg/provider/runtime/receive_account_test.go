package runtime_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// officeAccount is one of several numbers of a business, whose calls are signed with one key.
type officeAccount struct {
	Number string          `json:"number"`
	Key    provider.Secret `json:"key"`
}

func (a officeAccount) Identity() string { return a.Number }

// A call may tell of several accounts. Each event goes to the channel of its own, if the call is authentic for that one
// as well.
func TestEventsOfAnotherAccountGoToItsChannel(t *testing.T) {
	t.Parallel()
	w, s := newWorld(t)
	var entries []directory.Entry
	for id, account := range map[string]string{
		channel: `{"number":"1","key":"shared-by-two"}`, "B": `{"number":"2","key":"shared-by-two"}`, "C": `{"number":"3","key":"somebody-else's"}`,
	} {
		entries = append(entries, directory.Entry{
			Channel: directory.Channel{ID: id, Network: network, ContactID: "custom"}, Account: json.RawMessage(account),
			Platform: json.RawMessage(`{"webhook_url":"http://127.0.0.1:2","api_token":"t` + id + `"}`),
		})
	}
	if err := directory.Fill(t.Context(), w.bus, entries); err != nil {
		t.Fatal(err)
	}
	w.serve(provider.Network[officeAccount]{
		Name:      network,
		Webhook:   &webhook.Policy{Verify: proof.HMAC{Hash: digest.SHA256, Secret: "key", Header: "X-Signature", Encoding: digest.Hex}},
		Receive:   func(_ officeAccount, c webhook.Call) ([]provider.Event, error) { return receive(courierAccount{}, c) },
		Abilities: provider.Abilities{Identity: officeAccount{}},
		Open:      func(officeAccount, provider.Host) (provider.Sender, error) { return idle, nil },
	}, s.Connect(service))
	body := `[{"key": "k1", "from": "ana", "text": "for two", "account": "2"}, {"key": "k2", "from": "ana", "text": "for one"},
		{"key": "k3", "from": "ana", "text": "for three", "account": "3"}, {"key": "k4", "from": "ana", "text": "for nobody", "account": "4"},
		{"key": "k5", "from": "ana", "text": "for two again", "account": "2"}]`
	mac := hmac.New(sha256.New, []byte("shared-by-two"))
	mac.Write([]byte(body))
	c := webhook.Call{
		Network: network, Channel: channel, Method: http.MethodPost, Body: []byte(body), AcceptedAt: acceptedAt,
		Header: http.Header{"X-Signature": {hex.EncodeToString(mac.Sum(nil))}},
	}
	publish := func(ctx context.Context, c webhook.Call) {
		if _, err := w.bus.Publish(ctx, bus.Post{Subject: topology.WebhookSubject(network, channel), Body: c.Proto()}); err != nil {
			t.Fatal(err)
		}
	}
	publish(t.Context(), c)
	// not authentic as it is stored, as one that held its credential itself
	c.Body = []byte(`[{"key": "k6", "from": "ana", "text": "for itself", "account": "1"}, {"key": "k7", "from": "ana", "text": "the last"}]`)
	publish(t.Context(), c)
	got := map[string]string{}
	eventually(t, "the last", func() bool {
		for _, e := range w.awaitMessages(5) {
			got[e.GetMessage().GetContent().GetText().GetBody()] = e.GetMessage().GetChannel()
		}
		return got["the last"] != ""
	})
	want := map[string]string{"for one": channel, "for itself": channel, "the last": channel, "for two": "B", "for two again": "B"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(w.logs.String(), `why="another account"`) {
		t.Error("what went nowhere is not told")
	}
}
