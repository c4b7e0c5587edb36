package webhook_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
	"github.com/bonychat/puente/pkg/webhook/signed"
)

// https://developers.zoom.us/docs/api/webhooks/#validate-your-webhook-endpoint
var zoom = webhook.Policy{
	Verify: proof.HMAC{
		Hash: digest.SHA256, Secret: "secret_token", Header: "x-zm-signature", Prefix: "v0=", Encoding: digest.Hex,
		Over: []signed.Part{signed.Lit("v0:"), signed.FromHeader("x-zm-request-timestamp"), signed.Lit(":"), signed.Body()},
	},
	Freshness: webhook.Freshness{At: expr.Header("x-zm-request-timestamp"), Past: 5 * time.Minute, Future: time.Minute},
	Handshakes: []webhook.Handshake{{
		When: []expr.Condition{expr.Equals(expr.JSON("event"), "endpoint.url_validation")}, Echo: expr.JSON("payload.plainToken"), EchoKey: "plainToken",
		HMAC: proof.MAC{Hash: digest.SHA256, Secret: "secret_token", Encoding: digest.Hex}, HMACKey: "encryptedToken",
	}},
}

// weCom is the set-up call of https://developer.work.weixin.qq.com/document/path/90930
var weCom = func() webhook.Policy {
	p := weChatSafe
	p.Handshakes = []webhook.Handshake{{
		When: []expr.Condition{expr.MethodIs(http.MethodGet)}, Echo: expr.Query("echostr"), Decrypt: webhook.Decrypt{Key: "encoding_aes_key", Receiver: "receiver_id"},
	}}
	return p
}()

func TestAHashIsAnsweredToWhoSignsOnly(t *testing.T) {
	t.Parallel()
	p := asIngressHasIt(t, zoom)
	const account = `{"secret_token":"s-0123456789"}`
	sealed, err := p.Seal(json.RawMessage(account))
	if err != nil || strings.Contains(string(sealed), "s-0123456789") {
		t.Fatalf("the door has %s, %v", sealed, err)
	}
	const body = `{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}`
	call := func(key string) webhook.Call {
		return ask("POST", "", "", body, "x-zm-request-timestamp", fmt.Sprint(now), "x-zm-signature", "v0="+hex.EncodeToString(sum(key, fmt.Sprintf("v0:%d:%s", now, body))))
	}
	want := fmt.Sprintf(`{"encryptedToken":"%x","plainToken":"qgg8vlvZRS6UYooatFL8Aw"}`, sum("s-0123456789", "qgg8vlvZRS6UYooatFL8Aw"))
	for name, secrets := range map[string]webhook.Secrets{"sealed": door(t, p, account), "open": {"secret_token": {"s-0123456789"}}} {
		if v := p.Examine(call("s-0123456789"), secrets); !v.Handshake || v.Answer.Body != want || v.Answer.ContentType != "application/json" {
			t.Errorf("%s: %+v, want %s", name, v, want)
		}
		if v := p.Examine(call("guess"), secrets); v.Handshake || v.Cause != webhook.Forged || v.Answer.Body != "" {
			t.Errorf("%s: a stranger is answered %+v", name, v)
		}
	}
}

