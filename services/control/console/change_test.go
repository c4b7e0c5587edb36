package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// changes is the form of a channel that is changed.
func changes() url.Values {
	return url.Values{
		"contact_id": {"phone"}, "platform.webhook_url": {"https://okeybot.com/custom/webhook"}, "locale": {"en"}, "account.api": {"https://api.example.com"},
		"account.token": {"S3CRET"}, "version": {"v7"},
	}
}

const setupPage = "c/tienda-telegram/setup"

// The form shows what the channel has, and of secrets that there are some.
func TestTheSettingsOfAChannelAreShownWithoutSecrets(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(writer)
	status, body, _ := b.get(setupPage)
	for _, want := range []string{`value="https://okeybot.com/custom/webhook"`, `value="https://api.example.com"`, `<option value="phone" selected`, `name="version" value="v7"`, "Hay uno y no se muestra", "setup/save", "puente change tienda-telegram"} {
		if status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%d, no %q in\n%s", status, want, body)
		}
	}
	if strings.Count(body, `type="password"`) != 2 || strings.Contains(body, `name="id"`) {
		t.Error(body)
	}
	if _, body, _ = b.get("c/tienda-telegram"); !strings.Contains(body, `href="/console/c/tienda-telegram/setup"`) || !strings.Contains(body, `href="/console/c/tienda-telegram/remove"`) {
		t.Error("nothing leads there:", body)
	}
	if status, _, _ := b.get("c/nobody/setup"); status != http.StatusNotFound {
		t.Errorf("of nobody: %d", status)
	}
	r := g.as(reader)
	if _, body, _ = r.get(setupPage); strings.Contains(body, "setup/save") {
		t.Error("who reads may save:", body)
	}
	if _, body, _ = r.get("c/tienda-telegram"); strings.Contains(body, "tienda-telegram/remove") {
		t.Error("who reads may remove:", body)
	}
}

// What would change is shown before it is written; then it is, and the page of the channel says so.
func TestAChannelIsChanged(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(writer)
	status, body, _ := b.post(setupPage, setupPage+"/preview", changes())
	for _, want := range []string{"Qué cambia", "un secreto, no se muestra", "uno nuevo, no se muestra", `<td data-head="Ahora">es</td><td data-head="Después">en</td>`, "puente change tienda-telegram --secret account.token locale=&#39;en&#39;", `name="kept.account.token"`, "correctas"} {
		if status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%d, no %q in\n%s", status, want, body)
		}
	}
	if strings.Contains(body, "S3CRET") {
		t.Error("a secret is on the page")
	}
	status, _, to := b.post(setupPage, setupPage+"/save", changes())
	if status != http.StatusSeeOther || to != "/console/c/tienda-telegram?done=changed&asked=good" {
		t.Fatalf("%d to %q", status, to)
	}
	if _, body, _ = b.get(strings.TrimPrefix(to, "/console/")); !strings.Contains(body, "Guardado: la red acepta las credenciales") {
		t.Error(body)
	}
	r := asked[*controlv1.ChangeChannelRequest](g)
	if len(r) != 2 || !r[0].GetDryRun() || r[1].GetDryRun() || r[1].GetUnasked() || r[1].GetVersion() != "v7" || r[1].GetDraft().GetId() != "tienda-telegram" || r[1].GetDraft().GetAccount()["token"] != "S3CRET" || r[1].GetDraft().GetApiToken() != "" {
		t.Errorf("%v", r)
	}
	// what is wrong
	form := changes()
	form.Set("platform.webhook_url", "")
	if status, body, _ = b.post(setupPage, setupPage+"/save", form); status != http.StatusOK || !strings.Contains(body, `<a href="#f-platform-webhook-url">`) {
		t.Errorf("%d\n%s", status, body)
	}
}

// The new credential is refused: it is kept by the second button alone.
func TestARefusedCredentialIsKeptBySayingSoTwice(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.api.Tried = []*controlv1.Finding{{What: "credentials", En: "refused: no such bot", Es: "rechazadas: no hay tal bot"}}
	b := g.as(writer)
	status, body, _ := b.post(setupPage, setupPage+"/save", changes())
	for _, want := range []string{`<a href="#f-account-token">Token del bot</a>: <span>rechazadas: no hay tal bot`, "Guardar de todos modos"} {
		if status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%d, no %q in\n%s", status, want, body)
		}
	}
	form := changes()
	form.Set("unasked", "1")
	if status, _, to := b.post(setupPage, setupPage+"/save", form); status != http.StatusSeeOther || to != "/console/c/tienda-telegram?done=changed" {
		t.Errorf("%d to %q", status, to)
	}
}

