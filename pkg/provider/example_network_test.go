package provider_test

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// Pigeon is everything that Puente has to know about a small network: calls signed with an HMAC, texts both ways,
// receipts.
var Pigeon = provider.Network[PigeonAccount]{
	Name: "pigeon",
	Doc:  "https://docs.pigeon.example",
	Carries: provider.Carries{
		Text: provider.Limit{Max: 1000, Unit: provider.UTF16, Page: "https://docs.pigeon.example/messages"},
	},
	Confirms: provider.Confirms{
		Receipts: "https://docs.pigeon.example/receipts",
		OwnID:    "https://docs.pigeon.example/receipts", // they hold the reference that the message was sent with
	},
	Rates: provider.Rates{Account: provider.PerSecond(20, "https://docs.pigeon.example/limits")},
	Pages: provider.Pages{Webhook: "https://docs.pigeon.example/signatures"},
	Webhook: &webhook.Policy{
		Verify: proof.HMAC{Hash: digest.SHA256, Secret: "signing_key", Header: "X-Pigeon-Signature", Encoding: digest.Hex},
		Dedupe: expr.JSON("call"),
	},
	Receive:   receivePigeon,
	Open:      openPigeon,
	Abilities: provider.Abilities{Validator: PigeonAccount{}},
}

// PigeonAccount is what stands under account in puente.yaml.
type PigeonAccount struct {
	Token      provider.Secret `json:"token" doc:"The API's token, from Settings > API."`
	SigningKey provider.Secret `json:"signing_key" doc:"What calls are signed with, from Settings > Webhooks."`
	API        string          `json:"api,omitempty" doc:"Where the API is: scheme, host and port. Default https://api.pigeon.example."`
}

// Validate says what is wrong beyond what is missing. It quotes no value.
func (a PigeonAccount) Validate() error {
	return provider.CheckAddress("api", a.API, "https://api.pigeon.example")
}

// receivePigeon reads a verified call: pure, and whatever the call holds is an event.
func receivePigeon(_ PigeonAccount, c webhook.Call) ([]provider.Event, error) {
	var call struct {
		Events []json.RawMessage `json:"events"`
	}
	if err := json.Unmarshal(c.Body, &call); err != nil {
		return nil, errors.New(provider.Misread("the call", err)) // encoding/json would quote it
	}
	var events []provider.Event
	for _, raw := range call.Events {
		var e struct {
			ID        string `json:"id"`
			Kind      string `json:"kind"`
			From      string `json:"from"`
			Text      string `json:"text"`
			Reference string `json:"reference"`
			Time      int64  `json:"time"`
		}
		if err := json.Unmarshal(raw, &e); err != nil { // it takes none of the others with it
			events = append(events, provider.UnreadableEvent(provider.Misread("an event", err)))
			continue
		}
		var event provider.Event
		switch {
		case e.Kind == "message" && e.ID != "" && e.From != "":
			text := content.Text(cmp.Or(e.Text, "[message of an unknown kind]"))
			event = provider.MessageEvent(e.ID, &messagev1.Contact{Address: e.From}, text) // the id is the same when it is told again
		case e.Kind == "landed" && e.ID != "" && e.Reference != "":
			event = provider.ReceiptEvent(e.ID, provider.Receipt{OwnID: e.Reference, Status: eventv1.Status_STATUS_DELIVERED})
		case e.ID == "" || e.Kind == "message" || e.Kind == "landed" || e.Kind == "":
			event = provider.UnreadableEvent("an event lacks its id, its kind or what belongs to that")
		default:
			event = provider.IgnoredEvent("unknown event")
		}
		events = append(events, event.WithTime(time.Unix(e.Time, 0).UTC()))
	}
	return events, nil
}

// pigeon is one account at work.
type pigeon struct {
	client *httpclient.Client
	api    string
	token  provider.Secret
}

func openPigeon(a PigeonAccount, h provider.Host) (provider.Sender, error) {
	return &pigeon{h.Client, cmp.Or(strings.TrimSuffix(a.API, "/"), "https://api.pigeon.example"), a.Token}, nil
}

// Send makes one call. What went wrong is the error's class; the SDK does the rest.
func (p *pigeon) Send(ctx context.Context, m *messagev1.Message) (sent provider.Sent, err error) {
	text := m.GetContent().GetText()
	if text == nil { // by Carries everything else comes as a text
		return sent, outcome.Reject(reason.Untranslated("Pigeon takes texts only"), errors.New("another kind of content"))
	}
	resp, err := p.client.JSON(ctx, p.api+"/messages", http.Header{"Authorization": {"Bearer " + p.token.Reveal()}}, map[string]string{
		"to": m.GetContact().GetAddress(), "text": text.GetBody(), "reference": provider.IdempotencyKey(m),
	})
	if err != nil {
		return sent, err // the client says whether it may have been taken
	}
	if err := resp.Err(); err != nil {
		return sent, err
	}
	var answer struct {
		ID string `json:"id"`
	}
	if err := resp.Decode(&answer); err != nil || answer.ID == "" {
		return sent, outcome.Uncertain(errors.New("the answer has no id")) // taken, by its status
	}
	return provider.Sent{Ref: answer.ID}, nil
}

// A whole network. It is served by "func main() { runtime.Main(Pigeon) }", and by the all-in-one.
func Example() {
	// what ingress does with a call of the network, by the policy alone
	body := []byte(`{"call": "c1", "events": [
		{"id": "e1", "kind": "message", "from": "ana", "text": "Hola", "time": 1718000000},
		{"id": "e2", "kind": "landed", "reference": "m1-0", "time": 1718000001}]}`)
	mac := hmac.New(sha256.New, []byte("the signing key"))
	mac.Write(body)
	call := webhook.Call{
		Network: "pigeon", Channel: "k7m2", Method: http.MethodPost, Body: body, AcceptedAt: time.Now(),
		Header: http.Header{"X-Pigeon-Signature": {hex.EncodeToString(mac.Sum(nil))}},
	}
	fmt.Printf("admitted: %t\n", Pigeon.Webhook.Check(call, webhook.Secrets{"signing_key": {"the signing key"}}) == webhook.Authentic)

	// what the network's service makes of it
	events, err := sendertest.Receive(Pigeon, []byte(`{"token": "the-token", "signing_key": "the-signing-key"}`), Pigeon.Webhook.Strip(call))
	for _, e := range events {
		fmt.Println(e.Key, e.Contact.GetAddress(), e.Content.GetText().GetBody(), e.Receipt != nil, err)
	}

	// what it does with a message of the agent
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"id": "p-17"}`)
	}))
	defer api.Close()
	client := sendertest.NewClient(api.URL)
	defer client.Close()
	account := fmt.Sprintf(`{"token": "the-token", "signing_key": "the-signing-key", "api": %q}`, api.URL)
	sender, err := sendertest.OpenAt(Pigeon, json.RawMessage(account), sendertest.Host("pigeon", client))
	if err != nil {
		fmt.Println(err)
		return
	}
	sent, err := sender.Send(context.Background(), &messagev1.Message{
		Id: "m1", Contact: &messagev1.Contact{Address: "ana"}, Content: content.Text("¿En qué puedo ayudarte?"),
	})
	fmt.Println(sent.Ref, err)

	// Output:
	// admitted: true
	// e1 ana Hola false <nil>
	// e2   true <nil>
	// p-17 <nil>
}
