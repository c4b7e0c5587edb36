package matrix_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/matrix"
)

// policies are the declared policy, and the same after its way through JSON.
func policies(t *testing.T) map[string]webhook.Policy {
	t.Helper()
	wire, err := json.Marshal(matrix.Network.Webhook)
	if err != nil {
		t.Fatal(err)
	}
	var travelled webhook.Policy
	if err := json.Unmarshal(wire, &travelled); err != nil {
		t.Fatal(err)
	}
	return map[string]webhook.Policy{"declared": *matrix.Network.Webhook, "travelled": travelled}
}

// The policy judges as the vectors say.
func TestWebhookVectors(t *testing.T) {
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			Name, Method, Suffix, Query, Body, Secret string
			Headers                                   map[string]string
			Valid                                     bool `json:"expected_valid"`
		}
	}
	if err := json.Unmarshal(data, &file); err != nil || len(file.Vectors) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	for name, policy := range policies(t) {
		for _, v := range file.Vectors {
			t.Run(name+"/"+v.Name, func(t *testing.T) {
				call := webhook.Call{Method: v.Method, Suffix: v.Suffix, Query: v.Query, Header: http.Header{}, Body: []byte(v.Body)}
				for header, value := range v.Headers {
					call.Header.Set(header, value)
				}
				if cause := policy.Check(call, webhook.Secrets{"hs_token": {v.Secret}}); (cause == webhook.Authentic) != v.Valid {
					t.Errorf("cause %q, want valid %v", cause, v.Valid)
				}
			})
		}
	}
}

func TestHomeserversAreAnsweredInTheirOwnWords(t *testing.T) {
	const (
		put     = "/_matrix/app/v1/transactions/35"
		body    = `{"events":[]}`
		right   = "Bearer " + hsToken
		refused = `{"errcode":"M_FORBIDDEN"}`
		absent  = `{"errcode":"M_NOT_FOUND"}`
	)
	for _, test := range []struct {
		name, method, path, auth, body string
		status                         int
		answer                         string
		stored                         bool
	}{
		{"a transaction", "PUT", put, right, body, 200, "{}", true},
		{"a transaction without the prefix", "PUT", "/transactions/35", right, body, 200, "{}", true},
		{"a transaction with the token in the query", "PUT", "/transactions/35?access_token=" + hsToken, "", body, 200, "{}", true},
		{"what cannot be read", "PUT", put, right, "?", 200, "{}", true},
		{"without a token", "PUT", put, "", body, 401, `{"errcode":"M_UNAUTHORIZED"}`, false},
		{"another token", "PUT", put, "Bearer hs-other", body, 403, refused, false},
		{"the as_token", "PUT", put, "Bearer " + asToken, body, 403, refused, false},
		{"another token in the query", "PUT", put + "?access_token=hs-other", "", body, 403, refused, false},
		{"another scheme", "PUT", put, "Basic " + hsToken, body, 403, refused, false},
		{"an empty token", "PUT", put, "Bearer ", body, 401, `{"errcode":"M_UNAUTHORIZED"}`, false},
		{"a ping", "POST", "/_matrix/app/v1/ping", right, `{"transaction_id":"a"}`, 200, "{}", false},
		{"a forged ping", "POST", "/_matrix/app/v1/ping", "Bearer x", "{}", 403, refused, false},
		{"a question about a user", "GET", "/_matrix/app/v1/users/@soporte_x:example.org", right, "", 404, absent, false},
		{"a question about a room", "GET", "/_matrix/app/v1/rooms/#soporte_x:example.org", right, "", 404, absent, false},
		{"a question without the prefix", "GET", "/users/@soporte_x:example.org?access_token=" + hsToken, "", "", 404, absent, false},
		{"a forged question", "GET", "/_matrix/app/v1/users/@a:b", "Bearer x", "", 403, refused, false},
		{"another method", "DELETE", put, right, "", 405, `{"errcode":"M_UNRECOGNIZED"}`, false},
		{"a post that is no ping", "POST", put, right, body, 405, `{"errcode":"M_UNRECOGNIZED"}`, false},
		{"too much", "PUT", put, right, strings.Repeat("x", webhook.LargestMaxBody+1), 413, `{"errcode":"M_TOO_LARGE"}`, false},
	} {
		for name, policy := range policies(t) {
			t.Run(name+"/"+test.name, func(t *testing.T) {
				path, query, _ := strings.Cut(test.path, "?")
				call := webhook.Call{Method: test.method, Suffix: path, Query: query, Header: http.Header{}, Body: []byte(test.body)}
				if test.auth != "" {
					call.Header.Set("Authorization", test.auth)
				}
				// another channel's token is one that is not among this channel's
				v := policy.Examine(call, webhook.Secrets{"hs_token": {hsToken}})
				stored := v.Cause == webhook.Authentic && !v.Handshake
				if v.Answer.Status != test.status || v.Answer.Body != test.answer || v.Answer.ContentType != "application/json" || stored != test.stored {
					t.Errorf("%d %s (%s), stored %v", v.Answer.Status, v.Answer.Body, v.Answer.ContentType, stored)
				}
				if policy.Examine(call, webhook.Secrets{}).Cause == webhook.Authentic {
					t.Error("admitted without a secret")
				}
			})
		}
	}
}

