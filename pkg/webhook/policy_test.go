package webhook_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

const (
	secret = "a-Z_09-token"
	field  = "secret_token"
	header = "X-Secret-Token"
)

// policy is one with nothing but what is required.
func policy() webhook.Policy {
	return webhook.Policy{Verify: proof.Token{Header: header, Secret: field}}
}

// call is a call with these values of the token's header.
func call(tokens ...string) webhook.Call {
	c := webhook.Call{Network: "toy", Channel: "A", Method: http.MethodPost, Header: http.Header{}, Body: []byte(`{"update_id":1}`)}
	for _, t := range tokens {
		c.Header.Add(header, t)
	}
	return c
}

func TestTheTokenAdmits(t *testing.T) {
	t.Parallel()
	live := webhook.Secrets{field: {secret}, "other_field": {"other"}}
	for _, test := range []struct {
		name    string
		call    webhook.Call
		secrets webhook.Secrets
		want    webhook.Cause
	}{
		{"the secret", call(secret), live, webhook.Authentic},
		{"either of two live secrets", call("new"), webhook.Secrets{field: {secret, "new"}}, webhook.Authentic},
		{"no header", call(), live, webhook.Unsigned},
		{"an empty header", call(""), live, webhook.Unsigned},
		{"the header twice", call(secret, secret), live, webhook.Forged},
		{"the header twice, once wrong", call(secret, "x"), live, webhook.Forged},
		{"both of two live secrets at once", call(secret, "new"), webhook.Secrets{field: {secret, "new"}}, webhook.Forged},
		{"a wrong one of the same length", call("a-Z_09-tokem"), live, webhook.Forged},
		{"other letters", call(strings.ToUpper(secret)), live, webhook.Forged},
		{"the start of it", call(secret[:len(secret)-1]), live, webhook.Forged},
		{"more than it", call(secret + "x"), live, webhook.Forged},
		{"it twice in one", call(secret + ", " + secret), live, webhook.Forged},
		{"spaces around it", call(" " + secret), live, webhook.Forged},
		{"another field's", call("other"), live, webhook.Forged},
		{"another channel's", call(secret), webhook.Secrets{field: {"of-channel-b"}}, webhook.Forged},
		{"a retired one", call("old"), live, webhook.Forged},
		{"no secret is known", call(secret), nil, webhook.Forged},
		{"no secret is live", call(secret), webhook.Secrets{field: {}}, webhook.Forged},
		{"the secret is empty and so is the header", call(""), webhook.Secrets{field: {""}}, webhook.Unsigned},
		{"the secret is empty and there is no header", call(), webhook.Secrets{field: {""}}, webhook.Unsigned},
		{"one of two secrets is empty", call(""), webhook.Secrets{field: {secret, ""}}, webhook.Unsigned},
		{"the zero call", webhook.Call{Method: http.MethodPost}, live, webhook.Unsigned},
	} {
		if got := policy().Check(test.call, test.secrets); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestTheNameOfTheHeaderIsNoMatterOfCapitals(t *testing.T) {
	t.Parallel()
	p := webhook.Policy{Verify: proof.Token{Header: "x-secret-TOKEN", Secret: field}}
	if got := p.Check(call(secret), webhook.Secrets{field: {secret}}); got != webhook.Authentic {
		t.Errorf("%q", got)
	}
	if c := p.Strip(call(secret)); len(c.Header) != 0 {
		t.Errorf("stored %v", c.Header)
	}
}

func TestTheZeroPolicyAdmitsNobody(t *testing.T) {
	t.Parallel()
	var p webhook.Policy
	if got := p.Check(call(secret), webhook.Secrets{field: {secret}, "": {secret}}); got != webhook.Forged {
		t.Errorf("%q", got)
	}
	if got := p.Strip(call(secret)); got.Header.Get(header) == "" {
		t.Error("a policy without a scheme knows a credential")
	}
}

func TestACallIsBoundedBeforeItIsBelieved(t *testing.T) {
	t.Parallel()
	secrets := webhook.Secrets{field: {secret}}
	sized := func(n int) webhook.Call {
		c := call(secret)
		c.Body = make([]byte, n)
		return c
	}
	method := func(m string) webhook.Call {
		c := call(secret)
		c.Method = m
		return c
	}
	putter, small, greedy := policy(), policy(), policy()
	putter.Methods = []string{"PUT", "GET"}
	small.MaxBody = 10
	greedy.MaxBody = 1 << 40
	for _, test := range []struct {
		name string
		p    webhook.Policy
		call webhook.Call
		want webhook.Cause
	}{
		{"POST", policy(), method("POST"), webhook.Authentic},
		{"GET is not asked for", policy(), method("GET"), webhook.Method},
		{"HEAD is not asked for", policy(), method("HEAD"), webhook.Method},
		{"no method", policy(), method(""), webhook.Method},
		{"PUT is asked for", putter, method("PUT"), webhook.Authentic},
		{"POST is no longer asked for", putter, method("POST"), webhook.Method},
		{"as large as is taken", policy(), sized(webhook.DefaultMaxBody), webhook.Authentic},
		{"larger", policy(), sized(webhook.DefaultMaxBody + 1), webhook.TooLarge},
		{"as large as is taken of this network", small, sized(10), webhook.Authentic},
		{"larger than is taken of this network", small, sized(11), webhook.TooLarge},
		{"larger than any network may", greedy, sized(webhook.LargestMaxBody + 1), webhook.TooLarge},
	} {
		if got := test.p.Check(test.call, secrets); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestEachCauseHasItsAnswer(t *testing.T) {
	t.Parallel()
	custom := policy()
	custom.Accepted = webhook.Answer{ContentType: "application/json", Body: "{}"}
	custom.Refused = map[webhook.Cause]webhook.Answer{webhook.Forged: {Status: 503}, webhook.TooLarge: {Body: "too much"}}
	for _, test := range []struct {
		name  string
		p     webhook.Policy
		cause webhook.Cause
		want  webhook.Answer
	}{
		{"stored", policy(), webhook.Authentic, webhook.Answer{Status: 200}},
		{"forged", policy(), webhook.Forged, webhook.Answer{Status: 401}},
		{"method", policy(), webhook.Method, webhook.Answer{Status: 405}},
		{"too large", policy(), webhook.TooLarge, webhook.Answer{Status: 413}},
		{"not stored", policy(), webhook.NotStored, webhook.Answer{Status: 503}},
		{"stored, in the network's words", custom, webhook.Authentic, webhook.Answer{Status: 200, ContentType: "application/json", Body: "{}"}},
		{"forged, in the network's words", custom, webhook.Forged, webhook.Answer{Status: 503}},
		{"too large, in the network's words", custom, webhook.TooLarge, webhook.Answer{Status: 413, Body: "too much"}},
		{"not stored, by default", custom, webhook.NotStored, webhook.Answer{Status: 503}},
		{"unsigned", policy(), webhook.Unsigned, webhook.Answer{Status: 401}},
		{"stale", policy(), webhook.Stale, webhook.Answer{Status: 401}},
		{"replayed", policy(), webhook.Replayed, webhook.Answer{Status: 409}},
		{"unsigned is answered as forged", custom, webhook.Unsigned, webhook.Answer{Status: 503}},
		{"stale is answered as forged", custom, webhook.Stale, webhook.Answer{Status: 503}},
		{"replayed is not", custom, webhook.Replayed, webhook.Answer{Status: 409}},
		{"Matrix, unsigned", matrix, webhook.Unsigned, webhook.Answer{Status: 401, ContentType: jsonType, Body: `{"errcode":"M_UNAUTHORIZED"}`}},
		{"Matrix, forged", matrix, webhook.Forged, webhook.Answer{Status: 403, ContentType: jsonType, Body: `{"errcode":"M_FORBIDDEN"}`}},
		{"Vonage, unsigned", vonage, webhook.Unsigned, webhook.Answer{Status: 503}},
		{"Vonage, forged", vonage, webhook.Forged, webhook.Answer{Status: 401}},
		{"Slack, forged", slack, webhook.Forged, webhook.Answer{Status: 401, Header: map[string]string{"X-Slack-No-Retry": "1"}}},
	} {
		if diff := cmp.Diff(test.want, test.p.Answer(test.cause)); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

func TestWhatIsStoredHoldsNoCredential(t *testing.T) {
	t.Parallel()
	c := call(secret)
	for _, name := range []string{"Authorization", "Cookie", "Proxy-Authorization", "Connection", "Te", "Upgrade"} {
		c.Header.Set(name, secret)
	}
	c.Header.Set("X-Retry", "1")
	stored := policy().Strip(c)
	if diff := cmp.Diff(http.Header{"X-Retry": {"1"}}, stored.Header); diff != "" {
		t.Error(diff)
	}
	if len(c.Header) != 8 {
		t.Errorf("the call itself is changed: %v", c.Header)
	}
	if text, err := json.Marshal(stored); err != nil || strings.Contains(string(text), secret) {
		t.Errorf("%s, %v", text, err)
	}
}
