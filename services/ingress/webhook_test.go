package ingress_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/topology"
	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
)

// webhook calls as the network does, with its secret.
func (e *edge) webhook(method, suffix, body string) answer {
	e.t.Helper()
	return e.call(method, "/webhooks/testnet/"+custom+suffix, http.Header{"X-Test-Token": {secret}, "X-Other": {"a", "b"}}, body)
}

// calls are those on WEBHOOKS: what was answered is stored.
func (e *edge) calls() []*webhookv1.Call {
	e.t.Helper()
	var all []*webhookv1.Call
	for _, stored := range e.server.Stored(topology.Webhooks("testnet").Name, 0) {
		c := &webhookv1.Call{}
		stored.Into(e.t, c)
		all = append(all, c)
	}
	return all
}

func TestACallIsStoredAsItCameWithoutItsCredential(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	body := "{ \"id\" : 7,\n \"x\": \"\xff\x00é\" } "
	before := time.Now()
	a := e.webhook(http.MethodPut, "/status/a%20b?x=1&y=%2F&x=2", body)
	if a.status != http.StatusAccepted || a.body != "taken" || a.header.Get("Content-Type") != "text/plain" {
		t.Errorf("answered %d %q", a.status, a.body)
	}
	got := e.calls()[0]
	if got.GetNetwork() != "testnet" || got.GetChannel() != custom || got.GetMethod() != http.MethodPut ||
		got.GetSuffix() != "/status/a%20b" || got.GetQuery() != "x=1&y=%2F&x=2" {
		t.Errorf("stored %v", got)
	}
	if at := got.GetAcceptedAt().AsTime(); at.Before(before) || at.After(time.Now()) {
		t.Errorf("accepted at %s", at)
	}
	headers := map[string][]string{}
	for _, h := range got.GetHeaders() {
		headers[h.GetName()] = h.GetValues()
	}
	if diff := cmp.Diff([]string{"a", "b"}, headers["X-Other"]); diff != "" {
		t.Error(diff)
	}
	if len(headers["Host"]) != 1 {
		t.Errorf("host %v", headers["Host"])
	}
	raw, err := proto.Marshal(got)
	if err != nil || strings.Contains(string(raw), secret) {
		t.Errorf("the stored call holds the credential, or %v", err)
	}
}

func TestARepeatedCallIsStoredOnce(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if a := e.webhook(http.MethodPost, "", `{"id": 1}`); a.status != http.StatusAccepted {
				t.Errorf("a repeat is answered %d", a.status)
			}
		})
	}
	wg.Wait()
	for _, body := range []string{`{"id": 2}`, `{"no": "key"}`, `{"no": "key"}`, "no JSON", "last"} {
		e.webhook(http.MethodPost, "", body)
	}
	other := e.call(http.MethodPost, "/webhooks/testnet/"+phone, http.Header{"X-Test-Token": {secret}}, `{"id": 2}`) // counts per channel
	if other.status != http.StatusAccepted {
		t.Error(other)
	}
	counts := map[string]int{}
	for _, c := range e.calls() {
		if c.GetChannel() == custom {
			counts[string(c.GetBody())]++
		}
	}
	want := map[string]int{`{"id": 1}`: 1, `{"id": 2}`: 1, `{"no": "key"}`: 2, "no JSON": 1, "last": 1}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsNotTheNetworksCallIsNotStored(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	right := http.Header{"X-Test-Token": {secret}}
	for _, test := range []struct {
		name, method, path string
		header             http.Header
		body               string
		want               int
	}{
		{"unknown channel", http.MethodPost, "/webhooks/testnet/none", right, "{}", http.StatusForbidden},
		{"a channel of another network", http.MethodPost, "/webhooks/homeless/" + custom, right, "{}", http.StatusForbidden},
		{"unknown network", http.MethodPost, "/webhooks/none/" + custom, right, "{}", http.StatusNotFound},
		{"a network that never ran", http.MethodPost, "/webhooks/silent/" + undeclared, right, "{}", http.StatusServiceUnavailable},
		{"a network that makes no calls", http.MethodPost, "/webhooks/polled/" + polled, right, "{}", http.StatusNotFound},
		{"another method", http.MethodGet, "/webhooks/testnet/" + custom, right, "", http.StatusMethodNotAllowed},
		{"too large", http.MethodPost, "/webhooks/testnet/" + custom, right, strings.Repeat("x", 1001), http.StatusRequestEntityTooLarge},
		{"no credential", http.MethodPost, "/webhooks/testnet/" + custom, nil, "{}", http.StatusForbidden},
		{"a wrong one", http.MethodPost, "/webhooks/testnet/" + custom, http.Header{"X-Test-Token": {secret + "x"}}, "{}", http.StatusForbidden},
		{"two of them", http.MethodPost, "/webhooks/testnet/" + custom, http.Header{"X-Test-Token": {secret, secret}}, "{}", http.StatusForbidden},
		{"not stored", http.MethodPost, "/webhooks/homeless/" + homeless, right, "{}", http.StatusServiceUnavailable},
	} {
		if a := e.call(test.method, test.path, test.header, test.body); a.status != test.want {
			t.Errorf("%s: %d, want %d", test.name, a.status, test.want)
		} else if test.want == http.StatusForbidden && a.body != "go away" {
			t.Errorf("%s: not answered as the policy says: %q", test.name, a.body)
		}
	}
	e.webhook(http.MethodPost, "", "last")
	if calls := e.calls(); len(calls) != 1 {
		t.Errorf("%d calls are stored", len(calls))
	}
	if log := e.log.String(); strings.Contains(log, secret) || !strings.Contains(log, "cause=forged") {
		t.Error("the log holds the secret, or not the cause")
	}
}

// A body of unknown length is bounded too.
func TestACallOfUnknownLengthIsBounded(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	for size, want := range map[int]int{1000: http.StatusAccepted, 1001: http.StatusRequestEntityTooLarge} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, e.url+"/webhooks/testnet/"+custom, io.MultiReader(strings.NewReader(strings.Repeat("x", size))))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Test-Token", secret)
		if a := e.do(req); a.status != want {
			t.Errorf("%d bytes: %d", size, a.status)
		}
	}
}

func TestNetworksThatHaveNotDeclaredThemselvesAreNamed(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	err := e.in.Undeclared(t.Context())
	if err == nil || !strings.Contains(err.Error(), "silent") || strings.Contains(err.Error(), "testnet") {
		t.Errorf("undeclared: %v", err)
	}
	for range 3 {
		e.calling("silent", undeclared, secret)
	}
	if log := e.log.String(); strings.Count(log, "cause=undeclared") != 1 || !strings.Contains(log, "network=silent") {
		t.Errorf("not told once in the log: %s", log)
	}
	if a := e.webhook(http.MethodPost, "", "1"); a.status != http.StatusAccepted {
		t.Errorf("another network: %d", a.status)
	}
}

func TestCredentialsThatCannotBeReadAreNotQuoted(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	if err := kv.Open(e.bus, topology.Secrets).Put(t.Context(), "verify.testnet."+custom, []byte(`{"account": "hunter2"}`)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the channel is left out", func() bool { return e.webhook(http.MethodPost, "", "1").status == http.StatusForbidden })
	if log := e.log.String(); !strings.Contains(log, "cannot be read") || strings.Contains(log, "hunter2") {
		t.Errorf("the log holds the credentials, or not the cause: %s", log)
	}
	if a := e.post(phone, textTo("+34600111222", "Hola")); a.status != http.StatusOK {
		t.Errorf("another channel: %d", a.status)
	}
}
