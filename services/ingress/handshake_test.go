package ingress_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
	"github.com/bonychat/puente/pkg/webhook/signed"
	"github.com/bonychat/puente/services/ingress"

	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
)

const public = "https://bridge.example.com:8443"

// signedPolicy is the policy of a network that signs time, URL and body, with a signature that counts once.
var signedPolicy = &webhook.Policy{
	Verify: proof.HMAC{
		Hash: digest.SHA256, Secret: "keys", Header: "X-Signature", Encoding: digest.Hex,
		Over: []signed.Part{signed.FromHeader("X-Time"), signed.FromHeader("X-Once"), signed.URL(), signed.Body()},
	},
	Freshness: webhook.Freshness{At: expr.Header("X-Time"), Past: time.Minute, Future: time.Minute},
	Replay:    webhook.Replay{Key: expr.Header("X-Once"), Keep: time.Hour},
	Handshakes: []webhook.Handshake{
		{
			When:  []expr.Condition{expr.MethodIs(http.MethodGet), expr.Equals(expr.Query("mode"), "subscribe")},
			Token: expr.Query("verify"), Secret: "verify", Echo: expr.Query("challenge"),
		},
		{When: []expr.Condition{expr.Equals(expr.JSON("type"), "1")}, Answer: webhook.Answer{ContentType: "application/json", Body: `{"type":1}`}},
	},
	Dedupe: expr.JSON("id"),
	Refused: map[webhook.Cause]webhook.Answer{
		webhook.Unsigned: {Status: http.StatusServiceUnavailable}, webhook.Stale: {Body: "late", Header: map[string]string{"X-No-Retry": "1"}},
	},
}

// newSigned is an edge whose network "silent" signs.
func newSigned(t *testing.T) *edge {
	t.Helper()
	e := newEdge(t, func(o *ingress.Options) { o.PublicURL = public })
	e.declare("silent", signedPolicy)
	account := json.RawMessage(`{"keys": ["new-key-0123456789", "old-key-0123456789"], "verify": "verify-0123456789"}`)
	channel := directory.Channel{ID: undeclared, Network: "silent", ContactID: "custom"}
	e.change(directory.Entry{Channel: channel, Account: account, Platform: json.RawMessage(`{"api_token": "x"}`), Verifies: signedPolicy.Fields()})
	eventually(t, "its calls are taken", func() bool { return e.signed(signing{once: "begin", body: "begin"}).status == http.StatusOK })
	return e
}

func (e *edge) declare(network string, p *webhook.Policy) {
	e.t.Helper()
	if err := directory.Declare(e.t.Context(), e.bus, network, provider.Description{Name: network, Webhook: p}); err != nil {
		e.t.Fatal(err)
	}
}

// signing is how a call is signed; the zero value of each is the right one.
type signing struct {
	once, body, path, key, url string
	method                     string
	at                         time.Time
	network                    string
}

func (e *edge) signed(s signing) answer {
	e.t.Helper()
	or := func(given, right string) string {
		if given == "" {
			return right
		}
		return given
	}
	if s.at.IsZero() {
		s.at = time.Now()
	}
	path := or(s.path, "/webhooks/"+or(s.network, "silent")+"/"+undeclared)
	at := fmt.Sprint(s.at.Unix())
	mac := hmac.New(sha256.New, []byte(or(s.key, "new-key-0123456789")))
	fmt.Fprint(mac, at, s.once, or(s.url, public+path), s.body)
	return e.call(or(s.method, http.MethodPost), path, http.Header{
		"X-Time": {at}, "X-Once": {s.once}, "X-Signature": {hex.EncodeToString(mac.Sum(nil))},
	}, s.body)
}

// taken are the calls of a network that are stored, but for the first of newSigned.
func (e *edge) taken(network string) (all []*webhookv1.Call) {
	e.t.Helper()
	for _, stored := range e.server.Stored(topology.Webhooks(network).Name, 0) {
		c := &webhookv1.Call{}
		if stored.Into(e.t, c); string(c.GetBody()) != "begin" {
			all = append(all, c)
		}
	}
	return all
}

