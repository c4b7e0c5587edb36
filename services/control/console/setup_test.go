package console_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// filled is the form of a channel that is right.
func filled() url.Values {
	return url.Values{
		"id": {"nuevo"}, "contact_id": {"custom"}, "platform.webhook_url": {"https://okeybot.com/custom/webhook"}, "platform.api_token": {"T0KEN-0123456789"},
		"account.token": {"S3CRET"}, "account.api": {"http://127.0.0.1:1"}, "locale": {"en"},
	}
}

// What is wrong stands beside its field; what was typed is still there, but for secrets, which are never sent back.
func TestMistakesStandBesideTheirFields(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(writer)
	form := filled()
	form.Set("id", "")
	form.Set("account.token", "")
	for _, path := range []string{"new/telegram/draft", "new/telegram/add"} {
		status, body, _ := b.post("new/telegram", path, form)
		if status != http.StatusOK || strings.Count(body, "es obligatorio") != 2 || strings.Count(body, `aria-invalid="true"`) != 2 || !strings.Contains(body, "account: must be an object") {
			t.Errorf("%s: %d\n%s", path, status, body)
		}
		if !strings.Contains(body, `value="http://127.0.0.1:1"`) || !strings.Contains(body, `value="https://okeybot.com/custom/webhook"`) || !strings.Contains(body, `<option value="en" selected`) {
			t.Errorf("%s: what was typed is gone in\n%s", path, body)
		}
		if strings.Contains(body, "T0KEN") || strings.Count(body, `type="password"`) != 2 {
			t.Errorf("%s: a secret is on the page:\n%s", path, body)
		}
	}
	if _, body, _ := b.get("new/telegram"); strings.Index(body, `name="account.token"`) > strings.Index(body, `name="account.api"`) || !strings.Contains(body, `doc">El token del bot, como lo da @BotFather.`) || !strings.Contains(body, `lang="en">Where the Bot API is.`) {
		t.Error("what is required is not first, or is not explained:", body)
	}
	if status, _, _ := b.get("new/none"); status != http.StatusNotFound {
		t.Errorf("a network that is none: %d", status)
	}
}

func TestAChannelIsAdded(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(writer)
	if _, body, _ := b.get("new/telegram"); !strings.Contains(body, `formaction="/console/new/telegram/add"`) || !strings.Contains(body, "Se escribe en /etc/puente/puente.yaml") {
		t.Error(body)
	}
	if status, _, to := b.post("new/telegram", "new/telegram/add", filled()); status != http.StatusSeeOther || to != "/console/added/nuevo?network=telegram" {
		t.Fatalf("%d to %q", status, to)
	}
	r := asked[*controlv1.AddChannelRequest](g)
	if d := r[0].GetDraft(); len(r) != 1 || d.GetId() != "nuevo" || d.GetNetwork() != "telegram" || d.GetApiToken() != "T0KEN-0123456789" || d.GetAccount()["token"] != "S3CRET" || len(d.GetAccount()) != 2 || d.GetLocale() != "en" {
		t.Errorf("%v", r)
	}
}

// Who may not write sees what has to be written, and so does who may where the process cannot.
func TestWhereNothingCanBeWrittenThePageSaysWhatToWrite(t *testing.T) {
	t.Parallel()
	g := start(t)
	for token, writable := range map[string]bool{reader: true, writer: false} {
		g.api.Networks.Writable = writable
		b := g.as(token)
		if _, body, _ := b.get("new/telegram"); strings.Contains(body, "/add") {
			t.Errorf("it can be added:\n%s", body)
		}
		if _, body, _ := b.get("new/telegram"); !writable && strings.Index(body, "Aquí no se guarda nada") > strings.Index(body, "<form class=\"setup\"") || !writable && !strings.Contains(body, "Aquí no se guarda nada") {
			t.Errorf("it is not said before secrets are asked for:\n%s", body)
		}
		status, body, _ := b.post("new/telegram", "new/telegram/draft", filled())
		for _, want := range []string{"El formato está bien; no se ha preguntado a la red", "- id: nuevo", "mkdir -p secrets/nuevo; read -rs v", "/etc/puente/puente.yaml", "puente reload", "/console/added/nuevo"} {
			if status != http.StatusOK || !strings.Contains(body, want) {
				t.Errorf("%d, no %q in\n%s", status, want, body)
			}
		}
		if strings.Contains(body, "T0KEN") || strings.Contains(body, "S3CRET") {
			t.Error("a secret is on the page")
		}
	}
	g.api.Networks.Writable = false
	for source, want := range map[string]string{"": "puente apply -f puente.yaml", "the demonstration": "puente up -f puente.yaml"} {
		g.api.Networks.Source = source
		if _, body, _ := g.as(writer).post("new/telegram", "new/telegram/draft", filled()); !strings.Contains(body, "puente check -f puente.yaml &amp;&amp; "+want) {
			t.Errorf("%q: no %q in\n%s", source, want, body)
		}
	}
	if status, body, _ := g.as(writer).post("new/telegram", "new/telegram/add", filled()); status != http.StatusOK || !strings.Contains(body, "No se ha podido escribir") || !strings.Contains(body, "- id: nuevo") {
		t.Errorf("added all the same: %d\n%s", status, body)
	}
	if status, _, _ := g.as(reader).post("new/telegram", "new/telegram/add", filled()); status != http.StatusForbidden {
		t.Errorf("by who may not: %d", status)
	}
	if !slices.Contains(g.refused.all, "rosa /puente.control.v1.ChannelService/AddChannel permission_denied") {
		t.Errorf("noted: %q", g.refused.all)
	}
}

// A channel that was added is waited for: first until the bridge knows it, then for a message each way.
func TestTheFirstMessagesAreWaitedFor(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(writer)
	_, body, _ := b.get("added/nuevo?network=telegram")
	for _, want := range []string{`data-live="/console/live"`, "puente reload", "https://bridge.example.com", "/console/calls?network=telegram", "puente trigger nuevo"} {
		if !strings.Contains(body, want) {
			t.Errorf("before it is known: no %q in\n%s", want, body)
		}
	}
	if strings.Contains(body, "added/nuevo/register") || strings.Contains(body, "Listo") {
		t.Errorf("it is not known yet:\n%s", body)
	}
	all := g.api.Messages
	g.api.Messages = nil
	if _, body, _ = b.get("added/tienda-telegram"); !strings.Contains(body, "added/tienda-telegram/register") || !strings.Contains(body, `data-live="/console/live?channel=tienda-telegram"`) || strings.Contains(body, "Listo") || !strings.Contains(body, "esperando") {
		t.Errorf("before a message:\n%s", body)
	}
	for _, m := range all {
		if m.GetState() == controlv1.State_STATE_READ {
			g.api.Messages = []*controlv1.Message{m}
		}
	}
	if _, body, _ = b.get("added/tienda-telegram"); !strings.Contains(body, "Listo: ha llegado un mensaje en cada sentido") {
		t.Errorf("after one:\n%s", body)
	}
	status, body, _ := b.post("added/tienda-twilio", "added/tienda-twilio/check", url.Values{})
	if status != http.StatusOK || !strings.Contains(body, "hay otro registrado: https://old.example.com") || !strings.Contains(body, `data-page="/console/added/tienda-twilio"`) {
		t.Errorf("asked: %d\n%s", status, body)
	}
	if status, _, _ := g.as(reader).post("added/tienda-twilio", "added/tienda-twilio/register", url.Values{}); status != http.StatusForbidden {
		t.Errorf("registered by who may not: %d", status)
	}
}
