package console_test

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// The page of a channel does not contradict itself: what was sent last counts what was sent again, what waits for either side waits, and a
// channel that stands still now has not "never stopped".
func TestTheChannelsPageAgreesWithItself(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(reader)
	c := g.api.Channels[0]
	c.LastSent, c.Waiting, c.WaitingPlatform, c.FirstEnds = timestamppb.New(time.Now().Add(-5*time.Minute)), 0, 2, nil
	g.api.Details.Waiting, g.api.Details.History = nil, nil
	_, body, _ := b.get("c/" + c.GetId())
	for _, want := range []string{"último enviado hace 5\u00a0m", "De Puente a BonyChat: Faltan por entregar 2 mensajes o confirmaciones.", "Antes de esta vez nunca se había parado"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
	if strings.Contains(body, "No espera nada") {
		t.Errorf("two messages wait:\n%s", body)
	}
	c.State, c.Since, c.WaitingPlatform = controlv1.ChannelState_CHANNEL_STATE_OK, nil, 1
	g.api.Details.History = []*controlv1.ChannelEvent{{Time: timestamppb.New(time.Now().Add(-2 * time.Hour)), What: "resumed"}}
	if _, body, _ = b.get("c/" + c.GetId()); !strings.Contains(body, "hace 2\u00a0h") || !strings.Contains(body, "Falta por entregar 1 mensaje o confirmación.") {
		t.Errorf("since when it is well:\n%s", body)
	}
}

// Settings are in words where their values are words of ours.
func TestSettingsAreInWords(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.api.Details.Settings = map[string]string{"uncertain": "resend", "platform.api_token": "[secret]", "contact_id": "phone"}
	_, body, _ := g.as(reader).get("c/tienda-telegram")
	for _, want := range []string{"<dd>resend (se reenvía lo que no se sabe si llegó)</dd>", "<dd>un secreto, no se muestra</dd>", "<dd>phone</dd>"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in\n%s", want, body)
		}
	}
}
