package whatsapp_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/whatsapp"
)

const (
	appSecret = "5f2b0e8f6d3a4c1d9e7b8a6f5c4d3e2a"
	numberID  = "106540352242922"
)

// secrets are those of the account; the app secret is being changed, so that two are live.
var secrets = webhook.Secrets{
	"phone_number_id": {numberID}, "app_secret": {appSecret, "the-secret-before"}, "verify_token": {"a-token-to-verify"},
	"access_token": {"EAAJB-access-token"},
}

// policies are the policy as it is declared and as ingress gets it.
func policies(t *testing.T) map[string]webhook.Policy {
	t.Helper()
	if err := whatsapp.Network.Webhook.Validate(); err != nil {
		t.Fatal(err)
	}
	wire, err := json.Marshal(whatsapp.Network.Webhook)
	if err != nil {
		t.Fatal(err)
	}
	var travelled webhook.Policy
	if err := json.Unmarshal(wire, &travelled); err != nil {
		t.Fatal(err)
	}
	return map[string]webhook.Policy{"declared": *whatsapp.Network.Webhook, "travelled": travelled}
}

func sign(secret, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

func post(body string, signature ...string) webhook.Call {
	return webhook.Call{Method: "POST", Header: http.Header{"X-Hub-Signature-256": signature, "Content-Type": {"application/json"}}, Body: []byte(body)}
}

func about(number string) string {
	return fmt.Sprintf(`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":%q},`+
		`"messages":[{"text":{"body":"\u00e9"}}]}}]}]}`, number)
}

func TestSignature(t *testing.T) {
	body := about(numberID)
	template := `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"message_template_status_update","value":{"event":"APPROVED"}}]}]}`
	for name, test := range map[string]struct {
		call webhook.Call
		want webhook.Cause
	}{
		"right":                              {post(body, sign(appSecret, body)), webhook.Authentic},
		"right, by the secret before":        {post(body, sign("the-secret-before", body)), webhook.Authentic},
		"right, in capitals":                 {post(body, "sha256="+strings.ToUpper(sign(appSecret, body)[7:])), webhook.Authentic},
		"about no number":                    {post(template, sign(appSecret, template)), webhook.Authentic},
		"none":                               {post(body), webhook.Unsigned},
		"of another app":                     {post(body, sign("another", body)), webhook.Forged},
		"of an empty secret":                 {post(body, sign("", body)), webhook.Forged},
		"altered body":                       {post(body+" ", sign(appSecret, body)), webhook.Forged},
		"body without its escapes":           {post(strings.ReplaceAll(body, `\u00e9`, "é"), sign(appSecret, body)), webhook.Forged},
		"without its prefix":                 {post(body, sign(appSecret, body)[7:]), webhook.Forged},
		"cut":                                {post(body, sign(appSecret, body)[:40]), webhook.Forged},
		"two of them":                        {post(body, sign(appSecret, body), sign(appSecret, body)), webhook.Forged},
		"the verify token's":                 {post(body, sign("a-token-to-verify", body)), webhook.Forged},
		"right, about another number":        {post(about("106540352242923"), sign(appSecret, about("106540352242923"))), webhook.Authentic},
		"right, by PUT":                      {webhook.Call{Method: "PUT", Header: post(body, sign(appSecret, body)).Header, Body: []byte(body)}, webhook.Method},
		"right, larger than Meta's largest":  {post(strings.Repeat(" ", 4<<20)+body, sign(appSecret, strings.Repeat(" ", 4<<20)+body)), webhook.TooLarge},
		"right, in the header of years past": {webhook.Call{Method: "POST", Header: http.Header{"X-Hub-Signature": {sign(appSecret, body)}}, Body: []byte(body)}, webhook.Unsigned},
	} {
		for which, policy := range policies(t) {
			t.Run(name+"/"+which, func(t *testing.T) {
				if got := policy.Check(test.call, secrets); got != test.want {
					t.Errorf("cause %q, want %q", got, test.want)
				}
			})
		}
	}
	for which, policy := range policies(t) {
		if got := policy.Check(post(body, sign("", body)), webhook.Secrets{"phone_number_id": {numberID}}); got == webhook.Authentic {
			t.Errorf("%s: no secret, and admitted", which)
		}
	}
}

func TestChallenge(t *testing.T) {
	for name, test := range map[string]struct {
		method, query string
		status        int
		body          string
	}{
		"right":             {"GET", "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=a-token-to-verify", 200, "1158201444"},
		"wrong token":       {"GET", "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=guess", 401, ""},
		"no token":          {"GET", "hub.mode=subscribe&hub.challenge=1158201444", 401, ""},
		"empty token":       {"GET", "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=", 401, ""},
		"no challenge":      {"GET", "hub.mode=subscribe&hub.verify_token=a-token-to-verify", 401, ""},
		"of another kind":   {"GET", "hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=a-token-to-verify", 401, ""},
		"a browser":         {"GET", "", 401, ""},
		"the app's secret":  {"GET", "hub.mode=subscribe&hub.challenge=1&hub.verify_token=" + appSecret, 401, ""},
		"posted, as a call": {"POST", "hub.mode=subscribe&hub.challenge=1&hub.verify_token=a-token-to-verify", 401, ""},
	} {
		for which, policy := range policies(t) {
			t.Run(name+"/"+which, func(t *testing.T) {
				v := policy.Examine(webhook.Call{Method: test.method, Query: test.query, Header: http.Header{}}, secrets)
				if v.Answer.Status != test.status || v.Answer.Body != test.body || v.Handshake != (test.status == 200) {
					t.Errorf("%+v", v)
				}
				if test.status == 200 && !strings.HasPrefix(v.Answer.ContentType, "text/plain") {
					t.Errorf("answered as %q", v.Answer.ContentType)
				}
			})
		}
	}
}

// A repeat has the same body, and so the same key; whatever differs has another.
func TestDedupe(t *testing.T) {
	find := whatsapp.Network.Webhook.Dedupe.Find
	one, other := about(numberID), about(numberID)+" "
	first := find(post(one, sign(appSecret, one)))
	if first == "" || first != find(post(one, sign(appSecret, one))) || first == find(post(other, sign(appSecret, other))) {
		t.Errorf("key %q", first)
	}
}

// The verify token comes with the challenge alone, which is not stored; a signature admits nothing but its own body.
func TestStoredCallsHoldNoSecret(t *testing.T) {
	stored := whatsapp.Network.Webhook.Strip(post(about(numberID), sign(appSecret, about(numberID))))
	text := fmt.Sprint(stored.Header, stored.Query, string(stored.Body))
	for field, values := range secrets {
		if field != "phone_number_id" && strings.Contains(text, values[0]) {
			t.Errorf("stored: %s", field)
		}
	}
}
