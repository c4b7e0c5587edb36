package webhook_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/expr"
)

func TestWhatNeedsNoBodyIsJudgedBeforeIt(t *testing.T) {
	t.Parallel()
	account := webhook.Secrets{
		"app_secret": {"s"}, "verify_token": {"v"}, "auth_token": {"s"}, "hs_token": {"hs"}, "secret_token": {"s"}, "signing_key": {"s"},
		"webhook_user": {"u"}, "webhook_password": {"p"}, "webhook_token": {"w"}, "secret": {"whsec_c2VjcmV0LTAxMjM0NTY3ODk="}, "token": {"t"},
	}
	sha256Hex, sha1Base64 := "sha256="+strings.Repeat("0a", 32), base64.StdEncoding.EncodeToString(make([]byte, 20))
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("u:p"))
	for _, test := range []struct {
		name   string
		policy webhook.Policy
		call   webhook.Call
		want   webhook.Cause
	}{
		{"no token", telegram, ask("POST", "", "", ""), webhook.Unsigned},
		{"a wrong token", telegram, ask("POST", "", "", "", "X-Telegram-Bot-Api-Secret-Token", "x"), webhook.Forged},
		{"the token", telegram, ask("POST", "", "", "", "X-Telegram-Bot-Api-Secret-Token", "s"), webhook.Authentic},
		{"the token by another method", telegram, ask("PUT", "", "", "", "X-Telegram-Bot-Api-Secret-Token", "s"), webhook.Method},
		{"a wrong token in the query", matrix, ask("PUT", "", "access_token=x", ""), webhook.Forged},
		{"a wrong bearer token", matrix, ask("PUT", "", "", "", "Authorization", "Bearer x"), webhook.Forged},
		{"a wrong token in the path", clickSend, ask("POST", "/x", "", ""), webhook.Forged},
		{"a wrong password", postmark, ask("POST", "", "", "", "Authorization", "Basic eDp5"), webhook.Forged},
		{"the password", postmark, ask("POST", "", "", "", "Authorization", basic), webhook.Authentic},
		{"no signature", meta, ask("POST", "", "", ""), webhook.Unsigned},
		{"a signature of another form", meta, ask("POST", "", "", "", "X-Hub-Signature-256", "sha1=00"), webhook.Forged},
		{"a signature of another length", meta, ask("POST", "", "", "", "X-Hub-Signature-256", "sha256=00"), webhook.Forged},
		{"a signature that may be right", meta, ask("POST", "", "", "", "X-Hub-Signature-256", sha256Hex), webhook.Authentic},
		{"a challenge", meta, ask("GET", "", "hub.mode=subscribe&hub.challenge=1&hub.verify_token=v", ""), webhook.Authentic},
		{"a challenge with a wrong token", meta, ask("GET", "", "hub.mode=subscribe&hub.challenge=1&hub.verify_token=x", ""), webhook.Forged},
		{"a form's signature", twilio, ask("POST", "", "", "", "X-Twilio-Signature", sha1Base64, "Content-Type", formType), webhook.Authentic},
		{"the signature of a URL alone", twilio, ask("POST", "", "bodySHA256=00", "", "X-Twilio-Signature", sha1Base64, "Content-Type", jsonType), webhook.Forged},
		{"a signature in the body", mailgun, ask("POST", "", "", ""), webhook.Authentic},
		{"a token that nobody signed", messageBird, ask("POST", "", "", "", "MessageBird-Signature-JWT", "e30.e30.e30"), webhook.Forged},
		{"a signature over the query", weChat, ask("POST", "", weChatQuery("n")+"0", ""), webhook.Forged},
		{"a list with too many signatures", standard, ask("POST", "", "", "", "webhook-signature", strings.Repeat("v1,"+b64("x", "y")+" ", 17)), webhook.Forged},
		{"a body that is compressed", telegram, ask("POST", "", "", "", "X-Telegram-Bot-Api-Secret-Token", "s", "Content-Encoding", "gzip"), webhook.Encoded},
		{"a body that is compressed, of a stranger", telegram, ask("POST", "", "", "", "Content-Encoding", "gzip"), webhook.Unsigned},
		{"a body that is called what it is", telegram, ask("POST", "", "", "", "X-Telegram-Bot-Api-Secret-Token", "s", "Content-Encoding", "Identity"), webhook.Authentic},
	} {
		if got := test.policy.CheckHead(test.call, account); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	genuine(t, func(v vector, c webhook.Call, account webhook.Secrets, p webhook.Policy) {
		if got := p.CheckHead(c, account); got != webhook.Authentic {
			t.Errorf("%s: %s: %q before its body is known", v.file, v.Name, got)
		}
	})
}

func TestACompressedBodyIsRefused(t *testing.T) {
	t.Parallel()
	c := ask("POST", "", "", "\x1f\x8b", "X-Telegram-Bot-Api-Secret-Token", "s", "Content-Encoding", "identity, GZIP")
	v := telegram.Examine(c, webhook.Secrets{"secret_token": {"s"}})
	if v.Cause != webhook.Encoded || v.Answer.Status != http.StatusUnsupportedMediaType {
		t.Errorf("%+v", v)
	}
}

