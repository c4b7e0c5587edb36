package console_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/config/operators"
	"github.com/bonychat/puente/pkg/secret"
	"github.com/bonychat/puente/services/control/console/session"
)

func TestAStrangerSeesThePageOfSigningInAlone(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.browser()
	for _, path := range []string{"", "c/tienda-telegram", "m/01a2", "search", "nothing"} {
		status, body, to := b.get(path)
		if status != http.StatusSeeOther || !strings.HasPrefix(to, "/console/sign-in") || strings.Contains(body, "<main") {
			t.Errorf("%s: %d to %q\n%s", path, status, to, body)
		}
	}
	if status, body, _ := b.get("sign-in"); status != http.StatusOK || !strings.Contains(body, `type="password"`) {
		t.Errorf("%d\n%s", status, body)
	}
	if calls := g.calls.take(); len(calls) > 0 {
		t.Errorf("the API was asked: %v", calls)
	}
}

func TestSigningIn(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.browser()
	if status, body, _ := b.post("sign-in", "sign-in", url.Values{"token": {"wrong"}}); status != http.StatusForbidden || !strings.Contains(body, "no conoce este token") {
		t.Errorf("wrong token: %d\n%s", status, body)
	}
	if !slices.Contains(g.refused.all, "  unauthenticated") {
		t.Errorf("the audit has %q", g.refused.all)
	}
	// on the way to a page, and to another site's
	for to, want := range map[string]string{"/console/c/x": "/console/c/x", "https://evil.example/console/": "/console/", "//evil.example/console/": "/console/", "/other": "/console/", "/console//evil": "/console/"} {
		b = g.browser()
		if status, _, got := b.post("sign-in?to="+url.QueryEscape(to), "sign-in", url.Values{"token": {reader}, "to": {to}}); status != http.StatusSeeOther || got != want {
			t.Errorf("to %q: %d, %q", to, status, got)
		}
	}
	if status, body, _ := b.get(""); status != http.StatusOK || !strings.Contains(body, "rosa (read)") {
		t.Errorf("%d\n%s", status, body)
	}
	// what was signed ends with the token
	g.tokens.Set([]operators.Token{{Name: "rosa", Role: operators.Read, Token: secret.Hide("another-0123456789abcdef0123456789abcdef")}})
	if status, _, _ := b.get(""); status != http.StatusSeeOther {
		t.Errorf("with a token that is not taken any more: %d", status)
	}
}

// A browser keeps the cookies of a host whatever the port: two bridges of one machine sign nobody out of the other.
func TestTwoBridgesOfOneMachineAreTwoSessions(t *testing.T) {
	t.Parallel()
	one, two := start(t), start(t)
	b := one.as(writer)
	other := &browser{rig: two, client: b.client, headers: b.headers}
	if status, _, to := other.post("sign-in", "sign-in", url.Values{"token": {reader}}); status != http.StatusSeeOther || to != "/console/" {
		t.Fatalf("%d to %q", status, to)
	}
	for name, b := range map[string]*browser{"walter": b, "rosa": other} {
		if status, body, _ := b.get(""); status != http.StatusOK || !strings.Contains(body, name+" (") {
			t.Errorf("%s: %d\n%s", name, status, body)
		}
	}
	if status, _, to := b.post("c/tienda-whatsapp", "c/tienda-whatsapp/pause", url.Values{"for": {"1h"}, "why": {"x"}}); status != http.StatusSeeOther || !strings.HasSuffix(to, "done=paused") {
		t.Errorf("a form: %d to %q", status, to)
	}
}

func TestTriesAreLimited(t *testing.T) {
	t.Parallel()
	b := start(t).browser()
	last := 0
	for range 30 {
		last, _, _ = b.post("sign-in", "sign-in", url.Values{"token": {"wrong"}})
		if last == http.StatusTooManyRequests {
			break
		}
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("after 30 wrong tokens: %d", last)
	}
	if status, _, _ := b.post("sign-in", "sign-in", url.Values{"token": {reader}}); status != http.StatusSeeOther {
		t.Errorf("a right one passes all the same: %d", status)
	}
}

