package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/timestamppb"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
	"github.com/bonychat/puente/services/puente/operate/operatetest"
)

// Whose a message is stands in every list, by the end of the address where that is known and else by a name that is the same
// everywhere, and leads to all messages of the contact.
func TestListsSayWhoseAMessageIs(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.api.Resent[0].ContactKey, g.api.Resent[0].Contact = operatetest.KeyOfAnother, "···" // of an address that is too short
	b := g.as(writer)
	known := `<a href="/console/contact/tienda-whatsapp/` + operatetest.KeyOfContact + `">···222</a>`
	named := `/` + operatetest.KeyOfAnother + `">contacto b7f3a</a>`
	b.says("c/tienda-whatsapp", []string{known, named, `data-head="Contacto"`}, nil)
	b.says("m/"+operatetest.Receipt, []string{known}, nil)
	b.says("failures/list", []string{known, named}, nil)
	b.says("failures/list?resent=1", []string{named}, nil)
	b.says("failures/preview?reason=x", []string{known, named}, nil)
	if _, body, _ := b.search("01a22"); !strings.Contains(body, known) || !strings.Contains(body, named) {
		t.Errorf("search: %s", body)
	}
	b.says("contact/tienda-telegram/"+operatetest.KeyOfAnother, []string{
		"Mensajes del contacto b7f3a", "/console/m/" + operatetest.Waits, "puente where " + operatetest.KeyOfAnother + " --channel tienda-telegram",
		"/console/failures/list?channel=tienda-telegram&amp;contact=" + operatetest.KeyOfAnother,
	}, []string{operatetest.Receipt})
	b.says("failures/list?contact="+operatetest.KeyOfAnother+"&channel=tienda-telegram", []string{"Solo de contacto b7f3a", "--contact " + operatetest.KeyOfAnother, "01a22590aa"}, []string{operatetest.Receipt[:12]})
	if status, _, _ := b.get("contact/tienda-telegram/" + url.PathEscape("+34600111222")); status != http.StatusNotFound {
		t.Errorf("an address: %d", status)
	}
}

// How long it took is until the network had it; when the contact read it is told beside that.
func TestHowLongItTookIsUntilItWasSent(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(reader)
	b.says("c/tienda-whatsapp", []string{`data-head="Tardó">600` + "\u00a0" + `ms <span class="soft">leído tras 1,2` + "\u00a0s"}, nil)
	b.says("m/"+operatetest.WasRead, []string{"(600\u00a0ms; leído tras 1,2\u00a0s)"}, nil)
	for _, m := range g.api.Messages { // as a history of the version before has it
		m.SentAt = nil
	}
	b.says("c/tienda-whatsapp", []string{`data-head="Tardó">leído tras 1,2`}, nil)
}

// A message of a contact is not just sent: it is at the platform.
func TestAMessageToThePlatformIsThere(t *testing.T) {
	t.Parallel()
	g := start(t)
	for _, m := range g.api.Messages {
		m.Direction, m.State = controlv1.Direction_DIRECTION_IN, controlv1.State_STATE_SENT
	}
	b := g.as(reader)
	b.says("c/tienda-whatsapp", []string{`<span class="lamp good">en BonyChat</span>`}, []string{`>enviado<`})
	b.says("m/"+operatetest.WasRead, []string{">en BonyChat<", "envío a whatsapp <code", "traductor"}, nil)
}

// What of the contract was broken is told by field and limit, in the language of the page.
func TestACallThatBrokeTheContract(t *testing.T) {
	t.Parallel()
	b := start(t).as(reader)
	b.says("calls?network=whatsapp", []string{"no cumple el contrato", `<code>message.text</code>: falta; de 1 a 7000 caracteres <span class="soft">(2 veces, la última a `}, nil)
	b.says("calls?network=whatsapp&lang=en", []string{"<code>message.text</code>: is required, 1 to 7000 characters"}, nil)
}

