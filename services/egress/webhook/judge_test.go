package webhook_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"google.golang.org/protobuf/types/known/timestamppb"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	hook "github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/webhook"
)

const (
	secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	newer  = "whsec_aGVyZSBhcmUgdGhpcnR5LXR3byBieXRlcyB0byBzaWdu"
)

func library(t *testing.T, secret string) *standardwebhooks.Webhook {
	t.Helper()
	wh, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	return wh
}

// What goes out the official library verifies, with either secret while one is being changed, and no other; and its body is
// as the schema has it.
func TestTheOfficialLibraryVerifiesWhatIsSent(t *testing.T) {
	type call struct {
		body   []byte
		header http.Header
	}
	calls := make(chan call, 10)
	far := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		calls <- call{body, r.Header.Clone()}
	}))
	defer far.Close()
	s := sendertest.Open(t, webhook.Network, `{"url": "`+far.URL+`", "secret": ["`+newer+`", "`+secret+`"]}`, far.URL)
	m := &messagev1.Message{Id: "m1", AcceptedAt: timestamppb.Now(), Contact: &messagev1.Contact{Address: "ana"}, Content: content.Text("¿qué tal? 🙂 \u2028<b>")}
	if sent, err := s.Send(t.Context(), m); err != nil || sent.Ref != "m1-0" {
		t.Fatalf("%+v, %v", sent, err)
	}
	if err := s.(provider.Checker).Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	schema := schemaOf(t, "from_bridge")
	for range 2 {
		c := <-calls
		for _, live := range []string{secret, newer} {
			if err := library(t, live).Verify(c.body, c.header); err != nil {
				t.Error(err)
			}
		}
		if library(t, "whsec_bm9uZSBvZiB0aGUgc2VjcmV0cyBhdCBhbGw=").Verify(c.body, c.header) == nil {
			t.Error("another secret verifies it")
		}
		if library(t, secret).Verify(append(c.body, ' '), c.header) == nil {
			t.Error("a body that was changed is verified")
		}
		if err := schema.body(c.body); err != nil {
			t.Error(err)
		}
	}
}

// What the official library signs is admitted, with each secret that is alive, and nothing that was changed, is old, or is
// early.
func TestWhatTheOfficialLibrarySignsIsAdmitted(t *testing.T) {
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	body := []byte(`{"type":"ping"}`)
	signed := func(secret string, at time.Time) hook.Call {
		signature, err := library(t, secret).Sign("msg_1", at, body)
		if err != nil {
			t.Fatal(err)
		}
		h := http.Header{}
		h.Set(standardwebhooks.HeaderWebhookID, "msg_1")
		h.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
		h.Set(standardwebhooks.HeaderWebhookSignature, signature)
		return hook.Call{Method: http.MethodPost, Header: h, Body: body, AcceptedAt: now}
	}
	with := func(c hook.Call, change func(*hook.Call)) hook.Call {
		change(&c)
		return c
	}
	for _, test := range []struct {
		name string
		call hook.Call
		want hook.Cause
	}{
		{"a right call", signed(secret, now), hook.Authentic},
		{"by the new secret", signed(newer, now), hook.Authentic},
		{"five minutes old", signed(secret, now.Add(-5*time.Minute)), hook.Authentic},
		{"older", signed(secret, now.Add(-5*time.Minute-time.Second)), hook.Stale},
		{"from the future", signed(secret, now.Add(5*time.Minute+time.Second)), hook.Stale},
		{"by another secret", signed("whsec_bm9uZSBvZiB0aGUgc2VjcmV0cyBhdCBhbGw=", now), hook.Forged},
		{"another body", with(signed(secret, now), func(c *hook.Call) { c.Body = []byte(`{"type":"pong"}`) }), hook.Forged},
		{"another id", with(signed(secret, now), func(c *hook.Call) { c.Header.Set("Webhook-Id", "msg_2") }), hook.Forged},
		{"another time", with(signed(secret, now), func(c *hook.Call) {
			c.Header.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix()+1, 10))
		}), hook.Forged},
		{"no id", with(signed(secret, now), func(c *hook.Call) { c.Header.Del("Webhook-Id") }), hook.Forged},
		{"no signature", with(signed(secret, now), func(c *hook.Call) { c.Header.Del("Webhook-Signature") }), hook.Unsigned},
		{"several signatures", with(signed(secret, now), func(c *hook.Call) {
			c.Header.Set("Webhook-Signature", "v1a,bm90IG91cnM= v1,bm90IG91cnM= "+c.Header.Get("Webhook-Signature"))
		}), hook.Authentic},
		{"another method", with(signed(secret, now), func(c *hook.Call) { c.Method = http.MethodGet }), hook.Method},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := webhook.Network.Webhook.Check(test.call, hook.Secrets{"secret": {newer, secret}}); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// What an app signs by its private key is admitted where the account has the public one, and not by any other.
func TestWhatAPrivateKeySignsIsAdmitted(t *testing.T) {
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	stranger := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, ed25519.SeedSize))
	now, body := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC), []byte(`{"type":"ping"}`)
	call := func(key ed25519.PrivateKey, body []byte) hook.Call {
		signature := ed25519.Sign(key, fmt.Appendf(nil, "msg_1.%d.%s", now.Unix(), body))
		return hook.Call{Method: http.MethodPost, Body: body, AcceptedAt: now, Header: http.Header{
			"Webhook-Id": {"msg_1"}, "Webhook-Timestamp": {strconv.FormatInt(now.Unix(), 10)},
			"Webhook-Signature": {"v1,bm90IG91cnM= v1a," + base64.StdEncoding.EncodeToString(signature)},
		}}
	}
	account := hook.Secrets{"secret": {secret}, "public_key": {"whpk_" + base64.StdEncoding.EncodeToString(private.Public().(ed25519.PublicKey))}}
	if cause := webhook.Network.Webhook.Check(call(private, body), account); cause != hook.Authentic {
		t.Errorf("%q", cause)
	}
	changed := call(private, body)
	changed.Body = []byte(`{"type":"pong"}`)
	for name, c := range map[string]hook.Call{"a stranger's": call(stranger, body), "a changed one": changed} {
		if cause := webhook.Network.Webhook.Check(c, account); cause != hook.Forged {
			t.Errorf("%s: %q", name, cause)
		}
	}
	if cause := webhook.Network.Webhook.Check(call(private, body), hook.Secrets{"secret": {secret}}); cause != hook.Forged {
		t.Errorf("without a public key: %q", cause)
	}
}
