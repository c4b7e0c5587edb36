package console_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
	"github.com/bonychat/puente/services/puente/operate/operatetest"
)

// asked are the requests of a kind that the API has had.
func asked[M proto.Message](g *rig) (all []M) {
	for _, m := range g.api.Asked() {
		if of, ok := m.(M); ok {
			all = append(all, of)
		}
	}
	return all
}

func TestPauseAndResume(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(writer)
	status, _, to := b.post("c/tienda-whatsapp", "c/tienda-whatsapp/pause", url.Values{"for": {"1h"}, "why": {"token nuevo"}})
	if status != http.StatusSeeOther || to != "/console/c/tienda-whatsapp?done=paused" {
		t.Fatalf("%d to %q", status, to)
	}
	if _, body, _ := b.get(strings.TrimPrefix(to, "/console/")); !strings.Contains(body, "El canal está en pausa") {
		t.Error(body)
	}
	if r := asked[*controlv1.PauseChannelRequest](g); len(r) != 1 || r[0].GetFor().AsDuration() != time.Hour || r[0].GetReason() != "token nuevo" {
		t.Errorf("%v", r)
	}
	if _, _, to := b.post("c/tienda-whatsapp", "c/tienda-whatsapp/pause", url.Values{"for": {""}, "why": {"x"}}); asked[*controlv1.PauseChannelRequest](g)[1].GetFor() != nil {
		t.Errorf("until it is resumed: %s", to)
	}
	if _, _, to := b.post("c/tienda-whatsapp", "c/tienda-whatsapp/resume", url.Values{}); to != "/console/c/tienda-whatsapp?done=not-paused" {
		t.Errorf("to %q", to)
	}
}

// A pause that holds is changed without an end in between; one that is over is not begun anew by it.
func TestAPauseIsChanged(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(writer)
	form := func(name, value string) url.Values {
		return url.Values{"change": {"1"}, "why": {"más tarde"}, "for": {"as-it-is"}, "until": {time.Now().Add(20 * time.Minute).UTC().Format(time.RFC3339)}, name: {value}}
	}
	const page, path = "c/tienda-whatsapp", "c/tienda-whatsapp/pause"
	if _, _, to := b.post(page, path, form("for", "1h")); to != "/console/c/tienda-whatsapp?done=pause-over" {
		t.Errorf("one that is over: to %q", to)
	}
	for _, c := range g.api.Channels {
		if c.GetId() == "tienda-whatsapp" {
			c.State, c.PausedBy, c.PausedReason, c.Until = controlv1.ChannelState_CHANNEL_STATE_PAUSED, "ana", "token \"nuevo\"", timestamppb.New(time.Now().Add(20*time.Minute))
		}
	}
	_, body, _ := b.get(page)
	for _, want := range []string{`name="change" value="1"`, `value="token &#34;nuevo&#34;"`, "como está: hasta", "30 minutos desde ahora", `name="minutes" type="number" min="1" max="43200"`, "hasta que se reanude"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
	for _, test := range []struct {
		name, value string
		least, most time.Duration // 0 for no end
	}{
		{"for", "1h", time.Hour, time.Hour}, {"minutes", "90", 90 * time.Minute, 90 * time.Minute}, {"for", "", 0, 0}, {"why", "x", 19 * time.Minute, 20 * time.Minute}, {"until", "", 0, 0},
	} {
		before := len(asked[*controlv1.PauseChannelRequest](g))
		if _, _, to := b.post(page, path, form(test.name, test.value)); to != "/console/c/tienda-whatsapp?done=pause-changed" {
			t.Errorf("%v: to %q", test, to)
		}
		r := asked[*controlv1.PauseChannelRequest](g)[before:]
		if d := r[0].GetFor().AsDuration(); len(r) != 1 || !r[0].GetChange() || (r[0].GetFor() == nil) != (test.most == 0) || d < test.least || d > test.most {
			t.Errorf("%v: %v", test, r)
		}
	}
	before := len(asked[*controlv1.PauseChannelRequest](g))
	for name, value := range map[string]string{"minutes": "43201", "until": "2020-01-01T00:00:00Z", "for": "soon"} {
		if status, body, _ := b.post(page, path, form(name, value)); status != http.StatusOK || !strings.Contains(body, "La pausa dura de 1 a 43200 minutos") {
			t.Errorf("%s=%s: %d\n%s", name, value, status, body)
		}
	}
	if n := len(asked[*controlv1.PauseChannelRequest](g)); n != before {
		t.Errorf("%d were asked for", n-before)
	}
}

func TestCheckShowsWhatTheNetworkSays(t *testing.T) {
	t.Parallel()
	b := start(t).as(reader)
	for channel, want := range map[string]string{"tienda-telegram": "La red dice que todo está bien", "tienda-twilio": "hay otro registrado: https://old.example.com"} {
		if status, body, _ := b.post("c/"+channel, "c/"+channel+"/check", url.Values{}); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d, no %q in\n%s", channel, status, want, body)
		}
	}
}

