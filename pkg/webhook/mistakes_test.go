package webhook_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/webhook"
)

func TestMistakesInAScheme(t *testing.T) {
	t.Parallel()
	hm, sign, token := slack.Verify.(webhook.HMAC), discord.Verify.(webhook.Signature), messageBird.Verify.(webhook.JWT)
	hash := zalo.Verify.(webhook.Hash)
	h := func(change func(*webhook.HMAC)) webhook.Scheme { c := hm; change(&c); return c }
	s := func(change func(*webhook.Signature)) webhook.Scheme { c := sign; change(&c); return c }
	j := func(change func(*webhook.JWT)) webhook.Scheme { c := token; change(&c); return c }
	over := func(p webhook.Part) webhook.Scheme {
		return h(func(h *webhook.HMAC) { h.Over = append([]webhook.Part{webhook.Body()}, p) })
	}
	only := func(q webhook.Condition) webhook.Scheme {
		return h(func(h *webhook.HMAC) { h.Only = []webhook.Condition{q} })
	}
	hash.Over = []webhook.Part{webhook.Body()}
	q := webhook.Query("a")
	for _, test := range []struct {
		name   string
		scheme webhook.Scheme
		want   string
	}{
		{"no hash", h(func(h *webhook.HMAC) { h.Hash = "" }), `unknown hash ""`},
		{"no field", h(func(h *webhook.HMAC) { h.Secret = "" }), "account's field is required"},
		{"no place", h(func(h *webhook.HMAC) { h.Header = "" }), "exactly one of header and sent"},
		{"two places", h(func(h *webhook.HMAC) { h.Sent = q }), "exactly one of header and sent"},
		{"a place that is none", h(func(h *webhook.HMAC) { h.Header, h.Sent = "", webhook.JSON("a..b") }), "sent: json"},
		{"no encoding", h(func(h *webhook.HMAC) { h.Encoding = "" }), "encoding is hex or base64"},
		{"raw bytes in a header", h(func(h *webhook.HMAC) { h.Encoding = webhook.Raw }), "encoding is hex or base64"},
		{"a key as SPKI", h(func(h *webhook.HMAC) { h.Key.Encoding = webhook.SPKI }), "key: encoding"},
		{"a label without a list", h(func(h *webhook.HMAC) { h.List.Label = "v1," }), "list: separator is required"},
		{"the secret as key and text", over(webhook.TheSecret()), "no part of the text"},
		{"the secret among sorted parts", over(webhook.Sorted(webhook.TheSecret())), "no part of the text"},
		{"a part that is nothing", over(webhook.Part{}), "over[1]: is 0 things"},
		{"a part that is two things", over(webhook.Part{Body: true, Literal: "x"}), "over[1]: is 2 things"},
		{"a sorted part that is nothing", over(webhook.Sorted(webhook.Part{})), "over[1]: sorted[0]: is 0 things"},
		{"an unknown form of the URL", over(webhook.Part{URL: "short"}), "unknown form of a URL"},
		{"a digest by nothing", over(webhook.DigestOfBody("", webhook.Hex)), `unknown hash ""`},
		{"a digest as a key", over(webhook.DigestOfBody(webhook.MD5, webhook.SPKI)), "a digest's encoding"},
		{"parameters from nowhere", over(webhook.SortedParams(webhook.Params{})), `unknown source ""`},
		{"a word that is replaced", over(webhook.SortedParams(webhook.Params{Source: webhook.InForm, Replace: map[string]string{"&&": "_"}})), `"&&" is not one character`},
		{"a value in two places", over(webhook.From(webhook.Expr{Query: "a", Form: "a"})), "looks in 2 places"},
		{"a claim without a header", over(webhook.From(webhook.Expr{Query: "a", Claim: "a"})), "claim: goes with the header"},
		{"an element without a name", over(webhook.FromXML("a.")), "empty name"},
		{"a path without slashes", over(webhook.From(webhook.PathAfter("x"))), "does not begin and end with a slash"},
		{"one of two values that is none", over(webhook.From(webhook.Join(q, webhook.Expr{}))), "is required"},
		{"no index", over(webhook.FromJSON("a[x]")), `"x" is no index`},
		{"an open bracket", over(webhook.FromJSON("a[")), "open bracket"},
		{"a condition that is none", only(webhook.Condition{}), "only[0]: asks for none"},
		{"two conditions in one", only(webhook.Condition{Method: "GET", Bodyless: true}), "only[0]: asks for none or several"},
		{"a value compared with nothing", only(webhook.Condition{Value: q}), "exactly one thing"},
		{"a value compared with two things", only(webhook.Condition{Value: q, Equal: "1", Missing: true}), "exactly one thing"},
		{"nothing compared with something", only(webhook.Condition{Method: "GET", Equal: "1"}), "exactly one thing"},
		{"a method in small letters", only(webhook.MethodIs("get")), `"get" is not the name`},
		{"a path without a slash", only(webhook.PathIs("ping")), "does not begin with a slash"},
		{"a type with parameters", only(webhook.ContentTypeIs("text/plain; charset=utf-8")), "no media type"},
		{"an unknown digest", only(webhook.EqualsBodyDigest(q, "crc")), `unknown hash "crc"`},
		{"a list nowhere", only(webhook.NoneIn("a..b")), "empty key"},
		{"a hash without the secret", hash, "over must hold the secret"},
		{"an algorithm with secrets", s(func(s *webhook.Signature) { s.Algorithm = webhook.HS256 }), "not one with public keys"},
		{"a raw key", s(func(s *webhook.Signature) { s.KeyEncoding = "" }), "key_encoding"},
		{"an ECDSA key in hex", s(func(s *webhook.Signature) { s.Algorithm = webhook.ECDSAP256 }), "key_encoding"},
		{"a public key in the text", s(func(s *webhook.Signature) { s.Over = []webhook.Part{webhook.Body(), webhook.TheSecret()} }), "no part of the text"},
		{"no algorithm", j(func(j *webhook.JWT) { j.Algorithms = nil }), "algorithms are required"},
		{"an algorithm that is none", j(func(j *webhook.JWT) { j.Algorithms = []webhook.Algorithm{"none"} }), `algorithm "none"`},
		{"an algorithm with public keys", j(func(j *webhook.JWT) { j.Algorithms = []webhook.Algorithm{webhook.Ed25519} }), "not one with secrets"},
		{"no secret", j(func(j *webhook.JWT) { j.Secret = "" }), "secret is required"},
		{"two headers", j(func(j *webhook.JWT) { j.Bearer = true }), "exactly one of header and bearer"},
		{"tokens for ever", j(func(j *webhook.JWT) { j.Expires = false }), "expires or max_age"},
		{"clocks that are wrong by an hour", j(func(j *webhook.JWT) { j.Leeway = time.Hour }), "leeway at most"},
		{"no hash of no body", j(func(j *webhook.JWT) { j.BodyHash = "" }), "omit_empty goes with"},
		{"a claim that is nothing", j(func(j *webhook.JWT) { j.Claims = []webhook.ClaimIs{{Claim: "a"}} }), "claims[0]"},
	} {
		err := webhook.Policy{Verify: test.scheme, Replay: messageBird.Replay}.Validate()
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestMistakesInWhatGoesWithAScheme(t *testing.T) {
	t.Parallel()
	at, past := webhook.Header("X-Slack-Request-Timestamp"), 5*time.Minute
	shake := func(h webhook.Handshake) func(*webhook.Policy) {
		return func(p *webhook.Policy) {
			p.Handshakes = []webhook.Handshake{{When: []webhook.Condition{webhook.NoBody()}}, h}
		}
	}
	when := []webhook.Condition{webhook.NoBody()}
	fresh := func(f webhook.Freshness) func(*webhook.Policy) {
		return func(p *webhook.Policy) { p.Freshness = f }
	}
	for _, test := range []struct {
		name   string
		change func(*webhook.Policy)
		want   string
	}{
		{"no time", fresh(webhook.Freshness{Past: past}), "freshness: at: is required"},
		{"no bound", fresh(webhook.Freshness{At: at}), "past is required"},
		{"a bound below zero", fresh(webhook.Freshness{At: at, Past: past, Future: -1}), "neither past nor future"},
		{"an unknown unit", fresh(webhook.Freshness{At: at, Past: past, Unit: "min"}), `unknown unit "min"`},
		{"a time that is not signed", fresh(webhook.Freshness{At: webhook.Header("Date"), Past: past}), "freshness: is not part of what is signed"},
		{"a time of which one way is not signed", fresh(webhook.Freshness{At: webhook.FirstOf(webhook.JSON("ts"), webhook.Query("ts")), Past: past}), "not part of what is signed"},
		{"a time beside a token", func(p *webhook.Policy) {
			p.Verify, p.Freshness = matrix.Verify, webhook.Freshness{At: webhook.JSON("ts"), Past: past}
		}, "not part of what is signed"},
		{"a time that one of two schemes does not sign", func(p *webhook.Policy) { p.Verify = webhook.AnyOf{p.Verify, line.Verify} }, "not part of what any_of[1] signs"},
		{"a time under another claim's header", func(p *webhook.Policy) {
			p.Verify, p.Freshness = messageBird.Verify, webhook.Freshness{At: webhook.Claim("Authorization", "iat"), Past: past}
		}, "not part of what is signed"},
		{"no key", func(p *webhook.Policy) { p.Replay.Keep = time.Hour }, "replay: key: is required"},
		{"kept for nothing", func(p *webhook.Policy) { p.Replay.Key = at }, "keep is 1s to"},
		{"kept for ever", func(p *webhook.Policy) { p.Replay = webhook.Replay{Key: at, Keep: 1 << 60} }, "keep is 1s to"},
		{"forgotten while it is fresh", func(p *webhook.Policy) { p.Replay = webhook.Replay{Key: at, Keep: 9 * time.Minute} }, "shorter than a call is admitted, 10m"},
		{"forgotten while its token is good", func(p *webhook.Policy) {
			p.Verify, p.Freshness = webhook.AnyOf{vonage.Verify}, webhook.Freshness{}
			p.Replay = webhook.Replay{Key: vonage.Replay.Key, Keep: 6 * time.Minute}
		}, "shorter than a call is admitted, 7m"},
		{"a key that is not signed", func(p *webhook.Policy) { p.Replay = webhook.Replay{Key: webhook.Header("X-Id"), Keep: time.Hour} }, "replay: is not part of what is signed"},
		{"a body that is not signed", func(p *webhook.Policy) {
			p.Verify, p.Freshness = weChat.Verify, webhook.Freshness{}
		}, "required where the body is not signed"},
		{"a handshake of anything", shake(webhook.Handshake{}), "handshakes[1]: when is required"},
		{"a handshake of nothing", shake(webhook.Handshake{When: []webhook.Condition{{}}}), "handshakes[1]: when[0]"},
		{"a token and no secret", shake(webhook.Handshake{When: when, Token: at}), "token and secret go together"},
		{"a secret and no token", shake(webhook.Handshake{When: when, Secret: "s"}), "token and secret go together"},
		{"an echo of nothing", shake(webhook.Handshake{When: when, EchoKey: "k"}), "echo_key goes with echo"},
		{"an echo of two things", shake(webhook.Handshake{When: when, Echo: webhook.Expr{Query: "a", Form: "b"}}), "echo: looks in 2 places"},
		{"an echo and a body", shake(webhook.Handshake{When: when, Echo: at, Answer: webhook.Answer{Body: "x"}}), "takes the place"},
		{"an answer that leads away", shake(webhook.Handshake{When: when, Answer: webhook.Answer{Status: 302}}), "status 302"},
		{"an answer that splits", shake(webhook.Handshake{When: when, Answer: webhook.Answer{Header: map[string]string{"A b": "c"}}}), `header "A b"`},
	} {
		p := slack
		test.change(&p)
		if err := p.Validate(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}
