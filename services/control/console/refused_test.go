package console_test

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Refused calls are seen where one looks first: on the overview and on the page of their channel. Those of strangers are not.
func TestRefusedCallsAreSeen(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.api.State.Needs = nil
	for _, c := range g.api.Channels {
		c.State, c.FailedLastDay, c.ResentLastDay = controlv1.ChannelState_CHANNEL_STATE_OK, 0, 0
	}
	b := g.as(reader)
	if _, body, _ := b.get(""); !strings.Contains(body, "No hay nada que hacer") || strings.Contains(body, "Llamadas rechazadas") {
		t.Errorf("refused yesterday:\n%s", body)
	}
	for _, r := range g.api.Refusals.GetRefusals() {
		r.Last = timestamppb.New(time.Now().Add(-time.Minute))
	}
	g.api.Refusals.Refusals = append(g.api.Refusals.Refusals, &controlv1.Refusal{By: "network", Network: "telegram", Cause: "no_channel", Times: 1000, Last: timestamppb.Now()})
	_, body, _ := b.get("")
	for _, want := range []string{"Nada urgente", `<a href="/console/calls?network=telegram#refused">telegram</a>, 12 llamadas`, `<a href="/console/calls#refused">BonyChat</a>, 5 llamadas`, "<dt>Llamadas rechazadas</dt>"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
	_, body, _ = b.get("c/tienda-telegram")
	for _, want := range []string{"Se han rechazado 12 llamadas, la última hace 1\u00a0m", "credencial incorrecta", `<span class="lamp warn">rechaza</span>`, "/console/calls?network=telegram#refused"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
	if _, body, _ = b.get("calls?network=telegram"); strings.Index(body, `id="refused"`) > strings.Index(body, `id="calls"`) || !strings.Contains(body, "puente calls refused --network telegram") {
		t.Errorf("refused ones are not first:\n%s", body)
	}
}