// TestAHandshakeIsProvedByItsOwnToken: what the body says of a handshake counts once its token is right, wherever it is.
func TestAHandshakeIsProvedByItsOwnToken(t *testing.T) {
	t.Parallel()
	hello := []expr.Condition{expr.Equals(expr.JSON("type"), "hello")}
	inQuery, inBody := telegram, telegram
	inQuery.Handshakes = []webhook.Handshake{{When: hello, Token: expr.Query("t"), Secret: "verify", Echo: expr.JSON("c")}}
	inBody.Handshakes = []webhook.Handshake{{When: hello, Token: expr.JSON("t"), Secret: "verify", Echo: expr.JSON("c")}}
	account := webhook.Secrets{"verify": {"v"}, "secret_token": {"s"}}
	const right = "X-Telegram-Bot-Api-Secret-Token"
	for _, test := range []struct {
		name   string
		policy webhook.Policy
		call   webhook.Call
		head   webhook.Cause
		want   webhook.Cause
		echo   string
	}{
		{"the token", inQuery, ask("POST", "", "t=v", `{"type":"hello","c":"1"}`), webhook.Authentic, webhook.Authentic, "1"},
		{"a wrong token", inQuery, ask("POST", "", "t=x", `{"type":"hello","c":"1"}`), webhook.Unsigned, webhook.Unsigned, ""},
		{"the token of something else", inQuery, ask("POST", "", "t=v", `{"type":"event","c":"1"}`), webhook.Authentic, webhook.Unsigned, ""},
		{"an event", inQuery, ask("POST", "", "", `{"type":"event"}`, right, "s"), webhook.Authentic, webhook.Authentic, ""},
		{"the token in the body", inBody, ask("POST", "", "", `{"type":"hello","c":"1","t":"v"}`), webhook.Authentic, webhook.Authentic, "1"},
		{"a wrong token in the body", inBody, ask("POST", "", "", `{"type":"hello","c":"1","t":"x"}`), webhook.Authentic, webhook.Unsigned, ""},
		{"an event with the header's token", inBody, ask("POST", "", "", `{"type":"event","t":"x"}`, right, "s"), webhook.Authentic, webhook.Authentic, ""},
	} {
		v := test.policy.Examine(test.call, account)
		if head := test.policy.CheckHead(test.call, account); head != test.head || v.Cause != test.want || v.Handshake != (test.echo != "") || v.Answer.Body != test.echo {
			t.Errorf("%s: %q by its head, %+v", test.name, head, v)
		}
	}
}

// TestAByteOrderMarkIsPassedOver where something is looked for; what is signed is the body with it.
func TestAByteOrderMarkIsPassedOver(t *testing.T) {
	t.Parallel()
	const mark = "\ufeff"
	form := http.Header{"Content-Type": {formType}}
	for _, test := range []struct {
		name string
		expr expr.Expr
		call webhook.Call
	}{
		{"JSON", expr.JSON("a"), webhook.Call{Body: []byte(mark + `{"a":"1"}`)}},
		{"XML", expr.XML("a"), webhook.Call{Body: []byte(mark + `<x><a>1</a></x>`)}},
		{"a form", expr.Form("a"), webhook.Call{Body: []byte(mark + `a=1`), Header: form}},
	} {
		if got := test.expr.Find(test.call); got != "1" {
			t.Errorf("%s: %q", test.name, got)
		}
	}
	body := mark + `{"events":[]}`
	c := ask("POST", "", "", body, "X-Line-Signature", b64("s", body))
	if v := line.Examine(c, webhook.Secrets{"channel_secret": {"s"}}); !v.Handshake {
		t.Errorf("a signed call with a mark: %+v", v)
	}
	if got := expr.FromProto(c.Proto()); string(got.Body) != `{"events":[]}` {
		t.Errorf("read as %q", got.Body)
	}
}

func TestSignaturesAndTokensAreBounded(t *testing.T) {
	t.Parallel()
	account := webhook.Secrets{"secret": {"whsec_" + base64.StdEncoding.EncodeToString([]byte("s"))}}
	signed := "v1," + b64("s", fmt.Sprintf("m.%d.{}", now))
	for other, want := range map[int]webhook.Cause{0: webhook.Authentic, 15: webhook.Authentic, 16: webhook.Forged} {
		list := strings.Repeat("v1,"+b64("x", "y")+" ", other) + signed
		c := ask("POST", "", "", "{}", "webhook-signature", list, "webhook-id", "m", "webhook-timestamp", fmt.Sprint(now))
		if got := standard.Check(c, account); got != want {
			t.Errorf("%d others beside the right one: %q, want %q", other, got, want)
		}
	}
	c := ask("POST", "", "", "", "X-Hub-Signature-256", "sha256="+hex.EncodeToString(sum("s", ""))+strings.Repeat(" ", 9000))
	if got := meta.Check(c, webhook.Secrets{"app_secret": {"s"}}); got != webhook.Forged {
		t.Errorf("a signature of 9 kB: %q", got)
	}
	form := "a=1" + strings.Repeat("&a=1", 1000)
	c = ask("POST", "", "", form, "Content-Type", formType)
	c.URL = "https://x/"
	c.Header.Set("X-Twilio-Signature", hmacSHA1("s", c.URL+"a1"))
	if got := twilio.Check(c, webhook.Secrets{"auth_token": {"s"}}); got != webhook.Forged {
		t.Errorf("1001 parameters: %q", got)
	}
	c.Body = []byte(strings.TrimSuffix(form, "&a=1"))
	if got := twilio.Check(c, webhook.Secrets{"auth_token": {"s"}}); got != webhook.Authentic {
		t.Errorf("1000 parameters: %q", got)
	}
}

func hmacSHA1(key, text string) string {
	mac := hmac.New(sha1.New, []byte(key))
	mac.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
