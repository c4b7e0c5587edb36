package webhook_test

import (
	"crypto/ed25519"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/webhook"
)

const now = 1_700_000_000

// ask is a call of one of the networks, signed as that network does.
func ask(method, suffix, query, body string, header ...string) webhook.Call {
	c := webhook.Call{Method: method, Suffix: suffix, Query: query, Body: []byte(body), Header: http.Header{}, AcceptedAt: time.Unix(now, 0)}
	for i := 0; i+1 < len(header); i += 2 {
		c.Header.Set(header[i], header[i+1])
	}
	return c
}

func TestHandshakesAreAnswered(t *testing.T) {
	t.Parallel()
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	account := webhook.Secrets{
		"app_secret": {"s"}, "verify_token": {"old", "new token"}, "signing_secret": {"s"}, "auth_token": {"s"}, "channel_secret": {"s"},
		"hs_token": {"hs"}, "token": {"t"}, "public_key": {hex.EncodeToString(private.Public().(ed25519.PublicKey))},
	}
	hexed := func(text string) string { return hex.EncodeToString(sum("s", text)) }
	slackCall := func(body string) webhook.Call {
		return ask("POST", "", "", body, "X-Slack-Request-Timestamp", fmt.Sprint(now), "X-Slack-Signature", "v0="+hexed(fmt.Sprintf("v0:%d:%s", now, body)))
	}
	discordCall := func(body string) webhook.Call {
		signed := ed25519.Sign(private, []byte(fmt.Sprint(now)+body))
		return ask("POST", "", "", body, "X-Signature-Timestamp", fmt.Sprint(now), "X-Signature-Ed25519", hex.EncodeToString(signed))
	}
	late := func(c webhook.Call) webhook.Call { c.AcceptedAt = c.AcceptedAt.Add(time.Hour); return c }
	wrong := func(c webhook.Call) webhook.Call { c.Body = append(c.Body, ' '); return c }
	const verify = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
	const plain, ok = "text/plain; charset=utf-8", http.StatusOK
	yes := func(status int, contentType, body string) webhook.Verdict {
		return webhook.Verdict{Handshake: true, Answer: webhook.Answer{Status: status, ContentType: contentType, Body: body}}
	}
	no := func(p webhook.Policy, cause webhook.Cause) webhook.Verdict {
		return webhook.Verdict{Cause: cause, Answer: p.Answer(cause)}
	}
	for _, test := range []struct {
		name   string
		policy webhook.Policy
		call   webhook.Call
		want   webhook.Verdict
	}{
		{"Meta", meta, ask("GET", "", verify+"new+token", ""), yes(ok, plain, "1158201444")},
		{"Meta, the older token", meta, ask("GET", "", verify+"old", ""), yes(ok, plain, "1158201444")},
		{"Meta, a wrong token", meta, ask("GET", "", verify+"x", ""), no(meta, webhook.Forged)},
		{"Meta, no token", meta, ask("GET", "", verify, ""), no(meta, webhook.Unsigned)},
		{"Meta, the token twice", meta, ask("GET", "", verify+"old&hub.verify_token=old", ""), no(meta, webhook.Unsigned)},
		{"Meta, another mode", meta, ask("GET", "", "hub.mode=x&hub.challenge=1&hub.verify_token=old", ""), no(meta, webhook.Unsigned)},
		{"Meta, another mode, signed", meta, ask("GET", "", "", "", "X-Hub-Signature-256", "sha256="+hexed("")), no(meta, webhook.Method)},
		{"Meta, no challenge", meta, ask("GET", "", "hub.mode=subscribe&hub.verify_token=old", ""), no(meta, webhook.Unsigned)},
		{"Meta, by another method", meta, ask("POST", "", verify+"old", ""), no(meta, webhook.Unsigned)},
		{"Meta, by a third method", meta, ask("PUT", "", verify+"old", ""), no(meta, webhook.Method)},
		{"Slack", slack, slackCall(`{"type":"url_verification","challenge":"a<b"}`), yes(ok, jsonType, `{"challenge":"a\u003cb"}`)},
		{"Slack, late", slack, late(slackCall(`{"type":"url_verification","challenge":"a"}`)), no(slack, webhook.Stale)},
		{"Slack, wrongly signed", slack, wrong(slackCall(`{"type":"url_verification","challenge":"a"}`)), no(slack, webhook.Forged)},
		{"Slack, no challenge", slack, slackCall(`{"type":"url_verification"}`), no(slack, webhook.Authentic)},
		{"Slack, an event", slack, slackCall(`{"type":"event_callback","challenge":"a"}`), no(slack, webhook.Authentic)},
		{"Discord's ping", discord, discordCall(`{"type":1}`), yes(ok, jsonType, `{"type":1}`)},
		{"Discord's ping, wrongly signed", discord, wrong(discordCall(`{"type":1}`)), no(discord, webhook.Forged)},
		{"Discord's ping of events", discord, discordCall(`{"type":0}`), yes(http.StatusNoContent, "", "")},
		{"Discord, a command", discord, discordCall(`{"type":2}`), no(discord, webhook.Authentic)},
		{"LINE, no events", line, ask("POST", "", "", `{"events":[]}`, "X-Line-Signature", b64("s", `{"events":[]}`)), yes(ok, "", "")},
		{"LINE, no list", line, ask("POST", "", "", `{"events":null}`, "X-Line-Signature", b64("s", `{"events":null}`)), no(line, webhook.Authentic)},
		{"LINE, an event", line, ask("POST", "", "", `{"events":[{}]}`, "X-Line-Signature", b64("s", `{"events":[{}]}`)), no(line, webhook.Authentic)},
		{"LINE, unsigned", line, ask("POST", "", "", `{"events":[]}`), no(line, webhook.Unsigned)},
		{"Viber", viber, ask("POST", "", "", `{"event":"webhook"}`, "X-Viber-Content-Signature", hexed(`{"event":"webhook"}`)), yes(ok, "", "")},
		{"Matrix's ping", matrix, ask("POST", "/_matrix/app/v1/ping", "", "{}", "Authorization", "Bearer hs"), yes(ok, jsonType, "{}")},
		{"Matrix's ping of a stranger", matrix, ask("POST", "/_matrix/app/v1/ping", "", "{}", "Authorization", "Bearer x"), no(matrix, webhook.Forged)},
		{"Matrix, a user", matrix, ask("GET", "/_matrix/app/v1/users/@a%3Ab", "", "", "Authorization", "Bearer hs"), yes(http.StatusNotFound, jsonType, `{"errcode":"M_NOT_FOUND"}`)},
		{"Matrix, a user, asked the old way", matrix, ask("GET", "/_matrix/app/v1/users/@a", "access_token=hs", ""), yes(http.StatusNotFound, jsonType, `{"errcode":"M_NOT_FOUND"}`)},
		{"Matrix, a user, nobody asks", matrix, ask("GET", "/_matrix/app/v1/users/@a", "", ""), no(matrix, webhook.Unsigned)},
		{"Matrix, something else", matrix, ask("GET", "/_matrix/app/v1/thirdparty/x", "", "", "Authorization", "Bearer hs"), no(matrix, webhook.Method)},
		{"Matrix, the ping's path by PUT", matrix, ask("PUT", "/_matrix/app/v1/ping", "", "{}", "Authorization", "Bearer hs"), no(matrix, webhook.Authentic)},
		{"WeChat", weChat, ask("GET", "", weChatQuery("n")+"&echostr=58%2B", ""), yes(ok, plain, "58+")},
		{"WeChat, wrongly signed", weChat, ask("GET", "", weChatQuery("n")+"0&echostr=58", ""), no(weChat, webhook.Forged)},
	} {
		if diff := cmp.Diff(test.want, test.policy.Examine(test.call, account)); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
		if got := test.policy.Check(test.call, account); got != test.want.Cause {
			t.Errorf("%s: checked as %q", test.name, got)
		}
		if got := test.policy.Examine(test.call, nil); got.Handshake || got.Cause == webhook.Authentic {
			t.Errorf("%s: admitted without an account", test.name)
		}
	}
}

// weChatQuery is the signature of the token "t": the values in the order of their bytes.
func weChatQuery(nonce string) string {
	d := sha1.Sum([]byte(fmt.Sprint(now) + nonce + "t"))
	return fmt.Sprintf("timestamp=%d&nonce=%s&signature=%s", now, nonce, hex.EncodeToString(d[:]))
}

func b64(key, text string) string { return base64.StdEncoding.EncodeToString(sum(key, text)) }
