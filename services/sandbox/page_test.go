package sandbox_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/sandbox"
)

func (r *rig) page(query, language string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(http.MethodGet, "/"+query, nil)
	req.Host = "localhost:8080"
	req.Header.Set("Accept-Language", language)
	w := httptest.NewRecorder()
	r.sandbox.Handler().ServeHTTP(w, req)
	return w
}

func TestPageSpeaksTheBrowsersLanguage(t *testing.T) {
	r := start(t)
	for header, want := range map[string]string{
		"": "en", "es": "es", "es-MX,es;q=0.9,en;q=0.8": "es", "en-GB,es;q=0.5": "en", "fr,es;q=0.7,en;q=0.6": "es",
		"de": "en", "en;q=0.2,es;q=0.9": "es", "es;q=0": "en", ";;q=,": "en", "*": "en",
	} {
		w := r.page("", header)
		if w.Code != 200 || !strings.Contains(w.Body.String(), `<html lang="`+want+`">`) || w.Header().Get("Content-Language") != want {
			t.Errorf("%q: %d %s, want %s", header, w.Code, w.Header().Get("Content-Language"), want)
		}
	}
}

func TestPageIsWhole(t *testing.T) {
	r := start(t)
	for _, query := range []string{"", "?channel=c2", "?channel=c3", "?channel=nobody&contact=a.b", "?contact=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"} {
		for _, language := range []string{"en", "es"} {
			w := r.page(query, language)
			body := w.Body.String()
			if w.Code != 200 || strings.Contains(body, "<script>alert") || strings.Contains(body, "<no value>") || !strings.Contains(body, "</html>") {
				t.Errorf("%s %s: %d\n%s", query, language, w.Code, body)
			}
			if inline := regexp.MustCompile(`(?i)<style|style="|\son[a-z]+=|<script type="module">`).FindString(body); inline != "" {
				t.Errorf("%s: %q is against the page's own policy", query, inline)
			}
			// only assets that are here
			for _, m := range regexp.MustCompile(`(?:src|href)="([^"]+)"`).FindAllStringSubmatch(body, -1) {
				if status := r.call(http.MethodGet, m[1], "", nil); status != 200 {
					t.Errorf("%s = %d", m[1], status)
				}
			}
		}
	}
	policy := r.page("", "en").Header().Get("Content-Security-Policy")
	if strings.Contains(policy, "unsafe") || !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("policy = %s", policy)
	}
}

// Every text that script and template name is in the catalog.
func TestPageHasItsTexts(t *testing.T) {
	r := start(t)
	var data struct{ T map[string]string }
	raw := regexp.MustCompile(`(?s)id="data">(.*?)</script>`).FindStringSubmatch(r.page("", "es").Body.String())
	if err := json.Unmarshal([]byte(raw[1]), &data); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"page.js", "message.js", "api.js", "faults.js", "steps.js", "way.js"} {
		req := httptest.NewRequest(http.MethodGet, "/sandbox/assets/"+name, nil)
		req.Host = "127.0.0.1"
		w := httptest.NewRecorder()
		r.sandbox.Handler().ServeHTTP(w, req)
		if strings.Contains(w.Body.String(), "innerHTML") {
			t.Errorf("%s writes HTML", name)
		}
		for _, m := range regexp.MustCompile(`\bt\.(\w+)`).FindAllStringSubmatch(w.Body.String(), -1) {
			if data.T[m[1]] == "" {
				t.Errorf("%s: no text %q", name, m[1])
			}
		}
	}
	for _, kind := range []string{"unknown", "doubled", "changed", "backwards", "repeated", "early", "foreign", "echo", "taken", "answer", "rejected"} {
		if data.T["warn_"+kind] == "" {
			t.Errorf("no text for the warning %q", kind)
		}
	}
	for name, text := range data.T {
		if strings.TrimSpace(text) == "" {
			t.Errorf("text %q is empty", name)
		}
	}
}

func TestKeepsOtherSitesOut(t *testing.T) {
	r := start(t)
	target := path("phone", "c1", "ana", "messages")
	for name, c := range map[string]struct {
		header []string
		status int
	}{
		"curl":                       {nil, 200},
		"own page":                   {[]string{"Sec-Fetch-Site", "same-origin", "Origin", r.url}, 200},
		"another site":               {[]string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, 403},
		"another port of localhost":  {[]string{"Sec-Fetch-Site", "same-site"}, 403},
		"old browser, another site":  {[]string{"Origin", "https://evil.example"}, 403},
		"old browser, null origin":   {[]string{"Origin", "null"}, 403},
		"a name rebound to loopback": {[]string{"Host", "evil.example:8080"}, 403},
		"localhost":                  {[]string{"Host", "localhost:8080"}, 200},
		"a name under localhost":     {[]string{"Host", "puente.localhost"}, 200},
		"IPv6 loopback":              {[]string{"Host", "[::1]:8080"}, 200},
		"localhost as a prefix":      {[]string{"Host", "localhost.evil.example"}, 403},
	} {
		if status := r.call(http.MethodPost, target, textJSON("a"), nil, c.header...); status != c.status {
			t.Errorf("%s = %d, want %d", name, status, c.status)
		}
	}
	for _, get := range []string{"/", "/sandbox/api/channels", "/sandbox/api/events", target} {
		if status := r.call(http.MethodGet, get, "", nil, "Host", "evil.example"); status != http.StatusForbidden {
			t.Errorf("GET %s by a rebound name = %d, want 403", get, status)
		}
	}
}

