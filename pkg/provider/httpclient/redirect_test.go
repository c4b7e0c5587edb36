package httpclient_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/version"
)

// redirects starts a server that redirects to another address.
func redirects(t *testing.T, status int, to string) string {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(status)
	})
}

func TestOnlyWhatIsFetchedFollowsRedirects(t *testing.T) {
	t.Parallel()
	visits := 0
	end := serve(t, func(http.ResponseWriter, *http.Request) { visits++ })
	for _, status := range []int{301, 302, 303, 307, 308} {
		base := redirects(t, status, end)
		c := newClient(t, httpclient.Options{Configured: []string{base, end}})
		visits = 0
		answer, err := c.Do(t.Context(), post(base))
		if err != nil || answer.Status != status || visits != 0 {
			t.Errorf("POST with %d: %v, %v, %d visits", status, answer, err, visits)
		}
		answer, err = c.Do(t.Context(), get(base))
		if err != nil || answer.Status != 200 || visits != 1 {
			t.Errorf("GET with %d: %v, %v, %d visits", status, answer, err, visits)
		}
	}
}

// TestUserAndPasswordOfAnAddressAreSent, whether redirects are followed or not. A credential in the headers goes before.
func TestUserAndPasswordOfAnAddressAreSent(t *testing.T) {
	t.Parallel()
	var seen string
	base := strings.Replace(serve(t, func(_ http.ResponseWriter, r *http.Request) { seen = r.Header.Get("Authorization") }), "://", "://ana:s%40lt@", 1)
	c := newClient(t, httpclient.Options{})
	for want, header := range map[string]http.Header{"Basic YW5hOnNAbHQ=": nil, "Bearer 1": {"Authorization": {"Bearer 1"}}} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if _, err := c.Do(t.Context(), httpclient.Request{Method: method, URL: base, Header: header}); err != nil || seen != want {
				t.Errorf("%s: %q, %v; want %q", method, seen, err, want)
			}
		}
	}
}

func TestARedirectTellsTheNextHostNothing(t *testing.T) {
	t.Parallel()
	var seen http.Header
	end := serve(t, func(_ http.ResponseWriter, r *http.Request) { seen = r.Header })
	base := redirects(t, 302, end)
	r := get(base)
	r.Header.Set("X-Api-Key", token)
	if _, err := newClient(t, httpclient.Options{Configured: []string{base, end}}).Do(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if all := fmt.Sprint(seen); strings.Contains(all, token) {
		t.Errorf("the other host was told %s", all)
	}
	if got := seen.Get("User-Agent"); got != version.UserAgent() {
		t.Errorf("the other host was called by %q", got)
	}
}

// Far ends know who calls, whatever the call is for.
func TestEveryCallSaysWhoCalls(t *testing.T) {
	t.Parallel()
	var seen []string
	base := serve(t, func(_ http.ResponseWriter, r *http.Request) { seen = append(seen, r.UserAgent()) })
	c := newClient(t, httpclient.Options{Configured: []string{base}})
	own := get(base)
	own.Header.Set("User-Agent", "pigeon/1")
	held := get(base)
	held.Held = true
	for _, r := range []httpclient.Request{get(base), post(base), told(base), held, own} {
		if _, err := c.Do(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	puente := version.UserAgent()
	if diff := cmp.Diff([]string{puente, puente, puente, puente, "pigeon/1"}, seen); diff != "" {
		t.Error(diff)
	}
}

func TestARedirectWithinTheHostKeepsTheHeaders(t *testing.T) {
	t.Parallel()
	var seen http.Header
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/moved" {
			http.Redirect(w, r, "/moved", http.StatusFound)
			return
		}
		seen = r.Header
	})
	if _, err := newClient(t, httpclient.Options{}).Do(t.Context(), get(base)); err != nil {
		t.Fatal(err)
	}
	if seen.Get("Authorization") != "Bearer "+token || seen.Get("Referer") != "" {
		t.Errorf("headers %v", seen)
	}
}

func TestRedirectsAreNotFollowedForEver(t *testing.T) {
	t.Parallel()
	visits := 0
	base := serve(t, func(w http.ResponseWriter, r *http.Request) {
		visits++
		http.Redirect(w, r, "/again", http.StatusFound)
	})
	answer, err := newClient(t, httpclient.Options{}).Do(t.Context(), get(base))
	if err != nil || answer.Status != http.StatusFound || visits != 6 {
		t.Errorf("%v, %v, %d visits", answer, err, visits)
	}
}
