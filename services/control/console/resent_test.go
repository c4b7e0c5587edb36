package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	"github.com/bonychat/puente/services/puente/operate/operatetest"
)

// What failed and was sent again is not among the failures, and not forgotten: the pages say how many, which, and how they stand.
func TestWhatWasSentAgainIsStillThere(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(reader)
	for path, want := range map[string]string{
		"":                  `<a href="/console/failures/list?resent=1&amp;since=24h">1 más se reenvió</a>`,
		"failures":          `<a href="/console/failures/list?resent=1&amp;since=24h">1 más falló y se reenvió</a>`,
		"c/tienda-whatsapp": "1 que falló se reenvió",
	} {
		if _, body, _ := b.get(path); !strings.Contains(body, want) {
			t.Errorf("%s: no %q in\n%s", path, want, body)
		}
	}
	_, body, _ := b.get("failures/list?resent=1&since=24h")
	for _, want := range []string{"Fallaron y se reenviaron", "/console/m/" + operatetest.WasRead, "el token de acceso ha caducado", `<span class="lamp good">leído</span>`, "puente failures --resent --since 24h"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
	g.api.Summary = &controlv1.SummarizeFailuresResponse{Resent: 2}
	if _, body, _ = b.get("failures"); !strings.Contains(body, "2 más fallaron y se reenviaron") {
		t.Errorf("where nothing else failed: %s", body)
	}
}

// Who chooses nothing to be sent again is back where one can choose, with what was chosen above.
func TestNothingChosenLeadsBack(t *testing.T) {
	t.Parallel()
	b := start(t).as(writer)
	status, _, to := b.get("failures/preview?since=7d&fault=contact")
	if status != http.StatusSeeOther || to != "/console/failures?chosen=none&fault=contact&since=7d" {
		t.Fatalf("%d to %q", status, to)
	}
	if _, body, _ := b.get(strings.TrimPrefix(to, "/console/")); !strings.Contains(body, "No se ha elegido nada que reenviar: marque") {
		t.Error(body)
	}
	_, body, _ := b.get("failures/list?since=7d&fault=contact")
	if !strings.Contains(body, `name="back" value="fault=contact&amp;since=7d"`) {
		t.Errorf("the list does not say what it is of:\n%s", body)
	}
	status, _, to = b.get("failures/preview?back=fault%3Dcontact%26since%3D7d")
	if status != http.StatusSeeOther || to != "/console/failures/list?chosen=none&fault=contact&since=7d" {
		t.Fatalf("from the list: %d to %q", status, to)
	}
	if _, body, _ := b.get(strings.TrimPrefix(to, "/console/")); !strings.Contains(body, "No se ha elegido nada que reenviar: marque") {
		t.Error(body)
	}
}

// An error that comes of a form leads back to the page that it was on.
func TestAnErrorLeadsBackToItsPage(t *testing.T) {
	t.Parallel()
	b := start(t).as(reader)
	if status, body, _ := b.post("c/tienda-telegram", "c/tienda-telegram/pause", url.Values{"why": {"x"}}); status != http.StatusForbidden || !strings.Contains(body, `<a href="/console/c/tienda-telegram">Volver a la página anterior</a>`) {
		t.Errorf("%d\n%s", status, body)
	}
}
