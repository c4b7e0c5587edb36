package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/bonychat/puente/services/puente/operate/operatetest"
)

// Whose a message is has a column of its own.
func TestAMessageThatWasFoundSaysWhoseItIs(t *testing.T) {
	t.Parallel()
	b := start(t).as(reader)
	if _, body, _ := b.post("search", "search", url.Values{"text": {operatetest.Contact}}); !strings.Contains(body, `<td data-head="contacto">···222</td>`) || !strings.Contains(body, `<td data-head="Canal"><a href="/console/c/tienda-whatsapp">`) {
		t.Error(body)
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
