package channels

import (
	"testing"

	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/render"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// Why a channel is not well: who paused it says more than what it waited for before; trouble with the platform is told beside.
func TestWhyAChannelIsNotWell(t *testing.T) {
	t.Parallel()
	ended := &reasonv1.Reason{Code: "x.ended", En: "the token has ended", Es: "el token ha caducado"}
	suspended := controlv1.ChannelState_CHANNEL_STATE_SUSPENDED
	for name, c := range map[string]struct {
		channel *controlv1.Channel
		want    string
	}{
		"well":      {&controlv1.Channel{State: controlv1.ChannelState_CHANNEL_STATE_OK, PlatformState: controlv1.ChannelState_CHANNEL_STATE_OK}, ""},
		"suspended": {&controlv1.Channel{State: suspended, Why: ended, Remedy: "make a token", RemedyEs: "cree un token"}, "el token ha caducado; qué hacer: cree un token"},
		"paused":    {&controlv1.Channel{State: controlv1.ChannelState_CHANNEL_STATE_PAUSED, Why: ended, PausedBy: "ana"}, "en pausa por ana: -"},
		"platform":  {&controlv1.Channel{State: controlv1.ChannelState_CHANNEL_STATE_OK, PlatformState: suspended, PlatformWhy: ended, WaitingPlatform: 3}, "plataforma: suspendido, 3 en espera: el token ha caducado"},
	} {
		if got := whyNot(operate.Operator{Output: render.Output{Words: render.In(render.Spanish)}}, c.channel); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