// What nobody can check is not shown as good, and what a person registers by hand has no button.
func TestWhatCannotBeCheckedIsGrey(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(writer)
	status, body, _ := b.post("c/tienda-whatsapp", "c/tienda-whatsapp/check", url.Values{})
	for _, want := range []string{`<span class="lamp ">no se puede comprobar</span> <b>credenciales</b>`, "Nada de esto se puede comprobar desde aquí", `<span class="lamp ">a mano</span> <b>por hacer</b>: <span class="said">pegue la dirección</span>`} {
		if status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%d, no %q in\n%s", status, want, body)
		}
	}
	if strings.Contains(body, "todo está bien") || strings.Contains(body, "c/tienda-whatsapp/register") || !strings.Contains(body, "se registra a mano") {
		t.Error(body)
	}
	if _, body, _ = b.get("c/tienda-telegram"); !strings.Contains(body, "c/tienda-telegram/register") || strings.Contains(body, "se registra a mano") {
		t.Error(body)
	}
	for want, finding := range map[string]*controlv1.Finding{
		"no ha contestado a todo":                 {What: "webhook", Unknown: true, Es: "no se sabe"},
		"Lo que se puede comprobar está bien. El": {What: "webhook", Unknown: true, Good: true},
		"La red dice que algo está mal":           {What: "webhook"},
		"La red dice que todo está bien":          {What: "webhook", Good: true},
	} {
		g.api.Findings["tienda-telegram"] = []*controlv1.Finding{{What: "credentials", Good: true}, finding}
		if _, body, _ = b.post("c/tienda-telegram", "c/tienda-telegram/check", url.Values{}); !strings.Contains(body, want) {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
}

// What a role does not allow is not on the page, is refused all the same, and the refusal is taken note of.
func TestWhoReadsChangesNothing(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(reader)
	for _, page := range []string{"c/tienda-whatsapp", "failures", "failures/letter/9", "calls?network=telegram"} {
		_, body, _ := b.get(page)
		for _, button := range []string{"/pause", "/register", "failures/preview", "/discard", "read-again", "/content"} {
			if strings.Contains(body, button) {
				t.Errorf("%s has %q", page, button)
			}
		}
	}
	for path, form := range map[string]url.Values{
		"c/tienda-whatsapp/pause": {"why": {"x"}}, "c/tienda-whatsapp/resume": {}, "c/tienda-whatsapp/register": {},
		"failures/replay": {"key": {"a"}}, "failures/letter/9/discard": {"why": {"x"}}, "calls/read-again": {"network": {"telegram"}},
	} {
		if status, body, _ := b.post("", path, form); status != http.StatusForbidden || !strings.Contains(body, "Su rol no lo permite") {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status, _, _ := b.get("failures/preview?key=a"); status != http.StatusForbidden {
		t.Errorf("preview: %d", status)
	}
	if len(g.refused.all) < 7 || !slices.Contains(g.refused.all, "rosa /puente.control.v1.ChannelService/PauseChannel permission_denied") {
		t.Errorf("noted: %q", g.refused.all)
	}
	if n := len(asked[*controlv1.PauseChannelRequest](g)) + len(asked[*controlv1.DiscardFailuresRequest](g)); n > 0 {
		t.Errorf("%d acts were done", n)
	}
}

// A replay is seen before it is done, and done with what was chosen.
func TestReplay(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(writer)
	_, body, _ := b.get("failures?since=7d")
	if strings.Count(body, `type="checkbox"`) != 3 {
		t.Fatal(body)
	}
	form := url.Values{"since": {"7d"}, "fault": {"contact"}, "group": {"kind=refused&reason=telegram.bot_blocked"}}
	preview := "failures/preview?" + form.Encode()
	status, body, _ := b.get(preview)
	for _, want := range []string{"se enviaría", "se queda", "no se incluye", "No se ha cambiado nada", "la red ya lo aceptó una vez", "Ver qué pasaría al reenviar también", `name="keys" value="01a22590aa-0-0"`, "puente replay --since 7d --reason telegram.bot_blocked --fault contact --kind refused --dry-run"} {
		if status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("preview: %d, no %q in\n%s", status, want, body)
		}
	}
	// to send what may arrive twice is seen before it is done, too
	if strings.Contains(body, `name="twice"`) {
		t.Errorf("unseen:\n%s", body)
	}
	status, body, _ = b.get(preview + "&twice=1")
	for _, want := range []string{`name="twice" value="1"`, "No reenviar los que la red ya aceptó"} {
		if status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("preview: %d, no %q in\n%s", status, want, body)
		}
	}
	form = url.Values{"keys": {"01a22590aa-0-0"}, "twice": {"1"}}
	form.Set("why", "el bot ya no está bloqueado")
	status, body, _ = b.post("failures", "failures/replay", form)
	for _, want := range []string{"enviado", "ha vuelto a fallar", "Pueden llegar dos veces: 1", operatetest.Receipt[:12]} {
		if status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("replay: %d, no %q in\n%s", status, want, body)
		}
	}
	r := asked[*controlv1.ReplayFailuresRequest](g)
	if len(r) != 3 || !r[0].GetDryRun() || r[0].GetAcceptDuplicates() || !r[1].GetDryRun() || !r[1].GetAcceptDuplicates() || r[2].GetDryRun() || !r[2].GetAcceptDuplicates() || r[2].GetReason() != "el bot ya no está bloqueado" || r[2].GetWaitSeconds() == 0 {
		t.Fatalf("%v", r)
	}
	if f := r[1].GetFilter(); f.GetReason() != "telegram.bot_blocked" || f.GetKind() != controlv1.FailureKind_FAILURE_KIND_REFUSED || f.GetFault() != reasonv1.Fault_FAULT_CONTACT || f.GetSince() == nil {
		t.Errorf("%v", f)
	}
	if f := r[2].GetFilter(); strings.Join(f.GetKeys(), " ") != "01a22590aa-0-0" {
		t.Errorf("what was not seen would be sent: %v", f)
	}
}

