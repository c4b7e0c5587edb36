package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/services/puente/operate/operatetest"
)

// posts are the forms of the console that lead to a page, with what fills them in and what the page says.
var posts = []struct {
	page, path string
	form       url.Values
	want       string
}{
	{"", "search", url.Values{"text": {operatetest.Contact}}, "por el contacto"},
	{"", "search", url.Values{"text": {"nobody"}}, "No se sabe nada de eso"},
	{"failures", "failures/replay", url.Values{"since": {"7d"}, "group": {"kind=refused&reason=telegram.bot_blocked"}}, "enviado"},
	{"failures/letter/9", "failures/letter/9/content", url.Values{}, "zanahoria"},
	{"failures/letter/9", "failures/letter/9/discard", url.Values{"why": {"x"}}, "Descartados para siempre"},
	{"calls?network=telegram", "calls/read-again", url.Values{"network": {"telegram"}, "since": {"24h"}, "really": {"1"}}, "Qué ha pasado"},
	{"new/telegram", "new/telegram/draft", url.Values{"id": {"nuevo"}, "account.token": {"secreto"}}, "- id: nuevo"},
	{"added/tienda-telegram", "added/tienda-telegram/check", url.Values{}, "válidas"},
	{"added/tienda-telegram", "added/tienda-telegram/register", url.Values{}, "válidas"},
	{"c/tienda-telegram", "c/tienda-telegram/check", url.Values{}, "La red dice que todo está bien"},
	{"c/tienda-telegram", "c/tienda-telegram/register", url.Values{}, "La red dice que todo está bien"},
	{"c/tienda-telegram", "c/tienda-telegram/pause", url.Values{"why": {"x"}}, "El canal está en pausa"},
	{"c/tienda-telegram", "c/tienda-telegram/resume", url.Values{}, "El canal no estaba en pausa"},
}

// What a form leads to is a page of its own: one can load it again and come back to it, which does nothing again.
func TestAFormLeadsToAPageThatCanBeLoadedAgain(t *testing.T) {
	t.Parallel()
	for _, test := range posts {
		t.Run(test.path, func(t *testing.T) {
			t.Parallel()
			g := start(t)
			b := g.as(writer)
			if strings.HasSuffix(test.path, "/content") {
				b = g.as(contents)
			}
			status, body, to := b.send(test.page, test.path, test.form)
			if status != http.StatusSeeOther || !strings.HasPrefix(to, "/console/") || strings.Contains(body, test.want) {
				t.Fatalf("%d to %q\n%s", status, to, body)
			}
			if strings.Contains(to, "600111222") {
				t.Error("the address holds what was searched for")
			}
			before := len(acts(g))
			for range 2 {
				if status, body, _ = b.get(strings.TrimPrefix(to, "/console/")); status != http.StatusOK || !strings.Contains(body, test.want) {
					t.Fatalf("%d, no %q in\n%s", status, test.want, body)
				}
			}
			if after := len(acts(g)); after != before {
				t.Errorf("to look at it acts %d times", after-before)
			}
			if !strings.Contains(to, "k=") {
				return
			}
			other := g.as(reader)
			if status, body, _ := other.get(strings.TrimPrefix(to, "/console/")); status != http.StatusGone || strings.Contains(body, test.want) {
				t.Errorf("somebody else: %d\n%s", status, body)
			}
		})
	}
}

// acts are the requests that change something.
func acts(g *rig) (all []any) {
	for _, m := range g.api.Asked() {
		switch r := m.(type) {
		case *controlv1.PauseChannelRequest, *controlv1.ResumeChannelRequest, *controlv1.RegisterChannelRequest, *controlv1.AddChannelRequest, *controlv1.DiscardFailuresRequest,
			*controlv1.ReplayCallsRequest, *controlv1.ReplayFailuresRequest:
			all = append(all, r)
		}
	}
	return all
}

// Of what forms led to, a bounded number is kept: the oldest goes first.
func TestWhatIsKeptIsBounded(t *testing.T) {
	t.Parallel()
	b := start(t).as(reader)
	_, _, first := b.send("c/tienda-telegram", "c/tienda-telegram/check", url.Values{})
	for range 40 {
		b.send("c/tienda-telegram", "c/tienda-telegram/check", url.Values{})
	}
	if status, body, _ := b.get(strings.TrimPrefix(first, "/console/")); status != http.StatusGone || !strings.Contains(body, "ya no se guarda") {
		t.Errorf("%d\n%s", status, body)
	}
}

// A script that sends a form reads the answer itself: nothing is kept of it.
func TestAScriptIsAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	b := start(t).as(writer)
	b.headers.Set("Sec-Fetch-Mode", "cors")
	b.headers.Set("Sec-Fetch-Site", "same-origin")
	if status, body, _ := b.send("new/telegram", "new/telegram/draft", url.Values{"id": {"nuevo"}}); status != http.StatusOK || !strings.Contains(body, "Hay algo que corregir") {
		t.Errorf("%d\n%s", status, body)
	}
}
