package webhook_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
	"github.com/bonychat/puente/pkg/webhook/signed"
)

// https://dev.vk.com/api/callback/getting-started
var vk = webhook.Policy{
	Verify:     proof.Token{Sent: expr.JSON("secret"), Secret: "secret_key"},
	Handshakes: []webhook.Handshake{{When: []expr.Condition{expr.Equals(expr.JSON("type"), "confirmation")}, Account: "confirmation"}},
	Dedupe:     expr.JSON("event_id"),
	Accepted:   webhook.Answer{Body: "ok"},
}

// https://developers.mattermost.com/integrate/webhooks/outgoing/ sends a form, or JSON.
var mattermost = webhook.Policy{
	Verify: proof.AnyOf{proof.Token{Sent: expr.Form("token"), Secret: "token"}, proof.Token{Sent: expr.JSON("token"), Secret: "token"}},
	Dedupe: expr.FirstOf(expr.Form("post_id"), expr.JSON("post_id")),
}

// https://developers.tiktok.com/doc/webhooks-verification
var tikTok = webhook.Policy{
	Verify: proof.HMAC{
		Hash: digest.SHA256, Secret: "client_secret", Sent: expr.Field("TikTok-Signature", "s", ","), Encoding: digest.Hex,
		Over: []signed.Part{signed.From(expr.Field("TikTok-Signature", "t", ",")), signed.Lit("."), signed.Body()},
	},
	Freshness: webhook.Freshness{At: expr.Field("TikTok-Signature", "t", ","), Past: 5 * time.Minute, Future: time.Minute},
}

// standardPublic is the asymmetric way of Standard Webhooks.
var standardPublic = webhook.Policy{
	Verify: proof.Signature{
		Algorithm: proof.Ed25519, Key: "public_key", KeyEncoding: digest.Base64, KeyStrip: "whpk_", Header: "webhook-signature",
		Encoding: digest.Base64, List: proof.List{Separator: " ", Label: "v1a,"}, Over: standard.Verify.(proof.HMAC).Over,
	},
	Freshness: standard.Freshness,
}

