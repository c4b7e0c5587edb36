package console_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/services/puente/operate/operatetest"
)

// shown are all pages that somebody who is signed in can open, with what each has to say in Spanish and in English.
var shown = []struct {
	path, spanish, english string
}{
	{"", "Hay que hacer algo", "Needs you"},
	{"", "el token de acceso ha caducado (190)", "the access token has ended (190)"},
	{"", "un token de acceso nuevo y después puente reload", "a new access token, then puente reload"},
	{"?trouble=1", "Todos", "All"},
	{"c/tienda-whatsapp", "Los cuatro tramos", "The four legs"},
	{"c/tienda-whatsapp", "Qué espera", "What waits"},
	{"m/" + operatetest.Waits, "detrás de otro mensaje del mismo contacto (puesto 2 de 3): telegram pidió esperar 40 s", "behind another message of the same contact (place 2 of 3): telegram asked to wait 40 s"},
	{"m/" + operatetest.WasRead, "leído", "read"},
	{"m/" + operatetest.Receipt, "puede recibirlo dos veces", "may get it twice"},
	{"search", "Se puede buscar por", "You can search for"},
	{"failures", "Avisar al contacto por otro medio", "Tell the contact by another way"},
	{"failures/list", "el contacto bloqueó el bot", "the contact blocked the bot"},
	{"failures/list?reason=telegram.bot_blocked&kind=refused", "Por motivo", "By reason"},
	{"failures/letter/9", "los valores se omiten", "values are left out"},
	{"calls?network=telegram", "Ilegibles que se guardan", "Unreadable ones that are kept"},
	{"traffic?minutes=60", "De ellos, fallidos y sin terminar", "Of these, failed and not ended"},
	{"audit", "Quién cambió qué", "Who changed what"},
	{"system", "max_age: 720h, not 168h", "max_age: 720h, not 168h"},
}

// inline is what the policy of the pages forbids: they would not work.
var inline = regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|<script[^>]*>[^<]|javascript:|src="http|href="http://[^j]`)

func TestEveryPageInBothLanguages(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(reader)
	for _, test := range shown {
		for language, want := range map[string]string{"es": test.spanish, "en": test.english} {
			b.headers.Set("Accept-Language", language)
			status, body, _ := b.get(test.path)
			if status != http.StatusOK || !strings.Contains(body, want) || !strings.Contains(body, `<html lang="`+language+`"`) {
				t.Errorf("%s in %s: %d, no %q in\n%s", test.path, language, status, want, body)
			}
			if bad := inline.FindString(body); bad != "" {
				t.Errorf("%s in %s has %q", test.path, language, bad)
			}
			for _, bad := range []string{"%!", "&lt;nil&gt;", "ZgotmplZ", "no value"} {
				if strings.Contains(body, bad) {
					t.Errorf("%s in %s has %q", test.path, language, bad)
				}
			}
		}
	}
}

// Nothing of the console leads to a page that is not there.
func TestNoLinkIsDead(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.api.Messages = append(g.api.Messages, &controlv1.Message{Id: g.api.Failures[0].GetId(), Channel: "tienda-telegram", State: controlv1.State_STATE_FAILED})
	b := g.as(writer)
	links := regexp.MustCompile(`(?:href|src|action)="(/[^"#]*)`)
	seen, todo := map[string]bool{}, []string{"/console/"}
	for len(todo) > 0 && len(seen) < 500 {
		link := todo[0]
		todo = todo[1:]
		if seen[link] || strings.Contains(link, "sign-out") {
			continue
		}
		seen[link] = true
		status, body, _ := b.get(strings.TrimPrefix(strings.ReplaceAll(link, "&amp;", "&"), "/console/"))
		if status != http.StatusOK && status != http.StatusSeeOther {
			t.Errorf("%s: %d", link, status)
		}
		if strings.Contains(link, "/assets/") {
			continue
		}
		for _, found := range links.FindAllStringSubmatch(body, -1) {
			todo = append(todo, found[1])
		}
	}
	if len(seen) < 15 {
		t.Errorf("only %d links: %v", len(seen), seen)
	}
}

func TestSearch(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(reader)
	for _, test := range []struct{ text, to, body string }{
		{operatetest.Waits, "/console/m/" + operatetest.Waits, ""},
		{operatetest.Trace, "/console/m/" + operatetest.Waits, ""},
		{operatetest.Contact, "", "por el contacto"},
		{"01a22", "", "por el id"},
		{"tienda-twilio", "/console/c/tienda-twilio", ""},
		{"nobody", "", "No se sabe nada de eso"},
		{"  ", "", "Se puede buscar por"},
	} {
		status, body, to := b.post("", "search", url.Values{"text": {test.text}})
		if to != test.to || status != http.StatusOK && to == "" || !strings.Contains(body, test.body) {
			t.Errorf("%q: %d to %q\n%s", test.text, status, to, body)
		}
		if test.text == operatetest.Contact && strings.Contains(body, operatetest.Contact) {
			t.Error("the page holds the contact's address")
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	b := start(t).as(reader)
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+"/console/", nil)
	answer, err := b.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	policy := answer.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "form-action 'self'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("no %q in %q", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || answer.Header.Get("X-Frame-Options") != "DENY" || answer.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", answer.Header)
	}
}

