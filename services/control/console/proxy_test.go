package console_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/config/operators"
)

// signingIn is a reverse proxy before a console that signs people in, as those of OpenID Connect do: it drops what a browser says
// of itself, and says who they are. It calls from an address of its own.
func signingIn(t *testing.T, to, from, user, groups string) *httptest.Server {
	t.Helper()
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	proxy := &httputil.ReverseProxy{
		Transport: &http.Transport{DialContext: dialer.DialContext},
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
			r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
			r.SetXForwarded()
			r.Out.Header.Set("X-Forwarded-Proto", "https")
			r.Out.Header.Set("X-Forwarded-User", user)
			r.Out.Header.Set("X-Forwarded-Groups", groups)
		},
	}
	s := httptest.NewServer(proxy)
	t.Cleanup(s.Close)
	return s
}

// through is a browser that calls by the proxy.
func (g *rig) through(proxy *httptest.Server) *browser {
	b := g.browser()
	there := *g
	there.url = proxy.URL
	b.rig = &there
	return b
}

const trusted = "127.0.0.2/32"

func TestWhoComesByTheProxyIsWhoItSays(t *testing.T) {
	t.Parallel()
	g := start(t, trusted)
	b := g.through(signingIn(t, g.url, "127.0.0.2", "ana@acme.example", "dev,ops"))
	b.headers.Set("X-Forwarded-User", "root")
	b.headers.Set("X-Forwarded-Groups", "support")
	status, body, _ := b.get("")
	if status != http.StatusOK || !strings.Contains(body, "ana@acme.example (read+write)") || strings.Contains(body, "root") {
		t.Errorf("%d\n%s", status, body)
	}
	// a form works by it: the browser's own name of the site is that of the proxy
	if status, _, to := b.post("c/tienda-whatsapp", "c/tienda-whatsapp/pause", url.Values{"for": {"1h"}, "why": {"x"}}); status != http.StatusSeeOther || !strings.HasSuffix(to, "done=paused") {
		t.Errorf("a form: %d to %q", status, to)
	}
	for _, c := range b.client.Jar.Cookies(&url.URL{Scheme: "https", Host: strings.TrimPrefix(b.url, "http://"), Path: "/console/"}) {
		if strings.HasPrefix(c.Name, "puente_console") {
			t.Errorf("a session of its own: %v", c)
		}
	}
}

// The console takes the word of no other address, whatever it says, and whomever it says it speaks for.
func TestWhoComesFromElsewhereIsNobody(t *testing.T) {
	t.Parallel()
	g := start(t, trusted)
	for name, b := range map[string]*browser{
		"another proxy":            g.through(signingIn(t, g.url, "127.0.0.3", "ana@acme.example", "ops")),
		"straight to the port":     g.browser(),
		"by a proxy that is named": g.browser(),
	} {
		b.headers.Set("X-Forwarded-User", "ana@acme.example")
		b.headers.Set("X-Forwarded-Groups", "ops,support")
		if strings.HasPrefix(name, "by") {
			b.headers.Set("X-Forwarded-For", "127.0.0.2")
			b.headers.Set("X-Real-Ip", "127.0.0.2")
			b.headers.Set("Forwarded", "for=127.0.0.2")
		}
		if status, body, to := b.get(""); status != http.StatusSeeOther || !strings.HasPrefix(to, "/console/sign-in") {
			t.Errorf("%s: %d to %q\n%s", name, status, to, body)
		}
		if calls := g.calls.take(); len(calls) > 0 {
			t.Errorf("%s: the API was asked %v", name, calls)
		}
	}
}

// Wrong tokens are counted by the address that the proxy names, not by that of the proxy, and not by what a browser makes up.
func TestTriesByAProxyAreThoseOfTheirAddresses(t *testing.T) {
	t.Parallel()
	g := start(t, trusted)
	proxy := signingIn(t, g.url, "127.0.0.2", "", "") // it lets everybody to the page of signing in
	tries := func(made func(int) string) (last int) {
		b := g.through(proxy)
		for i := range 30 {
			b.headers.Set("X-Forwarded-For", made(i))
			if last, _, _ = b.post("sign-in", "sign-in", url.Values{"token": {"wrong"}}); last == http.StatusTooManyRequests {
				break
			}
		}
		return last
	}
	if last := tries(func(i int) string { return "203.0.113." + string(rune('0'+i%10)) }); last != http.StatusTooManyRequests {
		t.Errorf("with made-up addresses: %d", last)
	}
}

// Where no group has a role, the proxy's word lets nobody in.
func TestAProxyWithoutAGroupThatCounts(t *testing.T) {
	t.Parallel()
	g := start(t, trusted)
	g.groups[operators.Read] = []string{"dev"}
	b := g.through(signingIn(t, g.url, "127.0.0.2", "ana", "guests"))
	status, body, _ := b.get("")
	if status == http.StatusOK && strings.Contains(body, "tienda-whatsapp") {
		t.Errorf("%d\n%s", status, body)
	}
	if _, body, _ = b.get("sign-in"); !strings.Contains(body, "ninguno de sus grupos tiene un rol") {
		t.Error(body)
	}
}
