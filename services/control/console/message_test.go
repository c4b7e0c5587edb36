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