// Content is for its role alone.
func TestContentIsForItsRole(t *testing.T) {
	t.Parallel()
	g := start(t)
	for token, role := range map[string]string{reader: "read", writer: "write"} {
		b := g.as(token)
		if _, body, _ := b.get("failures/letter/9"); strings.Contains(body, "zanahoria") || strings.Contains(body, "/content") {
			t.Errorf("%s: %s", role, body)
		}
	}
	b := g.as(contents)
	if _, body, _ := b.get("failures/letter/9"); strings.Contains(body, "zanahoria") || !strings.Contains(body, "Mostrar el contenido") {
		t.Error(body)
	}
	if _, body, _ := b.post("failures/letter/9", "failures/letter/9/content", url.Values{}); !strings.Contains(body, "zanahoria") {
		t.Error(body)
	}
}

// A dead letter is discarded for good: the page asks first, without a script too, and says that a reason is needed before.
func TestDiscardAsksFirst(t *testing.T) {
	t.Parallel()
	b := start(t).as(writer)
	const form = `method="post" action="/console/failures/letter/9/discard"`
	_, body, _ := b.get("failures/letter/9")
	if strings.Contains(body, form) || !strings.Contains(body, `name="discard" value="1"`) || !strings.Contains(body, "hace falta un motivo") {
		t.Errorf("it does not ask:\n%s", body)
	}
	if _, body, _ = b.get("failures/letter/9?discard=1"); !strings.Contains(body, form) || !strings.Contains(body, "¿Descartarlo para siempre?") || !strings.Contains(body, "No, dejarlo") {
		t.Errorf("it does not say what it asks:\n%s", body)
	}
}

// What was only looked at before is told apart from what was done, and both say how many and why they had failed.
func TestTheAuditTellsPreviewsApart(t *testing.T) {
	t.Parallel()
	g := start(t)
	const replay = "/puente.control.v1.FailureService/ReplayFailures"
	g.api.Acts = []*controlv1.Act{
		{Actor: "walter", Procedure: replay, Detail: "by reason, dry run, reason telegram.bot_blocked, 3 would go", Outcome: "ok"},
		{Actor: "walter", Procedure: replay, Detail: "by reason, reason telegram.bot_blocked, 2 taken, 1 failed again", Outcome: "ok"},
	}
	_, body, _ := g.as(reader).get("audit?previews=1")
	for _, want := range []string{"ver qué se reenviaría", `<span class="lamp ">solo visto</span>`, "motivo telegram.bot_blocked, 3 se enviarían", ">reenviar<", `<span class="lamp good">hecho</span>`, "2 enviados, 1 han vuelto a fallar"} {
		if strings.Count(body, want) != 1 {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
}

func TestDiscard(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(writer)
	if status, body, _ := b.post("failures/letter/9", "failures/letter/9/discard", url.Values{"why": {"prueba"}}); status != http.StatusOK || !strings.Contains(body, "Descartados para siempre: 2") {
		t.Errorf("%d\n%s", status, body)
	}
	if r := asked[*controlv1.DiscardFailuresRequest](g); len(r) != 1 || r[0].GetFilter().GetNumber() != 9 || r[0].GetReason() != "prueba" {
		t.Errorf("%v", r)
	}
}

func TestReadingCallsAgain(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(writer)
	status, body, _ := b.post("calls?network=telegram", "calls/read-again", url.Values{"network": {"telegram"}, "since": {"24h"}})
	if status != http.StatusOK || !strings.Contains(body, "Se han mirado 118 llamadas. <b>3 mensajes nuevos</b>.") || !strings.Contains(body, "No se ha cambiado nada") {
		t.Errorf("%d\n%s", status, body)
	}
	if status, body, _ = b.post("calls?network=telegram", "calls/read-again", url.Values{"network": {"telegram"}, "since": {"24h"}, "really": {"1"}, "why": {"x"}}); status != http.StatusOK || !strings.Contains(body, "Qué ha pasado") {
		t.Errorf("%d\n%s", status, body)
	}
	if r := asked[*controlv1.ReplayCallsRequest](g); len(r) != 2 || !r[0].GetDryRun() || r[1].GetDryRun() || r[1].GetReason() != "x" {
		t.Errorf("%v", r)
	}
}