func TestEventsAreStreamed(t *testing.T) {
	r := start(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, r.url+"/sandbox/api/events", nil)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewReader(resp.Body)
	if line, err := lines.ReadString('\n'); err != nil || !strings.HasPrefix(line, "retry:") {
		t.Fatalf("first line = %q %v", line, err)
	}
	r.send("phone", "ana", "<b>hola</b>")
	seen := map[string]bool{}
	for !seen["agent in received"] || !seen["phone out delivered"] {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("stream ended: %v, seen %v", err, seen)
		}
		body, ok := strings.CutPrefix(line, "data: ")
		if !ok {
			continue
		}
		var change struct {
			Type, Side, Channel, Contact string
			Entry                        struct {
				Direction, Status string
				Message           struct{ Text string }
			}
		}
		if err := json.Unmarshal([]byte(body), &change); err != nil {
			t.Fatal(err)
		}
		if change.Channel != "c1" || change.Contact != "ana" || change.Entry.Message.Text != "<b>hola</b>" {
			t.Errorf("change = %s", body)
		}
		seen[change.Side+" "+change.Entry.Direction+" "+change.Entry.Status] = true
	}
	r.stop() // a server that shuts down waits for no page
	if _, err := io.Copy(io.Discard, lines); err != nil {
		t.Errorf("stream did not end well: %v", err)
	}
}

func TestConfigValidate(t *testing.T) {
	err := sandbox.Config{Channels: []sandbox.Channel{{}, {}}}.Validate()
	for _, want := range []string{"API base URL", "channels[0]: id", "channels[1]: token", "contact_id", "network"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not say %q", err, want)
		}
	}
}

// A website is mounted with its own bounds; its channel's page shows its chat, and what the gateway calls needs no page.
func TestAWebsiteIsBesideTheInbox(t *testing.T) {
	cfg := sandbox.Config{
		Channels: []sandbox.Channel{
			{ID: "c1", Network: sandbox.PhoneNetwork, ContactID: "custom", Token: provider.NewSecret("t1"), Secret: provider.NewSecret("s")},
			{ID: "w1", Network: "webhook", ContactID: "custom", Token: provider.NewSecret("t2")},
		},
		APIBaseURL: func() string { return "http://127.0.0.1:8080" },
		Site: &sandbox.Site{Channel: "w1", Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, r.Method+" "+r.URL.Path)
		})},
	}
	r := &rig{sandbox: sandbox.New(cfg)}
	if body := r.page("?channel=w1&contact=ana", "en").Body.String(); !strings.Contains(body, `src="/sandbox/site/?visitor=ana"`) {
		t.Error("the page of its channel does not show the website")
	}
	if body := r.page("?channel=c1", "en").Body.String(); strings.Contains(body, "/sandbox/site/") {
		t.Error("the page of another channel shows the website")
	}
	for _, test := range []struct {
		method, host, path string
		status             int
		body               string
	}{
		{"GET", "localhost", "", 200, "GET /"},
		{"GET", "attacker.example", "", 403, ""},
		{"POST", "localhost", "chat/ana/message", 200, "POST /chat/ana/message"},
		{"POST", "bridge.internal", "bonychat", 200, "POST /bonychat"},
		{"GET", "bridge.internal", "files/x", 200, "GET /files/x"},
	} {
		req := httptest.NewRequest(test.method, sandbox.SitePath+test.path, nil)
		req.Host = test.host
		w := httptest.NewRecorder()
		r.sandbox.Handler().ServeHTTP(w, req)
		if w.Code != test.status || test.body != "" && w.Body.String() != test.body {
			t.Errorf("%s %s at %s: %d %s", test.method, test.path, test.host, w.Code, w.Body)
		}
		if policy := w.Header().Get("Content-Security-Policy"); test.path == "" && test.status == 200 && !strings.Contains(policy, "frame-ancestors 'self'") {
			t.Errorf("policy = %s", policy)
		}
	}
}