func TestAHandshakeIsAnsweredAndNotStored(t *testing.T) {
	t.Parallel()
	e := newSigned(t)
	address := "/webhooks/silent/" + undeclared
	get := func(query string) answer { return e.call(http.MethodGet, address+"?"+query, nil, "") }
	for name, test := range map[string]struct {
		got  answer
		want answer
	}{
		"by its own token":          {get("mode=subscribe&challenge=%3Cb%3E&verify=verify-0123456789"), answer{status: 200, body: "<b>"}},
		"with a wrong one":          {get("mode=subscribe&challenge=1&verify=verify-012345678"), answer{status: 401}},
		"without one":               {get("mode=subscribe&challenge=1"), answer{status: 503}},
		"signed":                    {e.signed(signing{once: "h", body: `{"type":1}`}), answer{status: 200, body: `{"type":1}`}},
		"signed again, by its once": {e.signed(signing{once: "h", body: `{"type":1}`}), answer{status: 200, body: `{"type":1}`}},
		"wrongly signed":            {e.signed(signing{once: "h", body: `{"type":1}`, key: "another"}), answer{status: 401}},
		"signed, by GET":            {e.signed(signing{once: "h", method: http.MethodGet}), answer{status: 405}},
	} {
		if test.got.status != test.want.status || test.got.body != test.want.body {
			t.Errorf("%s: %d %q", name, test.got.status, test.got.body)
		}
		if h := test.got.header; h.Get("X-Content-Type-Options") != "nosniff" || test.want.body == "<b>" && h.Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Errorf("%s: a browser could take it for a page: %v", name, h)
		}
	}
	if calls := e.taken("silent"); len(calls) != 0 {
		t.Errorf("%d handshakes are stored", len(calls))
	}
	log := e.log.String()
	for _, word := range []string{"verify-0123456789", "verify-012345678", "new-key", "old-key", "challenge"} {
		if strings.Contains(log, word) {
			t.Errorf("the log holds %s", word)
		}
	}
	if !strings.Contains(log, "webhook handshake answered") || !strings.Contains(log, "cause=unsigned") || !strings.Contains(log, "cause=forged") {
		t.Error("the log does not hold what became of them")
	}
}

func TestTheURLThatWasCalledIsJudged(t *testing.T) {
	t.Parallel()
	e := newSigned(t)
	address := "/webhooks/silent/" + undeclared
	for i, test := range []struct {
		path, url, suffix, query string
		want                     int
	}{
		{path: address, want: 200},
		{path: address + "/x%2Fy/z%20?b=%2f&a=1&a=+", suffix: "/x%2Fy/z%20", query: "b=%2f&a=1&a=+", want: 200},
		{path: address + "/", suffix: "/", want: 200},
		{path: "/webhooks/%73ilent/" + undeclared + "/t", suffix: "/t", want: 200},
		{path: address + "?a=1", url: public + address, want: 401},
		{path: address + "?a=1", url: public + address + "?a=2", want: 401},
		{path: address, url: "http://127.0.0.1" + address, want: 401},
		{path: address, url: address, want: 401},
	} {
		body := fmt.Sprint("url", i)
		if a := e.signed(signing{once: body, body: body, path: test.path, url: test.url}); a.status != test.want {
			t.Errorf("%s signed as %q: %d", test.path, test.url, a.status)
		}
		if test.want != http.StatusOK {
			continue
		}
		if calls := e.taken("silent"); len(calls) != i+1 || calls[i].GetSuffix() != test.suffix || calls[i].GetQuery() != test.query {
			t.Errorf("%s: stored %v", test.path, calls)
		}
	}
}

func TestEachCauseIsAnsweredAsThePolicySays(t *testing.T) {
	t.Parallel()
	e := newSigned(t)
	unsigned := e.call(http.MethodPost, "/webhooks/silent/"+undeclared, nil, "{}")
	late := e.signed(signing{once: "l", at: time.Now().Add(-2 * time.Minute)})
	early := e.signed(signing{once: "l", at: time.Now().Add(2 * time.Minute)})
	forged := e.signed(signing{once: "f", key: "another"})
	old := e.signed(signing{once: "o", body: "old", key: "old-key-0123456789"})
	for name, test := range map[string]struct {
		got    answer
		status int
		body   string
	}{
		"unsigned": {unsigned, http.StatusServiceUnavailable, ""}, "late": {late, http.StatusUnauthorized, "late"}, "early": {early, http.StatusUnauthorized, "late"},
		"forged": {forged, http.StatusUnauthorized, ""}, "with the key before": {old, http.StatusOK, ""},
	} {
		if test.got.status != test.status || test.got.body != test.body || (test.got.header.Get("X-No-Retry") == "1") != (test.body == "late") {
			t.Errorf("%s: %d %q %v", name, test.got.status, test.got.body, test.got.header)
		}
	}
}
