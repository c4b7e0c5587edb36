package console_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

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
	{"contact/tienda-telegram/" + operatetest.KeyOfAnother, "Lo que falló de este contacto", "What failed of this contact"},
	{"call/telegram/102", "Qué fue de lo que traía", "What became of what it brought"},
	{"failures/letter/9", "los valores se omiten", "values are left out"},
	{"calls?network=telegram", "Ilegibles que se guardan", "Unreadable ones that are kept"},
	{"calls?network=telegram", "credencial incorrecta: compare el secreto", "a wrong credential: compare the secret"},
	{"calls?network=telegram", "X-Telegram-Bot-Api-Secret-Token", "X-Telegram-Bot-Api-Secret-Token"},
	{"calls?network=telegram", "Contadas desde", "Counted since"},
	{"traffic?minutes=60", "De ellos, fallidos y sin terminar", "Of these, failed and not ended"},
	{"new", "Lo que hace falta", "What it takes"},
	{"new/whatsapp", "Como los muestra BonyChat", "As BonyChat shows them"},
	{"added/tienda-telegram?network=telegram", "Primer mensaje de un contacto", "First message of a contact"},
	{"audit", "Quién cambió qué", "Who changed what"},
	{"audit", "durante 30\u00a0m", "for 30\u00a0m"},
	{"audit?previews=1", "clase: según la red, desde ", "kind: by receipt, since "},
	{"audit?previews=1", "sin cambiar nada: solo ver", "nothing changed: a look"},
	{"audit", "101 veces últimamente, 3 rechazos anteriores no se guardan uno por uno", "101 times lately, 3 refusals before it"},
	{"audit", "red telegram", "network telegram"},
	{"audit", "añadir un canal", "add a channel"},
	{"system", "historial para personas", "history for people"},
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
	g.api.Channels = append(g.api.Channels, &controlv1.Channel{Id: "nuevo", Network: "telegram"})
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

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	b := start(t).as(reader)
	for _, path := range []string{"nothing", "c/nobody", "m/nobody", "m/" + operatetest.Contact} {
		if status, body, _ := b.get(path); status != http.StatusNotFound || !strings.Contains(body, "Eso no existe") {
			t.Errorf("%s: %d", path, status)
		}
	}
}
