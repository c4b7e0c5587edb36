package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/bonychat/puente/services/puente/operate/operatetest"
)

// search sends what is typed into the box, and opens what it leads to.
func (b *browser) search(text string) (status int, body, to string) {
	b.t.Helper()
	status, _, to = b.post("", "search", url.Values{"text": {text}})
	if status != http.StatusSeeOther {
		b.t.Fatalf("%q: %d", text, status)
	}
	return b.get(strings.TrimPrefix(to, "/console/"))
}

// What was found has an address, which can be loaded again and come back to. It does not tell what was searched for, and nothing to
// another browser.
func TestWhatWasFoundCanBeLoadedAgain(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(reader)
	_, _, to := b.post("", "search", url.Values{"text": {operatetest.Contact}})
	path := strings.TrimPrefix(to, "/console/")
	if !strings.HasPrefix(path, "search?for=") || strings.Contains(to, operatetest.Contact) {
		t.Fatal(to)
	}
	for range 2 {
		if status, body, _ := b.get(path); status != http.StatusOK || !strings.Contains(body, "por el contacto <b>···") {
			t.Errorf("%d\n%s", status, body)
		}
	}
	for what, who := range map[string]*browser{"another browser": g.as(reader), "an address that was changed": b} {
		other := path
		if who == b {
			other = path[:len(path)-8] + "AAAAAAAA"
		}
		if status, body, _ := who.get(other); status != http.StatusOK || strings.Contains(body, "···222") || !strings.Contains(body, "Se puede buscar por") {
			t.Errorf("%s: %d\n%s", what, status, body)
		}
	}
}

// A telephone number without its prefix is not guessed at: the page says how it is written, and what was searched for.
func TestANumberWithoutItsPrefix(t *testing.T) {
	t.Parallel()
	b := start(t).as(reader)
	for text, short := range map[string]bool{"600 999 888": true, "600.999.888": true, "(93) 4 999 888": false, "+34600999888": false, "nobody": false, "346009998887": false} {
		_, body, _ := b.search(text)
		if !strings.Contains(body, "No se sabe nada de eso") || strings.Contains(body, "el prefijo de su país") != short || !strings.Contains(body, "<b>"+text+"</b>") {
			t.Errorf("%s:\n%s", text, body)
		}
	}
}

// Whose a message is has a column of its own.
func TestAMessageThatWasFoundSaysWhoseItIs(t *testing.T) {
	t.Parallel()
	b := start(t).as(reader)
	if _, body, _ := b.search(operatetest.Contact); !strings.Contains(body, `<td data-head="Contacto"><a href="/console/contact/tienda-whatsapp/`+operatetest.KeyOfContact+`">···222</a></td>`) || !strings.Contains(body, `<td data-head="Canal"><a href="/console/c/tienda-whatsapp">`) {
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
		status, body, to := b.search(test.text)
		if to != test.to || status != http.StatusOK && to == "" || !strings.Contains(body, test.body) {
			t.Errorf("%q: %d to %q\n%s", test.text, status, to, body)
		}
		if test.text == operatetest.Contact && (strings.Count(body, operatetest.Contact) != 1 || !strings.Contains(body, `value="`+operatetest.Contact+`"`)) {
			t.Error("the contact's address stands elsewhere than in the search box")
		}
	}
}
