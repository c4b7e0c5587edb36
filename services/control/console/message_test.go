package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/bonychat/puente/services/puente/operate/operatetest"
)

// A message that was accepted a moment ago is waited for; one of yesterday is not.
func TestAMessageThatWasJustAccepted(t *testing.T) {
	t.Parallel()
	b := start(t).as(reader)
	id := strings.ReplaceAll(uuid.Must(uuid.NewV7()).String(), "-", "")
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+"/console/m/"+id, nil)
	answer, err := b.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusNotFound || answer.Header.Get("Refresh") == "" {
		t.Errorf("%d, %v", answer.StatusCode, answer.Header)
	}
	if _, body, _ := b.get("m/" + id); !strings.Contains(body, "Se acaba de aceptar") {
		t.Error(body)
	}
	if _, body, _ := b.get("m/01a2259364287db1b1443304ddae0000"); !strings.Contains(body, "Eso no existe") {
		t.Error(body)
	}
}

// A message that waited for another says how long and for which, once it has gone too; one that waits has that in its steps.
func TestAMessageSaysBehindWhichItWaited(t *testing.T) {
	t.Parallel()
	b := start(t).as(reader)
	_, body, _ := b.get("m/" + operatetest.WasRead)
	behind := `detrás de <a href="/console/m/` + operatetest.Before + `">` + operatetest.Before[:12] + "…</a>"
	if !strings.Contains(body, "Esperó <b>390 ms</b> "+behind) {
		t.Errorf("how long and behind which:\n%s", body)
	}
	steps := body[strings.Index(body, `id="entries"`):]
	if waited, sent := strings.Index(steps, "esperó 390\u00a0ms"), strings.Index(steps, ">enviado"); waited < 0 || sent < waited || !strings.Contains(steps, behind) {
		t.Errorf("the steps:\n%s", steps)
	}
	_, body, _ = b.get("m/" + operatetest.Waits)
	if steps = body[strings.Index(body, `id="entries"`):]; !strings.Contains(steps, `<span class="lamp warn">espera `) || !strings.Contains(steps, behind) {
		t.Errorf("what it waits for now:\n%s", steps)
	}
}

// The page of what failed says whose it is and what to do, as the list of failures does.
func TestWhatFailedSaysWhatToDo(t *testing.T) {
	t.Parallel()
	b := start(t).as(reader)
	_, body, _ := b.get("m/" + operatetest.Receipt)
	for _, want := range []string{"De quién depende", "contacto", "Qué hacer"} {
		if !strings.Contains(body, want) {
			t.Errorf("without %q: %s", want, body)
		}
	}
	if _, body, _ = b.get("m/" + operatetest.Waits); strings.Contains(body, "De quién depende") {
		t.Error("a message that waits has not failed")
	}
}