func TestAChallengeIsDecrypted(t *testing.T) {
	t.Parallel()
	const key, receiver = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"
	const query = "msg_signature=5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3&timestamp=1409659589&nonce=263014780&echostr=P9nAzCzyDtyTWESHep1vC5X9xho%2FqYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp%2B4RPcs8TgAE7OaBO%2BFZXvnaqQ%3D%3D"
	p := asIngressHasIt(t, weCom)
	for _, test := range []struct {
		name, token, key, receiver string
		want                       webhook.Cause
	}{
		{"right", "QDG6eK", key, receiver, webhook.Authentic},
		{"another key", "QDG6eK", "k" + key[1:], receiver, webhook.Forged},
		{"no key", "QDG6eK", "", receiver, webhook.Forged},
		{"for somebody else", "QDG6eK", key, "wx1", webhook.Forged},
		{"wrongly signed", "x", key, receiver, webhook.Forged},
	} {
		account := door(t, p, fmt.Sprintf(`{"token":%q,"encoding_aes_key":%q,"receiver_id":%q,"secret":"hunter2"}`, test.token, test.key, test.receiver))
		v := p.Examine(ask("GET", "", query, ""), account)
		if v.Cause != test.want || v.Handshake != (test.want == webhook.Authentic) || v.Handshake && v.Answer.Body != "1616140317555161061" || !v.Handshake && v.Answer.Body != "" {
			t.Errorf("%s: %+v", test.name, v)
		}
		if why := p.Explain(ask("GET", "", query, ""), account); (why == "") != v.Handshake || test.key != "" && strings.Contains(why, test.key) {
			t.Errorf("%s: explained as %q", test.name, why)
		}
		if account["secret"] != nil {
			t.Errorf("%s: the door has more than it needs", test.name)
		}
	}
}

// FuzzDecrypt: whatever is sent, nothing panics.
func FuzzDecrypt(f *testing.F) {
	f.Add("P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==")
	p := webhook.Policy{
		Verify:     proof.Token{Query: "token", Secret: "token"},
		Handshakes: []webhook.Handshake{{When: []expr.Condition{expr.Has(expr.JSON("a"))}, Echo: expr.JSON("a"), Decrypt: webhook.Decrypt{Key: "key"}}},
	}
	f.Fuzz(func(t *testing.T, sent string) {
		body, err := json.Marshal(map[string]string{"a": sent})
		if err != nil {
			t.Skip()
		}
		c := ask("POST", "", "token=t", string(body))
		p.Examine(c, webhook.Secrets{"token": {"t"}, "key": {"jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"}})
	})
}

func TestMistakesInComputedAnswers(t *testing.T) {
	t.Parallel()
	when, echo := []expr.Condition{expr.Has(expr.JSON("a"))}, expr.JSON("a")
	mac := proof.MAC{Hash: digest.SHA256, Secret: "s", Encoding: digest.Hex}
	for _, test := range []struct {
		name string
		h    webhook.Handshake
		want string
	}{
		{"a hash of nothing", webhook.Handshake{HMAC: mac}, "hmac and decrypt go with echo"},
		{"decrypted from nothing", webhook.Handshake{Decrypt: webhook.Decrypt{Key: "k"}}, "hmac and decrypt go with echo"},
		{"both", webhook.Handshake{Echo: echo, HMAC: mac, Decrypt: webhook.Decrypt{Key: "k"}}, "decrypt is all that is answered"},
		{"no key", webhook.Handshake{Echo: echo, Decrypt: webhook.Decrypt{Receiver: "r"}}, "decrypt: key is required"},
		{"a name of no hash", webhook.Handshake{Echo: echo, HMACKey: "k"}, "hmac_key goes with hmac"},
		{"one name for two", webhook.Handshake{Echo: echo, EchoKey: "k", HMAC: mac, HMACKey: "k"}, "beside another echo_key"},
		{"no name beside another", webhook.Handshake{Echo: echo, EchoKey: "k", HMAC: mac}, "beside another echo_key"},
		{"an unknown hash", webhook.Handshake{Echo: echo, HMAC: proof.MAC{Hash: "crc32", Secret: "s", Encoding: digest.Hex}}, `hmac: unknown hash "crc32"`},
		{"no secret", webhook.Handshake{Echo: echo, HMAC: proof.MAC{Hash: digest.SHA1, Encoding: digest.Hex}}, "hmac: secret is required"},
		{"no encoding", webhook.Handshake{Echo: echo, HMAC: proof.MAC{Hash: digest.SHA1, Secret: "s"}}, "hmac: encoding is hex or base64"},
	} {
		test.h.When = when
		p := webhook.Policy{Verify: vk.Verify, Handshakes: []webhook.Handshake{test.h}}
		if err := p.Validate(); err == nil || !strings.Contains(err.Error(), "handshakes[0]") || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}