// Of two who change it at once the second sees what there is now, and nothing was kept.
func TestTheSecondIsToldThatItChanged(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(writer)
	g.api.Setup.Version = "v8"
	g.api.Setup.Draft.WebhookUrl = "https://okeybot.com/by/another"
	for _, act := range []string{"setup/save", "setup/preview", "remove/really"} {
		status, body, _ := b.post("c/tienda-telegram/"+strings.Split(act, "/")[0], "c/tienda-telegram/"+act, changes())
		if status != http.StatusOK || !strings.Contains(body, "El canal ha cambiado desde que abrió esta página") || !strings.Contains(body, `name="version" value="v8"`) {
			t.Errorf("%s: %d\n%s", act, status, body)
		}
		if strings.HasPrefix(act, "setup") && !strings.Contains(body, "https://okeybot.com/by/another") {
			t.Errorf("%s: not what there is now:\n%s", act, body)
		}
	}
}

// Where the file cannot be written the page says what to write, and what the network says.
func TestWhereNothingCanBeWrittenTheChangeIsShown(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.api.Networks.Writable, g.api.Networks.Source = false, ""
	b := g.as(writer)
	if _, body, _ := b.get(setupPage); strings.Contains(body, "setup/save") || !strings.Contains(body, "Aquí no se guarda nada") {
		t.Error(body)
	}
	for _, act := range []string{"preview", "save"} {
		status, body, _ := b.post(setupPage, setupPage+"/"+act, changes())
		for _, want := range []string{"- id: tienda-telegram", "mkdir -p secrets/tienda-telegram", "puente check -f puente.yaml &amp;&amp; puente apply -f puente.yaml", "correctas"} {
			if status != http.StatusOK || !strings.Contains(body, want) {
				t.Errorf("%s: %d, no %q in\n%s", act, status, want, body)
			}
		}
		if act == "save" && !strings.Contains(body, "No se ha podido escribir") {
			t.Errorf("it does not say so:\n%s", body)
		}
	}
	if _, body, _ := b.get("c/tienda-telegram/remove"); strings.Contains(body, "remove/really") || !strings.Contains(body, "quite el canal de puente.yaml") {
		t.Error(body)
	}
}

// To take a channel out the page asks first, and says what becomes of what waits.
func TestTakingAChannelOutAsksFirst(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(writer)
	status, body, _ := b.get("c/tienda-whatsapp/remove")
	for _, want := range []string{"¿Quitar el canal?", "Esperan 37 mensajes para contactos.", "pasa a los fallidos", "No, dejarlo", "puente remove tienda-whatsapp"} {
		if status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%d, no %q in\n%s", status, want, body)
		}
	}
	status, _, to := b.post("c/tienda-whatsapp/remove", "c/tienda-whatsapp/remove/really", url.Values{"version": {"v7"}})
	if status != http.StatusSeeOther || to != "/console/?removed=tienda-whatsapp" {
		t.Fatalf("%d to %q", status, to)
	}
	if _, body, _ = b.get("?removed=tienda-whatsapp"); !strings.Contains(body, "El canal tienda-whatsapp se ha quitado") {
		t.Error(body)
	}
	if status, _, _ := g.as(reader).post("c/tienda-whatsapp/remove", "c/tienda-whatsapp/remove/really", url.Values{"version": {"v7"}}); status != http.StatusForbidden {
		t.Errorf("by who may not: %d", status)
	}
}

// A credential that is usually needed can be taken out, as where a channel is no longer called; one that every channel has cannot.
func TestACredentialThatIsNotAlwaysNeededCanBeTakenOut(t *testing.T) {
	t.Parallel()
	g := start(t)
	telegram := g.api.Networks.GetNetworks()[0]
	telegram.Fields = append(telegram.Fields, &controlv1.AccountField{Name: "secret_token", Secret: true, Usual: true})
	g.api.Setup.Secrets = append(g.api.Setup.Secrets, "account.secret_token")
	_, body, _ := g.as(writer).get(setupPage)
	if !strings.Contains(body, `name="without" value="secret_token"`) || strings.Count(body, `name="without"`) != 1 {
		t.Errorf("what can be taken out:\n%s", body)
	}
}