// asIngressHasIt is a policy as ingress has it.
func asIngressHasIt(t *testing.T, p webhook.Policy) (out webhook.Policy) {
	t.Helper()
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// door is an account as ingress has it.
func door(t *testing.T, p webhook.Policy, account string) webhook.Secrets {
	t.Helper()
	sealed, err := p.Seal(json.RawMessage(account))
	if err != nil {
		t.Fatal(err)
	}
	secrets, err := expr.SecretsOf(sealed)
	if err != nil {
		t.Fatal(err)
	}
	return secrets
}

func TestATokenInTheBodyAdmits(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded"
	for _, test := range []struct {
		name   string
		policy webhook.Policy
		body   string
		kind   string
		want   webhook.Cause
		stored string
	}{
		{"JSON", vk, `{"type":"message_new","secret":"s3cr\u0065t","event_id":"e1"}`, "application/json", webhook.Authentic, `{"type":"message_new","secret":"","event_id":"e1"}`},
		{"JSON, wherever it is", vk, ` {"secret" : "old" , "secret": "s3cret"} `, "", webhook.Authentic, ` {"secret" : "" , "secret": ""} `},
		{"JSON, the last one counts", vk, `{"secret":"s3cret","secret":"x"}`, "", webhook.Forged, ""},
		{"JSON, wrong", vk, `{"secret":"guess"}`, "", webhook.Forged, ""},
		{"JSON, none", vk, `{"type":"message_new"}`, "", webhook.Unsigned, ""},
		{"JSON, deeper", vk, `{"a":{"secret":"s3cret"}}`, "", webhook.Unsigned, ""},
		{"no JSON", vk, `secret=s3cret`, "", webhook.Unsigned, ""},
		{"nothing", vk, ``, "", webhook.Unsigned, ""},
		{"a form", mattermost, "post_id=1&token=s3cret&text=a%20b", form, webhook.Authentic, "post_id=1&text=a%20b"},
		{"a form, wrong", mattermost, "token=guess", form, webhook.Forged, ""},
		{"a form, twice", mattermost, "token=s3cret&token=s3cret", form, webhook.Unsigned, ""},
		{"a form that says that it is JSON", mattermost, "token=s3cret", "application/json", webhook.Unsigned, ""},
		{"JSON in place of a form", mattermost, `{"token":"s3cret","post_id":"1"}`, "application/json", webhook.Authentic, `{"token":"","post_id":"1"}`},
	} {
		p := asIngressHasIt(t, test.policy)
		account := door(t, p, `{"secret_key":["s3cret","old"],"token":"s3cret","confirmation":"8a1b"}`)
		c := ask("POST", "", "", test.body, "Content-Type", test.kind)
		if got := p.Check(c, account); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		if got := p.CheckHead(c, account); got != webhook.Authentic {
			t.Errorf("%s: refused by its head: %q", test.name, got)
		}
		if got := p.Check(c, webhook.Secrets{"secret_key": {""}}); got == webhook.Authentic {
			t.Errorf("%s: admitted without a secret", test.name)
		}
		if test.want == webhook.Authentic {
			if stored := string(p.Strip(c).Body); stored != test.stored || string(c.Body) != test.body {
				t.Errorf("%s: %s is stored, want %s", test.name, stored, test.stored)
			}
		} else if why := p.Explain(c, account); why == "" || strings.Contains(why, "s3cret") {
			t.Errorf("%s: explained as %q", test.name, why)
		}
	}
	if got := vk.CheckHead(ask("POST", "", "", ""), webhook.Secrets{}); got != webhook.Forged {
		t.Errorf("a body is read for nobody: %q", got)
	}
	call := ask("POST", "", "", `{"type":"message_new"}`)
	if signed, err := vk.Sign(call, webhook.Secrets{"secret_key": {"s3cret"}}); err != nil || vk.Check(signed, webhook.Secrets{"secret_key": {"s3cret"}}) != webhook.Authentic {
		t.Errorf("it cannot be signed: %v", err)
	}
}

func TestAConstantAnswerComesFromTheAccount(t *testing.T) {
	t.Parallel()
	p := asIngressHasIt(t, vk)
	account := door(t, p, `{"secret_key":"s3cret","confirmation":"8a1b","access_token":"t0ken"}`)
	if account["access_token"] != nil || account.First("confirmation") != "8a1b" {
		t.Errorf("the door has %d fields", len(account))
	}
	c := ask("POST", "", "", `{"type":"confirmation","group_id":1,"secret":"s3cret"}`)
	if v := p.Examine(c, account); !v.Handshake || v.Answer.Body != "8a1b" || v.Answer.Status != 200 {
		t.Errorf("%+v", v)
	}
	if v := p.Examine(ask("POST", "", "", `{"type":"confirmation","secret":"guess"}`), account); v.Cause != webhook.Forged {
		t.Errorf("a stranger is told: %+v", v)
	}
	delete(account, "confirmation")
	if v := p.Examine(c, account); v.Handshake || v.Cause != webhook.Authentic {
		t.Errorf("answered with nothing: %+v", v)
	}
}

func TestAPartOfAHeaderIsASignature(t *testing.T) {
	t.Parallel()
	p := asIngressHasIt(t, tikTok)
	account := door(t, p, `{"client_secret":"s"}`)
	const body = `{"event":"x"}`
	sent := func(at int64) string { return hex.EncodeToString(sum("s", fmt.Sprintf("%d.%s", at, body))) }
	for _, test := range []struct {
		name, header string
		want         webhook.Cause
	}{
		{"right", fmt.Sprintf("t=%d,s=%s", now, sent(now)), webhook.Authentic},
		{"in another order, with blanks", fmt.Sprintf("s=%s, t=%d", sent(now), now), webhook.Authentic},
		{"with others", fmt.Sprintf("v=1,t=%d,s=%s,x", now, sent(now)), webhook.Authentic},
		{"another time", fmt.Sprintf("t=%d,s=%s", now+1, sent(now)), webhook.Forged},
		{"an old one", fmt.Sprintf("t=%d,s=%s", now-301, sent(now-301)), webhook.Stale},
		{"two signatures", fmt.Sprintf("t=%d,s=%s,s=%s", now, sent(now), sent(now)), webhook.Unsigned},
		{"no time", "s=" + sent(now), webhook.Forged},
		{"another separator", fmt.Sprintf("t=%d;s=%s", now, sent(now)), webhook.Unsigned},
		{"nothing", "", webhook.Unsigned},
	} {
		if got := p.Check(ask("POST", "", "", body, "TikTok-Signature", test.header), account); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	c := ask("POST", "", "", body)
	c.Header["Tiktok-Signature"] = []string{fmt.Sprintf("t=%d,s=%s", now, sent(now)), "t=1"}
	if got := p.Check(c, account); got == webhook.Authentic {
		t.Error("a header that is there twice is admitted")
	}
}

func TestAPublicKeyMayHaveAPrefix(t *testing.T) {
	t.Parallel()
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	key := base64.StdEncoding.EncodeToString(private.Public().(ed25519.PublicKey))
	signature := base64.StdEncoding.EncodeToString(ed25519.Sign(private, fmt.Appendf(nil, "m1.%d.{}", now)))
	c := ask("POST", "", "", "{}", "webhook-id", "m1", "webhook-timestamp", fmt.Sprint(now), "webhook-signature", "v1,bm90IG91cnM= v1a,"+signature)
	p := asIngressHasIt(t, standardPublic)
	for text, want := range map[string]webhook.Cause{"whpk_" + key: webhook.Authentic, key: webhook.Authentic, "whsk_" + key: webhook.Forged, "whpk_whpk_" + key: webhook.Forged} {
		if got := p.Check(c, webhook.Secrets{"public_key": {text}}); got != want {
			t.Errorf("%s: %q, want %q", text[:5], got, want)
		}
	}
}

func TestMistakesInTheseWords(t *testing.T) {
	t.Parallel()
	when := []expr.Condition{expr.Has(expr.JSON("a"))}
	for _, test := range []struct {
		name   string
		policy webhook.Policy
		want   string
	}{
		{"a token in a list", webhook.Policy{Verify: proof.Token{Sent: expr.JSON("a[0].token"), Secret: "s"}}, "token: sent is a field of a form, or a path of keys in JSON"},
		{"a token in XML", webhook.Policy{Verify: proof.Token{Sent: expr.XML("token"), Secret: "s"}}, "token: sent is a field of a form"},
		{"a token in two fields", webhook.Policy{Verify: proof.Token{Sent: expr.Expr{JSON: "a", Form: "b"}, Secret: "s"}}, "token: sent: looks in 2 places"},
		{"a token in two places", webhook.Policy{Verify: proof.Token{Sent: expr.JSON("a"), Path: true, Secret: "s"}}, "exactly one of header, bearer, basic, query, path, sent"},
		{"a time beside a token in the body", webhook.Policy{
			Verify: vk.Verify, Freshness: webhook.Freshness{At: expr.JSON("at"), Past: time.Minute},
		}, "freshness: is not part of what is signed"},
		{"a field without a separator", webhook.Policy{Verify: vk.Verify, Dedupe: expr.Field("X", "t", "")}, "dedupe: field: goes with between"},
		{"a separator without a field", webhook.Policy{Verify: vk.Verify, Dedupe: expr.Field("X", "", ",")}, "dedupe: field: goes with between"},
		{"a field of no header", webhook.Policy{Verify: vk.Verify, Dedupe: expr.Expr{Query: "q", Field: "t", Between: ","}}, "dedupe: field: goes with between, and the header"},
		{"a field that holds the separator", webhook.Policy{Verify: vk.Verify, Dedupe: expr.Field("X", "t,s", ",")}, `dedupe: field: "t,s"`},
		{"two answers", webhook.Policy{Verify: vk.Verify, Handshakes: []webhook.Handshake{{When: when, Account: "a", Echo: expr.JSON("b")}}}, "handshakes[0]: exactly one of echo and account"},
		{"an answer of the account and a body", webhook.Policy{
			Verify: vk.Verify, Handshakes: []webhook.Handshake{{When: when, Account: "a", Answer: webhook.Answer{Body: "x"}}},
		}, "handshakes[0]: echo, or account, takes the place"},
	} {
		if err := test.policy.Validate(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}