// A call can be opened: what became of each message in it, what of it could not be read, and how it is built.
func TestACallIsOpened(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(reader)
	b.says("calls?network=telegram", []string{`<a class="row" href="/console/call/telegram/102">102</a>`}, nil)
	b.says("call/telegram/102", []string{
		"Llamada 102 de telegram", "1 mensaje nuevo", "1 mensaje que ya se conoce", "1 confirmación", "1 parte que no se puede leer",
		`href="/console/m/` + operatetest.WasRead, `<span class="lamp good">en BonyChat</span>`, "leerla otra vez lo crearía", `href="/console/failures/letter/7"`,
		"texto de 30 caracteres", "&#34;number&#34;: &#34;número&#34;", "puente calls show 102 --network telegram",
	}, []string{"text of 30"})
	b.says("call/telegram/102?lang=en", []string{"text of 30 characters", "1 new message", "to read it again would make it"}, nil)
	for _, path := range []string{"call/telegram/1", "call/telegram/x"} {
		if status, _, _ := b.get(path); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
}

// Where reading again would change nothing, that is said, and there is no button.
func TestReadingAgainThatWouldChangeNothing(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(writer)
	dry := url.Values{"network": {"telegram"}, "since": {"1h"}}
	_, body, _ := b.post("calls?network=telegram", "calls/read-again", dry)
	if !strings.Contains(body, "<b>3 mensajes nuevos</b>") || !strings.Contains(body, "Leerlas otra vez") || strings.Contains(body, "no cambiaría nada") {
		t.Error(body)
	}
	g.api.CallsReplayed = []*controlv1.ReplayCallsResponse{{Calls: 26, KnownMessages: 4, Receipts: 38, Done: true}}
	_, body, _ = b.post("calls?network=telegram", "calls/read-again", dry)
	if !strings.Contains(body, "Se han mirado 26 llamadas. Leerlas otra vez no cambiaría nada") || strings.Contains(body, `name="really"`) {
		t.Error(body)
	}
}

// Previews stand in the audit only for who asks for them. What an act was about leads to its page.
func TestTheAuditLeavesPreviewsOut(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(reader)
	b.says("audit", []string{`<a href="/console/c/tienda-telegram">tienda-telegram</a>`, `name="previews"`}, []string{"solo visto", "--previews"})
	b.says("audit?previews=1", []string{"solo visto", "puente audit --previews", `value="1" checked`}, nil)
	g.api.Acts = []*controlv1.Act{{Actor: "owner", Role: "owner", Procedure: "/puente.control.v1.FailureService/ReplayFailures", Target: operatetest.Receipt + "-0-0", Outcome: "ok"}}
	b.says("audit", []string{`<a href="/console/m/` + operatetest.Receipt + `">`, `data-head="Quién">owner</td>`}, []string{"owner (owner)"})
}

var hiddenKeys = regexp.MustCompile(`name="keys" value="([^"]+)"`)

// What is ticked is what is seen, and what is seen is what is sent again: by its key, so that nothing that failed since is among it.
func TestTickedMessagesAreSentAgain(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(writer)
	_, body, _ := b.get("failures/list?since=7d")
	if n := strings.Count(body, `type="checkbox" name="keys"`); n != 3 {
		t.Fatalf("%d can be ticked\n%s", n, body)
	}
	_, body, _ = b.get("failures/preview?keys=" + operatetest.Receipt + "&keys=01a22590aa-0-0")
	r := asked[*controlv1.ReplayFailuresRequest](g)
	if len(r) != 1 || !r[0].GetDryRun() || len(r[0].GetFilter().GetKeys()) != 2 || r[0].GetFilter().GetSince() != nil {
		t.Fatalf("%v", r)
	}
	keys := hiddenKeys.FindAllStringSubmatch(body, -1)
	if len(keys) != 1 || keys[0][1] != "01a22590aa-0-0" || !strings.Contains(body, "Reenviar este") || !strings.Contains(body, "puente replay --id "+operatetest.Receipt+" --id 01a22590aa-0-0 --dry-run") {
		t.Errorf("what would go is not what is sent: %v\n%s", keys, body)
	}
	b.post("failures/list", "failures/replay", url.Values{"keys": {"01a22590aa-0-0"}})
	if r = asked[*controlv1.ReplayFailuresRequest](g); len(r) != 2 || r[1].GetDryRun() || strings.Join(r[1].GetFilter().GetKeys(), " ") != "01a22590aa-0-0" || r[1].GetFilter().GetUntil() != nil {
		t.Errorf("%v", r)
	}
	reads := g.as(reader)
	if _, body, _ = reads.get("failures/list"); strings.Contains(body, `name="keys"`) {
		t.Error("who reads can tick")
	}
}

// What is more than can be named is chosen as it was, up to when it was seen, and the page says so.
func TestAReplayOfMoreThanCanBeNamed(t *testing.T) {
	t.Parallel()
	g := start(t)
	one := g.api.WouldGo[0]
	g.api.WouldGo = nil
	for range 1001 {
		g.api.WouldGo = append(g.api.WouldGo, one)
	}
	g.api.WouldGo = append(g.api.WouldGo, &controlv1.ReplayFailuresResponse{Sum: &controlv1.ReplaySum{WouldGo: 1001}})
	g.as(writer).says("failures/preview?since=7d&group="+url.QueryEscape("kind=refused&reason=telegram.bot_blocked"),
		[]string{"Son más de 1000: además de los de la lista", `name="seen"`, `name="group"`}, []string{`name="keys"`})
}

// The result of a replay outlives the process that did it: another one says how its messages stand now.
func TestAResultIsShownByAnotherProcess(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(writer)
	_, _, to := b.send("failures", "failures/replay", url.Values{"keys": {"x"}})
	_, body, _ := b.get(strings.TrimPrefix(to, "/console/"))
	if !strings.Contains(body, "Cómo está ahora") || !strings.Contains(body, `<span class="lamp bad">fallido según la red</span>`) {
		t.Errorf("how they stand now is not told:\n%s", body)
	}
	for _, m := range g.api.Messages {
		m.State, m.Why = controlv1.State_STATE_WAITING, &reasonv1.Reason{Code: "puente.paused", Es: "el canal está en pausa"}
	}
	at, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	v := at.Query()
	v.Set("k", "of-another-process")
	other := "failures/replay?" + v.Encode()
	before := len(asked[*controlv1.ReplayFailuresRequest](g))
	status, body, _ := b.get(other)
	if status != http.StatusOK || !strings.Contains(body, "Qué ha sido de cada uno") || !strings.Contains(body, "espera: el canal está en pausa") || !strings.Contains(body, operatetest.Receipt[:12]) {
		t.Errorf("%d\n%s", status, body)
	}
	if len(asked[*controlv1.ReplayFailuresRequest](g)) != before {
		t.Error("to look at it sends again")
	}
	if status, _, _ := g.as(writer).get(other); status != http.StatusGone {
		t.Errorf("another browser: %d", status)
	}
}

// What a dead letter holds is told as fields; its content is the agent's sentence, and not a piece of JSON.
func TestADeadLetterIsToldAsFields(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.as(reader).says("failures/letter/9", []string{"<dt>Texto</dt><dd class=\"said\">texto de 9 caracteres</dd>", "envío a telegram"}, []string{"text of 9", "DIRECTION_"})
	_, body, _ := g.as(contents).post("failures/letter/9", "failures/letter/9/content", url.Values{})
	fields, _, _ := strings.Cut(body, "<details")
	for _, want := range []string{`<dt>Texto</dt><dd class="said">zanahoria</dd>`, `<dt>Vía</dt><dd class="said">del agente al contacto</dd>`, "<dt>Aceptado</dt>"} {
		if !strings.Contains(fields, want) {
			t.Errorf("no %q in\n%s", want, fields)
		}
	}
	if strings.Contains(fields, "DIRECTION_OUTBOUND") || strings.Contains(fields, "acceptedAt") {
		t.Error(fields)
	}
}

// What was sent again says what it waits for, in the list too.
func TestWhatWasSentAgainSaysWhatItWaitsFor(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.api.Resent[0].State, g.api.Resent[0].WaitsFor = controlv1.State_STATE_WAITING, &reasonv1.Reason{Es: "el canal está en pausa"}
	g.as(reader).says("failures/list?resent=1", []string{`<span class="lamp warn">espera: el canal está en pausa</span>`}, nil)
}

// Minutes in which nothing went are left out of the table.
func TestQuietMinutesAreLeftOut(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.api.Points = []*controlv1.TrafficPoint{{Time: timestamppb.Now(), Out: 20}, {Time: timestamppb.Now()}, {Time: timestamppb.Now()}}
	_, body, _ := g.as(reader).get("traffic")
	if n := strings.Count(body, `data-head="De agentes"`); n != 1 {
		t.Errorf("%d rows\n%s", n, body)
	}
}

// A network's own words are quoted.
func TestTheWordsOfANetworkAreQuoted(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.api.Failures[0].Why = &reasonv1.Reason{Code: "phone.words", En: "the phone is off", Es: "la red de pruebas dice: the phone is off", Params: map[string]string{"words": "the phone is off"}}
	g.as(reader).says("failures/list", []string{"la red de pruebas dice: «the phone is off»"}, nil)
}
