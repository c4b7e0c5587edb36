package console_test

import (
	"compress/gzip"
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"connectrpc.com/connect"

	"github.com/bonychat/puente/pkg/config/operators"
	"github.com/bonychat/puente/pkg/secret"
	"github.com/bonychat/puente/services/control/auth"
	"github.com/bonychat/puente/services/control/console"
	"github.com/bonychat/puente/services/control/console/session"
	"github.com/bonychat/puente/services/puente/operate/operatetest"
)

// rig is a console before the API of a scene.
type rig struct {
	t       testing.TB
	url     string
	api     *operatetest.Server
	tokens  *auth.Tokens
	calls   *calls
	refused *refused
	groups  map[operators.Role][]string // that have a role
}

const (
	reader   = "reader-0123456789abcdef0123456789abcdef"
	writer   = "writer-0123456789abcdef0123456789abcdef"
	contents = "content-0123456789abcdef0123456789abcde"
)

var roles = []operators.Token{
	{Name: "rosa", Role: operators.Read, Token: secret.Hide(reader)},
	{Name: "walter", Role: operators.Write, Token: secret.Hide(writer)},
	{Name: "carla", Role: operators.Content, Token: secret.Hide(contents)},
}

// refused takes note of refusals.
type refused struct {
	mu  sync.Mutex
	all []string
}

func (r *refused) Refused(ctx context.Context, procedure string, code connect.Code) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, auth.From(ctx).Name+" "+procedure+" "+code.String())
}

// calls counts what is asked of the API.
type calls struct {
	mu   sync.Mutex
	all  []string
	next http.Handler
}

func (c *calls) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.all = append(c.all, r.URL.Path)
	c.mu.Unlock()
	c.next.ServeHTTP(w, r)
}

func (c *calls) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.all
	c.all = nil
	return all
}

// start serves a console. proxied are ranges whose headers are believed.
func start(t testing.TB, proxied ...string) *rig {
	t.Helper()
	g := &rig{t: t, api: operatetest.New(), tokens: &auth.Tokens{}, refused: &refused{}}
	g.tokens.Set(roles)
	g.calls = &calls{next: g.api.Handler()}
	cfg := operators.Console{UserHeader: "X-Forwarded-User", GroupsHeader: "X-Forwarded-Groups", Roles: map[operators.Role][]string{
		operators.Read: {operators.Everybody}, operators.Write: {"ops"}, operators.Content: {"support"},
	}}
	g.groups = cfg.Roles
	for _, p := range proxied {
		cfg.Proxies = append(cfg.Proxies, netip.MustParsePrefix(p))
	}
	door := auth.NewDoor(t.Context(), g.tokens, g.refused, g.calls)
	page := console.New(console.Options{Door: door, Tokens: g.tokens, Config: cfg, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	s := httptest.NewServer(page)
	t.Cleanup(s.Close)
	g.url = s.URL
	return g
}

// browser is one that keeps cookies and follows no redirect.
type browser struct {
	*rig
	client  *http.Client
	headers http.Header
}

func (g *rig) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		g.t.Fatal(err)
	}
	return &browser{rig: g, headers: http.Header{}, client: &http.Client{
		Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DisableCompression: true},
	}}
}

// as is a browser of somebody who has signed in.
func (g *rig) as(token string) *browser {
	g.t.Helper()
	b := g.browser()
	if status, _, to := b.post("sign-in", "sign-in", url.Values{"token": {token}}); status != http.StatusSeeOther || to != console.Path {
		g.t.Fatalf("sign in: %d to %q", status, to)
	}
	return b
}

// get is a page.
func (b *browser) get(path string) (status int, body, to string) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.url+console.Path+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(r)
}

var formField = regexp.MustCompile(`name="` + session.FormField + `" value="([^"]+)"`)

// post sends the form of a page, and looks at what it led to.
func (b *browser) post(page, path string, values url.Values) (status int, body, to string) {
	b.t.Helper()
	status, body, to = b.send(page, path, values)
	if at, err := url.Parse(to); err == nil && status == http.StatusSeeOther && at.Query().Has("k") {
		return b.get(strings.TrimPrefix(to, console.Path))
	}
	return status, body, to
}

// send sends the form of a page.
func (b *browser) send(page, path string, values url.Values) (status int, body, to string) {
	b.t.Helper()
	_, body, _ = b.get(page)
	if found := formField.FindStringSubmatch(body); found != nil && values.Get(session.FormField) == "" {
		values = maps.Clone(values) // which tests share
		values.Set(session.FormField, found[1])
	}
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.url+console.Path+path, strings.NewReader(values.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

func (b *browser) do(r *http.Request) (status int, body, to string) {
	b.t.Helper()
	for name, values := range b.headers {
		r.Header[name] = values
	}
	answer, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	from := io.Reader(answer.Body)
	if answer.Header.Get("Content-Encoding") == "gzip" {
		if from, err = gzip.NewReader(answer.Body); err != nil {
			b.t.Fatal(err)
		}
	}
	data, err := io.ReadAll(io.LimitReader(from, 8<<20))
	if err != nil {
		b.t.Fatal(err)
	}
	return answer.StatusCode, strings.ReplaceAll(string(data), "&#43;", "+"), answer.Header.Get("Location")
}
