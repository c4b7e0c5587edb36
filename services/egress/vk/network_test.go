package vk_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/vk"
)

// refusal is an answer with one of VK's codes.
func refusal(code string) string {
	return "200\nContent-Type: application/json\n\n" + `{"error": {"error_code": ` + code + `, "error_msg": "as VK says it"}}`
}

func TestConversations(t *testing.T) {
	providertest.Kit{
		Answers: providertest.Answers{TooMany: refusal("6"), Unauthorized: refusal("5"), Broken: refusal("10")},
		Whole:   []string{"object.message.attachments", "object.message.fwd_messages", "object.attachments", "object.message.attachments.photo.sizes"},
	}.Run(t, vk.Network)
}

func FuzzReceive(f *testing.F) { providertest.Fuzz(f, vk.Network, "testdata") }

// VK confirms a server by a call that wants the text which it showed beforehand, and nothing else:
// https://dev.vk.com/en/api/callback/getting-started
func TestAServerIsConfirmed(t *testing.T) {
	account := webhook.Secrets{"group_id": {"123456"}, "secret": {"key"}, "confirmation": {"d4c1f2a7"}}
	for _, c := range []struct {
		name, body string
		status     int
		answer     string
	}{
		{"its community", `{"type": "confirmation", "group_id": 123456, "secret": "key"}`, http.StatusOK, "d4c1f2a7"},
		{"another community", `{"type": "confirmation", "group_id": 654321, "secret": "key"}`, http.StatusOK, "ok"},
		{"another key", `{"type": "confirmation", "group_id": 123456, "secret": "other"}`, http.StatusUnauthorized, ""},
		{"no key", `{"type": "confirmation", "group_id": 123456}`, http.StatusUnauthorized, ""},
		{"any other call", `{"type": "message_new", "group_id": 123456, "secret": "key"}`, http.StatusOK, "ok"},
	} {
		t.Run(c.name, func(t *testing.T) {
			call := webhook.Call{Method: http.MethodPost, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(c.body)}
			a := vk.Network.Webhook.Examine(call, account).Answer
			if a.Status != c.status || c.answer != "" && a.Body != c.answer || c.answer == "" && strings.Contains(a.Body, "d4c1f2a7") {
				t.Fatalf("answered %d %q, want %d %q", a.Status, a.Body, c.status, c.answer)
			}
		})
	}
}
