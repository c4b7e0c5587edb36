package clicksend_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/clicksend"
	"github.com/bonychat/puente/services/egress/clicksend/internal/oracle"
)

func TestConversations(t *testing.T) {
	providertest.Kit{Oracle: oracle.New()}.Run(t, clicksend.Network)
}

func FuzzReceive(f *testing.F) { providertest.Fuzz(f, clicksend.Network, "testdata") }

func TestOracleRefuses(t *testing.T) {
	api, header := oracle.New(), http.Header{"Content-Type": {"application/json"}, "Authorization": {"Basic YTpi"}}
	for name, call := range map[string][3]string{
		"no such path":         {"GET", "/v2/sms/send", ""},
		"no body in a message": {"POST", "/v3/sms/send", `{"messages":[{"to":"+61411111111"}]}`},
		"unknown field":        {"POST", "/v3/sms/send", `{"messages":[{"to":"+61411111111","body":"a","text":"b"}]}`},
		"wrong type":           {"PUT", "/v3/sms/inbound-read", `{"date_before":"1"}`},
		"page too small":       {"GET", "/v3/sms/inbound?page=1&limit=10", ""},
		"unknown parameter":    {"GET", "/v3/sms/inbound?pages=1", ""},
		"another webhook_type": {"POST", "/v3/automations/sms/inbound", `{"webhook_type":"xml"}`},
		"a body too many":      {"GET", "/v3/account", `{}`},
	} {
		if _, err := api.Check(oracle.Call(call[0], call[1], header, []byte(call[2]))); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	header.Del("Authorization")
	if _, err := api.Check(oracle.Call("GET", "/v3/account", header, nil)); err == nil {
		t.Error("no credentials: no error")
	}
}

// Whatever the vendor shows as an answer is read, though some of it is not what its own schemas say.
func TestTheVendorsSamplesAreRead(t *testing.T) {
	samples := oracle.Samples()
	data := func(name string) []byte {
		var e struct {
			Data json.RawMessage `json:"data"`
		}
		if err := json.Unmarshal(samples[name], &e); err != nil || len(e.Data) == 0 {
			t.Fatalf("no sample %s: %v", name, err)
		}
		return e.Data
	}
	if id, status, err := clicksend.ReadTold(data("send-sms")); err != nil || status != "SUCCESS" || id != "1ABC3200-C38C-6308-BE4B-C7C51D01DCF0" {
		t.Errorf("send-sms: %q, %q, %v", id, status, err)
	}
	for name, want := range map[string]struct{ what, key string }{
		"view-inbound-sms":  {"reply to msg on 7 aug 2024", "D2F2BCC3-6558-4DAA-858E-AD7529CC809C"},
		"view-sms-receipts": {"receipt of a message that was sent elsewhere", "D6D16B28-46AC-484A-AB0A-A08CD08EF75C\x00201"},
	} {
		page, err := clicksend.ReadPage(name, data(name))
		if err != nil || page.Total != 1 || page.Last != 1 || len(page.Data) != 1 {
			t.Fatalf("%s: %+v, %v", name, page, err)
		}
		events, err := sendertest.Receive(clicksend.Network, []byte("{}"), webhook.Call{Body: page.Data[0]})
		if err != nil || len(events) != 1 || events[0].Content.GetText().GetBody()+events[0].Ignored != want.what {
			t.Errorf("%s: %+v, %v", name, events, err)
		}
		if got := clicksend.Network.Webhook.Dedupe.Find(webhook.Call{Body: page.Data[0]}); got != want.key {
			t.Errorf("%s: key %q", name, got)
		}
	}
	for name, want := range map[string]string{
		"create-test-inbound-sms": "This is a test incoming SMS. E8PWYYVFWK.", "create-test-sms-receipt": "receipt of a message that was sent elsewhere",
	} {
		events, err := sendertest.Receive(clicksend.Network, []byte("{}"), webhook.Call{Method: "POST", Body: data(name)})
		if err != nil || len(events) != 1 || events[0].Content.GetText().GetBody()+events[0].Ignored != want {
			t.Errorf("%s: %+v, %v", name, events, err)
		}
	}
	for _, name := range []string{"view-sms-inbound-automations", "view-sms-delivery-receipt-rules"} {
		if page, err := clicksend.ReadPage(name, data(name)); err != nil || len(page.Data) == 0 {
			t.Errorf("%s: %+v, %v", name, page, err)
		}
	}
}
