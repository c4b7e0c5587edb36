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
		if status != http.StatusOK || strings.Count(body, "es obligatorio") != 4 || strings.Count(body, `aria-invalid="true"`) != 2 || !strings.Contains(body, "account: must be an object") {
			t.Errorf("%s: %d\n%s", path, status, body)
		}
		if !strings.Contains(body, `value="http://127.0.0.1:1"`) || !strings.Contains(body, `value="https://okeybot.com/custom/webhook"`) || !strings.Contains(body, `<option value="en" selected`) {
			t.Errorf("%s: what was typed is gone in\n%s", path, body)
		}
		if strings.Contains(body, "T0KEN") || strings.Count(body, `type="password"`) != 2 {
			t.Errorf("%s: a secret is on the page:\n%s", path, body)
		}
		for _, want := range []string{`id="wrong" tabindex="-1"`, `<a href="#f-id">Id del canal</a>: <span>es obligatorio`, `<a href="#f-account-token">Token del bot</a>`} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: no %q in\n%s", path, want, body)
			}
		}
		if _, _, to := b.send("new/telegram", path, form); !strings.HasSuffix(to, "#wrong") {
			t.Errorf("%s: it leads to %q, not to what is wrong", path, to)
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
	if status, _, to := b.post("new/telegram", "new/telegram/add", filled()); status != http.StatusSeeOther || to != "/console/added/nuevo?network=telegram&asked=good" {
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
		for _, want := range []string{"- id: nuevo", "mkdir -p secrets/nuevo; read -rs v", "/etc/puente/puente.yaml", "puente reload", "/console/added/nuevo"} {
			if status != http.StatusOK || !strings.Contains(body, want) {
				t.Errorf("%d, no %q in\n%s", status, want, body)
			}
		}
		if strings.Contains(body, "T0KEN") || strings.Contains(body, "S3CRET") {
			t.Error("a secret is on the page")
		}
		// the network is asked by who may, also where nothing can be kept
		if want := map[bool]string{true: "El formato está bien; no se ha preguntado a la red", false: "El formato está bien, y se ha preguntado a la red"}[token == reader]; !strings.Contains(body, want) {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
	if n := len(asked[*controlv1.TryChannelRequest](g)); n != 1 {
		t.Errorf("the network was asked %d times", n)
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

// What the network refuses is not kept before somebody says so once more; what it does not answer about neither, and that is grey.
func TestTheNetworkIsAskedBeforeAChannelIsKept(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(writer)
	for name, test := range map[string]struct {
		finding *controlv1.Finding
		want    []string
	}{
		"refused":   {&controlv1.Finding{What: "credentials", En: "refused: no such bot", Es: "rechazadas: no hay tal bot"}, []string{"No se ha guardado: la red no da por buenas las credenciales", `<a href="#f-account-token">Token del bot</a>: <span>rechazadas: no hay tal bot`, `<span class="lamp bad">mal</span> <b>credenciales`}},
		"no answer": {&controlv1.Finding{What: "credentials", Unknown: true, En: "not known: no answer", Es: "no se sabe: no contesta"}, []string{"No se ha guardado: no se sabe si las credenciales valen, porque la red no lo ha dicho", `<span class="lamp ">no se puede comprobar</span> <b>credenciales</b>: <span class="said">no se sabe: no contesta`}},
	} {
		g.api.Tried = []*controlv1.Finding{test.finding}
		before := len(asked[*controlv1.AddChannelRequest](g))
		status, body, _ := b.post("new/telegram", "new/telegram/add", filled())
		for _, want := range append(test.want, `name="unasked" value="1">Guardar de todos modos`, `name="kept.account.token"`) {
			if status != http.StatusOK || !strings.Contains(body, want) {
				t.Errorf("%s: %d, no %q in\n%s", name, status, want, body)
			}
		}
		// the second button sends the form as it stands: the secrets are the sealed ones
		form := filled()
		form.Set("account.token", "")
		form.Set("platform.api_token", "")
		form.Set("unasked", "1")
		for _, field := range []string{"account.token", "platform.api_token"} {
			form.Set("kept."+field, kept(t, body, field))
		}
		if status, _, to := b.post("new/telegram", "new/telegram/add", form); status != http.StatusSeeOther || to != "/console/added/nuevo?network=telegram" {
			t.Errorf("%s: %d to %q", name, status, to)
		}
		if r := asked[*controlv1.AddChannelRequest](g)[before:]; len(r) != 2 || r[0].GetUnasked() || !r[1].GetUnasked() || r[1].GetDraft().GetAccount()["token"] != "S3CRET" || r[1].GetDraft().GetApiToken() != "T0KEN-0123456789" {
			t.Errorf("%s: %v", name, r)
		}
	}
	g.api.Tried = []*controlv1.Finding{{What: "credentials", Good: true, Unknown: true}}
	status, _, to := b.post("new/telegram", "new/telegram/add", filled())
	if status != http.StatusSeeOther || to != "/console/added/nuevo?network=telegram&asked=unknown" {
		t.Errorf("%d to %q", status, to)
	}
	if _, body, _ := b.get(strings.TrimPrefix(to, "/console/")); !strings.Contains(body, "La red no ofrece cómo comprobar") || !strings.Contains(body, `<p class="notice " role="status">`) {
		t.Error(body)
	}
}

// kept is the sealed secret of a field on a page.
func kept(t *testing.T, body, field string) string {
	t.Helper()
	_, rest, ok := strings.Cut(body, `name="kept.`+field+`" value="`)
	sealed, _, _ := strings.Cut(rest, `"`)
	if !ok || sealed == "" {
		t.Fatalf("nothing is kept of %s in\n%s", field, body)
	}
	return sealed
}

// A secret that was typed need not be typed again where another field is wrong: it stands in the form sealed, and only the same session
// can have it opened, as the same field of the same form.
func TestASecretIsTypedOnce(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(writer)
	form := filled()
	form.Set("id", "")
	_, body, _ := b.post("new/telegram", "new/telegram/draft", form)
	sealed := kept(t, body, "account.token")
	if strings.Contains(sealed, "S3CRET") || !strings.Contains(body, "Ya está escrito y no se muestra") {
		t.Error(body)
	}
	again := func(b *browser, path, field, value, typed string) string {
		t.Helper()
		form := filled()
		form.Set("account.token", typed)
		form.Set("kept."+field, value)
		b.post(strings.TrimSuffix(path, "/draft"), path, form)
		all := asked[*controlv1.DraftChannelRequest](g)
		return all[len(all)-1].GetDraft().GetAccount()["token"]
	}
	if got := again(b, "new/telegram/draft", "account.token", sealed, ""); got != "S3CRET" {
		t.Errorf("the same session: %q", got)
	}
	if got := again(b, "new/telegram/draft", "account.token", sealed, "newer"); got != "newer" {
		t.Errorf("what is typed counts: %q", got)
	}
	for name, got := range map[string]string{
		"another field":   again(b, "new/telegram/draft", "account.token", kept(t, body, "platform.api_token"), ""),
		"another network": again(b, "new/whatsapp/draft", "account.token", sealed, ""),
		"another browser": again(g.as(writer), "new/telegram/draft", "account.token", sealed, ""),
		"something else":  again(b, "new/telegram/draft", "account.token", "AAAA", ""),
	} {
		if got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
	// somebody else in the same browser
	b.post("", "sign-out", url.Values{})
	b.post("sign-in", "sign-in", url.Values{"token": {contents}})
	if got := again(b, "new/telegram/draft", "account.token", sealed, ""); got != "" {
		t.Errorf("another session: %q", got)
	}
}

// A setting that has a few values is chosen from them, and is called by its label.
func TestFieldsHaveLabelsAndChoices(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(writer)
	_, body, _ := b.get("new/telegram")
	for _, want := range []string{
		`for="f-account-token">Token del bot <code class="soft">token</code>`, `<select id="f-account-mode" name="account.mode"`, `<option value="" selected>webhook (por defecto)</option><option value="poll">poll</option>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
	form := filled()
	form.Set("account.mode", "poll")
	form.Set("id", "")
	if _, body, _ = b.post("new/telegram", "new/telegram/draft", form); !strings.Contains(body, `<option value="poll" selected>`) {
		t.Error(body)
	}
	if _, body, _ = b.get("new"); !strings.Contains(body, "Token del bot") || strings.Contains(body, "<code>token</code>") || !strings.Contains(body, "Documentación de telegram") {
		t.Error(body)
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