// However many channels there are, the first page asks as often, and stays small.
func TestTheOverviewOfAThousandChannels(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.thousand()
	b := g.as(reader)
	g.calls.take()
	_, body, _ := b.get("")
	if calls := g.calls.take(); len(calls) > overviewAsks {
		t.Errorf("%d questions: %v", len(calls), calls)
	}
	if n := packed(t, body); n > mostPacked {
		t.Errorf("%d bytes, packed", n)
	}
	if !strings.Contains(body, "Página 1 de 11") || strings.Count(body, `class="row"`) > 110 {
		t.Errorf("%d rows", strings.Count(body, `class="row"`))
	}
	if _, body, _ = b.get("?filter=channel-0999"); strings.Count(body, "/console/c/channel-") != 1 {
		t.Error(body)
	}
	if _, body, _ = b.get("?page=11"); !strings.Contains(body, "channel-0999") {
		t.Error(body)
	}
}

// thousand adds a thousand channels.
func (g *rig) thousand() {
	for i := range 1000 {
		c := g.api.Channels[i%3]
		g.api.Channels = append(g.api.Channels, &controlv1.Channel{Id: fmt.Sprintf("channel-%04d", i), Network: c.GetNetwork(), State: c.GetState(), Why: c.GetWhy(), Since: c.GetSince(), Waiting: uint64(i), Oldest: c.GetOldest(), OutLastHour: uint64(i * 7), InLastHour: uint64(i * 3), FailedLastDay: uint64(i % 50), LastIn: c.GetLastIn()})
	}
}

// BenchmarkTheOverviewOfAThousandChannels is the page alone: what the API takes is measured beside the history.
func BenchmarkTheOverviewOfAThousandChannels(b *testing.B) {
	g := start(b)
	g.thousand()
	who := g.as(reader)
	for b.Loop() {
		if status, _, _ := who.get(""); status != http.StatusOK {
			b.Fatal(status)
		}
	}
}

const (
	// overviewAsks is how many questions the first page asks of the API.
	overviewAsks = 2
	// mostPacked is how large a page may be with what it loads, compressed, in bytes.
	mostPacked = 150_000
)

// packed is how large a text is when it is compressed.
func packed(t *testing.T, text string) int {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

// A page with all that it loads is small.
func TestPagesAreSmall(t *testing.T) {
	t.Parallel()
	b := start(t).as(reader)
	loads := regexp.MustCompile(`(?:href|src)="/console/(assets/[^"#]+)`)
	for _, test := range shown {
		_, body, _ := b.get(test.path)
		size, assets := packed(t, body), []string{}
		for _, found := range loads.FindAllStringSubmatch(body, -1) {
			if !slices.Contains(assets, found[1]) {
				assets = append(assets, found[1])
			}
		}
		for _, path := range assets {
			_, data, _ := b.get(path)
			size += packed(t, data)
		}
		if size > mostPacked || len(assets) < 4 {
			t.Errorf("%s: %d bytes with %v", test.path, size, assets)
		}
	}
}

// What somebody likes is kept, and nothing else is taken for it.
func TestLanguageAndThemeAreRemembered(t *testing.T) {
	t.Parallel()
	b := start(t).as(reader)
	b.get("?lang=en")
	b.get("?theme=dark")
	if _, body, _ := b.get("c/tienda-twilio"); !strings.Contains(body, `<html lang="en" data-theme="dark"`) {
		t.Error(body[:200])
	}
	if _, body, _ := b.get("?lang=xx&theme=pink"); !strings.Contains(body, `<html lang="en" data-theme="dark"`) {
		t.Error(body[:200])
	}
}

// A message that was accepted a moment ago is waited for; one of yesterday is not.
func TestAMessageThatWasJustAccepted(t *testing.T) {
	t.Parallel()
	b := start(t).as(reader)
	id := strings.ReplaceAll(uuid.Must(uuid.NewV7()).String(), "-", "")
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+"/console/m/"+id, nil)
	answer, err := b.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusNotFound || answer.Header.Get("Refresh") == "" {
		t.Errorf("%d, %v", answer.StatusCode, answer.Header)
	}
	if _, body, _ := b.get("m/" + id); !strings.Contains(body, "Se acaba de aceptar") {
		t.Error(body)
	}
	if _, body, _ := b.get("m/01a2259364287db1b1443304ddae0000"); !strings.Contains(body, "Eso no existe") {
		t.Error(body)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	b := start(t).as(reader)
	for _, path := range []string{"nothing", "c/nobody", "m/nobody", "m/" + operatetest.Contact} {
		if status, body, _ := b.get(path); status != http.StatusNotFound || !strings.Contains(body, "Eso no existe") {
			t.Errorf("%s: %d", path, status)
		}
	}
}