// A full transaction of Synapse, 100 events of 64 KiB, is taken.
func TestAFullTransactionIsTaken(t *testing.T) {
	event := `{"type":"m.room.message","event_id":"$e%","room_id":"!r:a","sender":"@a:b","content":{"msgtype":"m.text","body":"` +
		strings.Repeat("x", 65000) + `"}}`
	var b bytes.Buffer
	b.WriteString(`{"events":[`)
	for i := range 100 {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString(strings.Replace(event, "%", strings.Repeat("i", i+1), 1))
	}
	b.WriteString("]}")
	call := webhook.Call{
		Method: "PUT", Suffix: "/_matrix/app/v1/transactions/1", Header: http.Header{"Authorization": {"Bearer " + hsToken}}, Body: b.Bytes(),
	}
	if cause := matrix.Network.Webhook.Check(call, webhook.Secrets{"hs_token": {hsToken}}); cause != webhook.Authentic {
		t.Errorf("cause %q", cause)
	}
	if events, err := sendertest.Receive(matrix.Network, []byte(`{"user_prefix":"soporte","server_name":"example.org"}`), call); len(events) != 100 || err != nil {
		t.Errorf("%d events, %v", len(events), err)
	}
}

// A call is known by its transaction and its events: Dendrite repeats one with more in it.
func TestRepeatedCallsAreKnown(t *testing.T) {
	call := func(path, body string) string {
		return matrixDedupe(webhook.Call{Method: "PUT", Suffix: path, Header: http.Header{}, Body: []byte(body)})
	}
	const one, two = `{"events":[{"event_id":"$1"}]}`, `{"events":[{"event_id":"$1"},{"event_id":"$2"}]}`
	first := call("/_matrix/app/v1/transactions/35", one)
	for _, test := range []struct {
		name, path, body string
		same             bool
	}{
		{"the same again", "/_matrix/app/v1/transactions/35", one, true},
		{"without the prefix", "/transactions/35", one, true},
		{"another transaction", "/_matrix/app/v1/transactions/36", one, false},
		{"the same transaction with more in it", "/_matrix/app/v1/transactions/35", two, false},
	} {
		if got := call(test.path, test.body); got == "" || (got == first) != test.same {
			t.Errorf("%s: %q, first %q", test.name, got, first)
		}
	}
	if got := call("/_matrix/app/v1/transactions/35", `{"events":[]}`); got != "" { // its receipts are known by their keys
		t.Errorf("without events: %q", got)
	}
}

func TestStoredCallsHoldNoSecret(t *testing.T) {
	call := webhook.Call{
		Method: "PUT", Suffix: "/transactions/35", Query: "access_token=" + hsToken + "&x=1",
		Header: http.Header{"Authorization": {"Bearer " + hsToken}, "Content-Type": {"application/json"}},
	}
	stored := matrix.Network.Webhook.Strip(call)
	if strings.Contains(stored.Query, hsToken) || stored.Header.Get("Authorization") != "" {
		t.Errorf("stored: %q %v", stored.Query, stored.Header)
	}
}
