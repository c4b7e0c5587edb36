package calls

import (
	"errors"
	"slices"
	"testing"

	"github.com/bonychat/puente/services/puente/operate"
	"github.com/bonychat/puente/services/puente/operate/api"
	"github.com/bonychat/puente/services/puente/operate/exit"
	"github.com/bonychat/puente/services/puente/operate/operatetest"
	"github.com/bonychat/puente/services/puente/render"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Calls are stored by network: each that has channels is asked, and once, however many it has.
func TestWhichNetworksAreAsked(t *testing.T) {
	t.Parallel()
	bridge := operatetest.Start(t)
	bridge.Channels = []*controlv1.Channel{{Id: "a", Network: "telegram"}, {Id: "b", Network: "line"}, {Id: "c", Network: "telegram"}}
	o := operate.Operator{Client: api.NewClient(api.Place{URL: bridge.URL, Token: operatetest.Token}), Output: render.Output{Words: render.In(render.English)}}
	for _, c := range []struct {
		opt  Options
		want []string
	}{
		{Options{}, []string{"line", "telegram"}},
		{Options{Channel: "c"}, []string{"telegram"}},
		{Options{Network: "viber"}, []string{"viber"}}, // it may have had channels
	} {
		if got, err := networksOf(t.Context(), o, c.opt); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%+v: %q, %v, want %q", c.opt, got, err, c.want)
		}
	}
	_, err := networksOf(t.Context(), o, Options{Channel: "d"})
	if e, ok := errors.AsType[*exit.Error](err); !ok || e.Status != exit.NotFound {
		t.Errorf("a channel that there is not: %v", err)
	}
}
