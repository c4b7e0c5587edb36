package webhook_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
	"github.com/bonychat/puente/pkg/webhook/signed"
)

func TestMistakesInAScheme(t *testing.T) {
	t.Parallel()
	hm, sign, token := slack.Verify.(proof.HMAC), discord.Verify.(proof.Signature), messageBird.Verify.(proof.JWT)
	hash := zalo.Verify.(proof.Hash)
	h := func(change func(*proof.HMAC)) proof.Scheme { c := hm; change(&c); return c }
	s := func(change func(*proof.Signature)) proof.Scheme { c := sign; change(&c); return c }
	j := func(change func(*proof.JWT)) proof.Scheme { c := token; change(&c); return c }
	over := func(p signed.Part) proof.Scheme {
		return h(func(h *proof.HMAC) { h.Over = append([]signed.Part{signed.Body()}, p) })
	}
	only := func(q expr.Condition) proof.Scheme {
		return h(func(h *proof.HMAC) { h.Only = []expr.Condition{q} })
	}
	hash.Over = []signed.Part{signed.Body()}
	q := expr.Query("a")
	for _, test := range []struct {
		name   string
		scheme proof.Scheme
		want   string
	}{
		{"no hash", h(func(h *proof.HMAC) { h.Hash = "" }), `unknown hash ""`},
		{"no field", h(func(h *proof.HMAC) { h.Secret = "" }), "account's field is required"},
		{"no place", h(func(h *proof.HMAC) { h.Header = "" }), "exactly one of header and sent"},
		{"two places", h(func(h *proof.HMAC) { h.Sent = q }), "exactly one of header and sent"},
		{"a place that is none", h(func(h *proof.HMAC) { h.Header, h.Sent = "", expr.JSON("a..b") }), "sent: json"},
		{"no encoding", h(func(h *proof.HMAC) { h.Encoding = "" }), "encoding is hex or base64"},
		{"raw bytes in a header", h(func(h *proof.HMAC) { h.Encoding = digest.Raw }), "encoding is hex or base64"},
		{"a key as SPKI", h(func(h *proof.HMAC) { h.Key.Encoding = digest.SPKI }), "key: encoding"},
		{"a label without a list", h(func(h *proof.HMAC) { h.List.Label = "v1," }), "list: separator is required"},
		{"the secret as key and text", over(signed.TheSecret()), "no part of the text"},
		{"the secret among sorted parts", over(signed.Sorted(signed.TheSecret())), "no part of the text"},
		{"a part that is nothing", over(signed.Part{}), "over[1]: is 0 things"},
		{"a part that is two things", over(signed.Part{Body: true, Literal: "x"}), "over[1]: is 2 things"},
		{"a sorted part that is nothing", over(signed.Sorted(signed.Part{})), "over[1]: sorted[0]: is 0 things"},
		{"an unknown form of the URL", over(signed.Part{URL: "short"}), "unknown form of a URL"},
		{"a digest by nothing", over(signed.DigestOfBody("", digest.Hex)), `unknown hash ""`},
		{"a digest as a key", over(signed.DigestOfBody(digest.MD5, digest.SPKI)), "a digest's encoding"},
		{"parameters from nowhere", over(signed.SortedParams(signed.Params{})), `unknown source ""`},
		{"a word that is replaced", over(signed.SortedParams(signed.Params{Source: signed.InForm, Replace: map[string]string{"&&": "_"}})), `"&&" is not one character`},
		{"a value in two places", over(signed.From(expr.Expr{Query: "a", Form: "a"})), "looks in 2 places"},
		{"a claim without a header", over(signed.From(expr.Expr{Query: "a", Claim: "a"})), "claim: goes with the header"},
		{"an element without a name", over(signed.FromXML("a.")), "empty name"},
		{"a path without slashes", over(signed.From(expr.PathAfter("x"))), "does not begin and end with a slash"},
		{"one of two values that is none", over(signed.From(expr.Join(q, expr.Expr{}))), "is required"},
		{"no index", over(signed.FromJSON("a[x]")), `"x" is no index`},
		{"an open bracket", over(signed.FromJSON("a[")), "open bracket"},
		{"a condition that is none", only(expr.Condition{}), "only[0]: asks for none"},
		{"two conditions in one", only(expr.Condition{Method: "GET", Bodyless: true}), "only[0]: asks for none or several"},
		{"a value compared with nothing", only(expr.Condition{Value: q}), "exactly one thing"},
		{"a value compared with two things", only(expr.Condition{Value: q, Equal: "1", Missing: true}), "exactly one thing"},
		{"nothing compared with something", only(expr.Condition{Method: "GET", Equal: "1"}), "exactly one thing"},
		{"a method in small letters", only(expr.MethodIs("get")), `"get" is not the name`},
		{"a path without a slash", only(expr.PathIs("ping")), "does not begin with a slash"},
		{"a type with parameters", only(expr.ContentTypeIs("text/plain; charset=utf-8")), "no media type"},
		{"an unknown digest", only(expr.EqualsBodyDigest(q, "crc")), `unknown hash "crc"`},
		{"a list nowhere", only(expr.NoneIn("a..b")), "empty key"},
		{"a hash without the secret", hash, "over must hold the secret"},
		{"an algorithm with secrets", s(func(s *proof.Signature) { s.Algorithm = proof.HS256 }), "not one with public keys"},
		{"a raw key", s(func(s *proof.Signature) { s.KeyEncoding = "" }), "key_encoding"},
		{"an ECDSA key in hex", s(func(s *proof.Signature) { s.Algorithm = proof.ECDSAP256 }), "key_encoding"},
		{"a public key in the text", s(func(s *proof.Signature) { s.Over = []signed.Part{signed.Body(), signed.TheSecret()} }), "no part of the text"},
		{"no algorithm", j(func(j *proof.JWT) { j.Algorithms = nil }), "algorithms are required"},
		{"an algorithm that is none", j(func(j *proof.JWT) { j.Algorithms = []proof.Algorithm{"none"} }), `algorithm "none"`},
		{"an algorithm with public keys", j(func(j *proof.JWT) { j.Algorithms = []proof.Algorithm{proof.Ed25519} }), "not one with secrets"},
		{"no secret", j(func(j *proof.JWT) { j.Secret = "" }), "secret is required"},
		{"two headers", j(func(j *proof.JWT) { j.Bearer = true }), "exactly one of header and bearer"},
		{"tokens for ever", j(func(j *proof.JWT) { j.Expires = false }), "expires or max_age"},
		{"clocks that are wrong by an hour", j(func(j *proof.JWT) { j.Leeway = time.Hour }), "leeway at most"},
		{"no hash of no body", j(func(j *proof.JWT) { j.BodyHash = "" }), "omit_empty goes with"},
		{"a claim that is nothing", j(func(j *proof.JWT) { j.Claims = []proof.ClaimIs{{Claim: "a"}} }), "claims[0]"},
	} {
		err := webhook.Policy{Verify: test.scheme, Replay: messageBird.Replay}.Validate()
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestMistakesInWhatGoesWithAScheme(t *testing.T) {
	t.Parallel()
	at, past := expr.Header("X-Slack-Request-Timestamp"), 5*time.Minute
	shake := func(h webhook.Handshake) func(*webhook.Policy) {
		return func(p *webhook.Policy) {
			p.Handshakes = []webhook.Handshake{{When: []expr.Condition{expr.NoBody()}}, h}
		}
	}
	when := []expr.Condition{expr.NoBody()}
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
		{"a time that is not signed", fresh(webhook.Freshness{At: expr.Header("Date"), Past: past}), "freshness: is not part of what is signed"},
		{"a time of which one way is not signed", fresh(webhook.Freshness{At: expr.FirstOf(expr.JSON("ts"), expr.Query("ts")), Past: past}), "not part of what is signed"},
		{"a time beside a token", func(p *webhook.Policy) {
			p.Verify, p.Freshness = matrix.Verify, webhook.Freshness{At: expr.JSON("ts"), Past: past}
		}, "not part of what is signed"},
		{"a time that one of two schemes does not sign", func(p *webhook.Policy) { p.Verify = proof.AnyOf{p.Verify, line.Verify} }, "not part of what any_of[1] signs"},
		{"a time under another claim's header", func(p *webhook.Policy) {
			p.Verify, p.Freshness = messageBird.Verify, webhook.Freshness{At: expr.Claim("Authorization", "iat"), Past: past}
		}, "not part of what is signed"},
		{"no key", func(p *webhook.Policy) { p.Replay.Keep = time.Hour }, "replay: key: is required"},
		{"kept for nothing", func(p *webhook.Policy) { p.Replay.Key = at }, "keep is 1s to"},
		{"kept for ever", func(p *webhook.Policy) { p.Replay = webhook.Replay{Key: at, Keep: 1 << 60} }, "keep is 1s to"},
		{"forgotten while it is fresh", func(p *webhook.Policy) { p.Replay = webhook.Replay{Key: at, Keep: 9 * time.Minute} }, "shorter than a call is admitted, 10m"},
		{"forgotten while its token is good", func(p *webhook.Policy) {
			p.Verify, p.Freshness = proof.AnyOf{vonage.Verify}, webhook.Freshness{}
			p.Replay = webhook.Replay{Key: vonage.Replay.Key, Keep: 6 * time.Minute}
		}, "shorter than a call is admitted, 7m"},
		{"a key that is not signed", func(p *webhook.Policy) { p.Replay = webhook.Replay{Key: expr.Header("X-Id"), Keep: time.Hour} }, "replay: is not part of what is signed"},
		{"a body that is not signed", func(p *webhook.Policy) {
			p.Verify, p.Freshness = weChat.Verify, webhook.Freshness{}
		}, "required where the body is not signed"},
		{"a handshake of anything", shake(webhook.Handshake{}), "handshakes[1]: when is required"},
		{"a handshake of nothing", shake(webhook.Handshake{When: []expr.Condition{{}}}), "handshakes[1]: when[0]"},
		{"a token and no secret", shake(webhook.Handshake{When: when, Token: at}), "token and secret go together"},
		{"a secret and no token", shake(webhook.Handshake{When: when, Secret: "s"}), "token and secret go together"},
		{"an echo of nothing", shake(webhook.Handshake{When: when, EchoKey: "k"}), "echo_key goes with echo"},
		{"an echo of two things", shake(webhook.Handshake{When: when, Echo: expr.Expr{Query: "a", Form: "b"}}), "echo: looks in 2 places"},
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