func TestCookiesAreKeptFromScriptsAndOtherSites(t *testing.T) {
	t.Parallel()
	g := start(t, "127.0.0.0/8")
	for _, https := range []bool{false, true} {
		b := g.browser()
		if https {
			b.headers.Set("X-Forwarded-Proto", "https")
		}
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+session.Path+"sign-in", nil)
		r.Header = b.headers.Clone()
		answer, err := b.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		for _, c := range answer.Cookies() {
			if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure != https || c.Path != "/console/" {
				t.Errorf("https %v: %+v", https, c)
			}
		}
		if len(answer.Cookies()) == 0 {
			t.Error("no cookie")
		}
	}
}

func TestALinkSignsInOnce(t *testing.T) {
	t.Parallel()
	g := start(t)
	link := strings.TrimPrefix(session.Link(g.url, "walter", writer), g.url+session.Path)
	b := g.browser()
	if status, _, to := b.get(link); status != http.StatusSeeOther || to != session.Path {
		t.Fatalf("%d to %q", status, to)
	}
	if _, body, _ := b.get(""); !strings.Contains(body, "walter (write)") {
		t.Error(body)
	}
	for name, again := range map[string]string{
		"again": link, "of another token": strings.TrimPrefix(session.Link(g.url, "walter", reader), g.url+session.Path), "changed": link[:len(link)-4] + "AAAA", "empty": "enter",
	} {
		if status, _, _ := g.browser().get(again); status != http.StatusForbidden {
			t.Errorf("%s: %d", name, status)
		}
	}
}

func TestAFormOfAnotherSiteDoesNothing(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(reader)
	if status, _, _ := b.post("", "search", url.Values{"text": {"01a2"}, session.FormField: {"AAAA"}}); status != http.StatusBadRequest {
		t.Errorf("with a wrong field: %d", status)
	}
	b.headers.Set("Sec-Fetch-Site", "cross-site")
	if status, _, _ := b.post("", "search", url.Values{"text": {"01a2"}}); status != http.StatusForbidden {
		t.Errorf("from another site: %d", status)
	}
	for _, call := range g.calls.take() {
		if strings.Contains(call, "Where") {
			t.Error("it was searched")
		}
	}
}

func TestSigningOut(t *testing.T) {
	t.Parallel()
	b := start(t).as(reader)
	if status, _, to := b.post("", "sign-out", url.Values{}); status != http.StatusSeeOther || !strings.HasSuffix(to, "sign-in") {
		t.Errorf("%d to %q", status, to)
	}
	if status, _, _ := b.get(""); status != http.StatusSeeOther {
		t.Errorf("afterwards: %d", status)
	}
}

func TestAProxySignsIn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, trusted, user, groups, want string
	}{
		{"everybody reads", "127.0.0.0/8", "ana@acme.example", "", "ana@acme.example (read)"},
		{"groups have roles", "127.0.0.0/8", "ana", "dev, ops,support", "ana (read+write+content)"},
		{"a star is no group", "127.0.0.0/8", "ana", "*", "ana (read)"},
		{"no user", "127.0.0.0/8", "", "ops", ""},
		{"a name that is none", "127.0.0.0/8", strings.Repeat("a", 65), "ops", ""},
		{"from another address", "10.0.0.0/8", "ana", "ops", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := start(t, test.trusted).browser()
			b.headers.Set("X-Forwarded-User", test.user)
			b.headers.Set("X-Forwarded-Groups", test.groups)
			status, body, _ := b.get("")
			if test.want == "" && status != http.StatusSeeOther || test.want != "" && !strings.Contains(body, test.want) {
				t.Errorf("%d\n%s", status, body)
			}
			if strings.Contains(body, "sign-out") {
				t.Error("signing out is the proxy's matter")
			}
		})
	}
}
