package ingress_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/services/ingress"
)

func (e *edge) bodies(network string) map[string]int {
	e.t.Helper()
	counts := map[string]int{}
	for _, c := range e.taken(network) {
		counts[string(c.GetBody())]++
	}
	return counts
}

func TestACredentialAdmitsOneCallAndItsRepeats(t *testing.T) {
	t.Parallel()
	e := newSigned(t)
	for i, test := range []struct {
		name, once, body string
		want             int
	}{
		{"a call", "k1", `{"id": 1, "text": "a"}`, 200},
		{"again", "k1", `{"id": 1, "text": "a"}`, 200},
		{"again, told otherwise", "k1", `{"id": 1, "text": "b"}`, 200},
		{"another with the same credential", "k1", `{"id": 2}`, 409},
		{"one that nobody can name", "k1", "x", 409},
		{"another with another", "k2", `{"id": 2}`, 200},
		{"one that nobody can name, with its own", "k3", "x", 200},
		{"again", "k3", "x", 200},
		{"another of those", "k3", "y", 409},
		{"one that can be named", "k3", `{"id": 3}`, 409},
		{"none", "", "z", 401},
	} {
		if a := e.signed(signing{once: test.once, body: test.body}); a.status != test.want {
			t.Errorf("%d, %s: %d, want %d", i, test.name, a.status, test.want)
		}
	}
	got := e.bodies("silent")
	if len(got) != 3 || got[`{"id": 1, "text": "a"}`] != 1 || got[`{"id": 2}`] != 1 || got["x"] != 1 {
		t.Errorf("stored %v", got)
	}
}

// Two processes know of each other's calls.
func TestOfManyAtOnceOneHasTheCredential(t *testing.T) {
	t.Parallel()
	e := newSigned(t)
	other := ingress.New(ingress.Options{Bus: e.server.Connect("ingress"), Log: e.in.Log, Tracer: e.in.Tracer, PublicURL: public})
	t.Cleanup(other.Close)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	followed := make(chan error, 1)
	go func() { followed <- other.Follow(ctx) }()
	t.Cleanup(func() { cancel(); <-followed })
	<-other.Loaded()
	server := httptest.NewServer(other)
	t.Cleanup(server.Close)
	second := *e
	second.url = server.URL
	const calls = 16
	statuses := make([]int, calls)
	var wg sync.WaitGroup
	for i := range calls {
		at := []*edge{e, &second}[i%2]
		wg.Go(func() { statuses[i] = at.signed(signing{once: "k", body: fmt.Sprintf(`{"id": %d}`, i)}).status })
	}
	wg.Wait()
	counts := map[int]int{}
	for _, s := range statuses {
		counts[s]++
	}
	if counts[http.StatusOK] != 1 || counts[http.StatusConflict] != calls-1 || len(e.bodies("silent")) != 1 {
		t.Errorf("answered %v, stored %v", counts, e.bodies("silent"))
	}
	for i, s := range statuses {
		if want := map[bool]int{true: http.StatusOK, false: http.StatusConflict}[s == http.StatusOK]; second.signed(signing{once: "k", body: fmt.Sprintf(`{"id": %d}`, i)}).status != want {
			t.Errorf("call %d is not judged the same again", i)
		}
	}
}

// What was remembered and could not be stored is taken when the network calls again, and nothing else is.
func TestACallThatWasNotStoredKeepsItsCredential(t *testing.T) {
	t.Parallel()
	e := newSigned(t)
	e.declare("homeless", signedPolicy)
	homeless := entry(undeclared, "homeless", "custom", "x", "")
	homeless.Account = []byte(`{"keys": "new-key-0123456789", "verify": "v"}`)
	homeless.Verifies = signedPolicy.Fields()
	e.change(homeless)
	call := func(body string) int { return e.signed(signing{network: "homeless", once: "k", body: body}).status }
	eventually(t, "its channel is known", func() bool { return call("first") == http.StatusServiceUnavailable })
	if got := call("first"); got != http.StatusServiceUnavailable {
		t.Errorf("again: %d", got)
	}
	if got := call("another"); got != http.StatusConflict {
		t.Errorf("another: %d", got)
	}
	if err := provision.Apply(t.Context(), e.server.Connect("provision"), []string{"testnet", "silent", "polled", "homeless"}, provision.Storage{Replicas: 1}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it can be stored", func() bool { return call("first") == http.StatusOK })
	if a, b := call("first"), call("another"); a != http.StatusOK || b != http.StatusConflict {
		t.Errorf("the first %d, another %d", a, b)
	}
	if got := e.bodies("homeless"); len(got) != 1 || got["first"] != 1 {
		t.Errorf("stored %v", got)
	}
}
