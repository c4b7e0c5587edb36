package runtime_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus/rpc"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"

	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// asked is a sender that knows whether its credentials are good, and where the network calls.
type asked struct {
	sendFunc
	check, inspect error
}

func (a asked) Check(context.Context) error { return a.check }

func (a asked) Inspect(_ context.Context, url string) (provider.Inspection, error) {
	return provider.Inspection{URL: url, Good: true}, a.inspect
}

// instructed is a sender that cannot be asked, and says what a person does.
type instructed struct{ sendFunc }

func (instructed) Instructions(url string) string { return "paste " + url }

// What nobody can tell is told apart from what is good, and from what is wrong.
func TestWhatCannotBeCheckedIsNotGood(t *testing.T) {
	t.Parallel()
	away := outcome.Temporary(reason.New("courier.away", reason.Network, "the courier is away", "el mensajero no está"), errors.New("status 503"))
	for name, test := range map[string]struct {
		sender provider.Sender
		want   []string // the verdict and the beginning of the Spanish text
	}{
		"it has nothing to ask":          {idle, []string{"noWay credentials sin comprobar", "noWay webhook sin comprobar"}},
		"a person registers the webhook": {instructed{idle}, []string{"noWay credentials sin comprobar", "noWay webhook sin comprobar", "noWay todo paste https://"}},
		"all is well":                    {asked{sendFunc: idle}, []string{"right credentials correctas", "right webhook registrado: https://"}},
		"it does not answer":             {asked{sendFunc: idle, check: away}, []string{"noAnswer credentials no se sabe: el mensajero no está: status 503"}},
		"it does not say where it calls": {asked{sendFunc: idle, inspect: away}, []string{"right credentials correctas", "noAnswer webhook no se sabe: el mensajero no está"}},
		"it refuses":                     {asked{sendFunc: idle, check: outcome.Suspend(reason.New("courier.key", reason.Setup, "no such key", "esa clave no vale"), nil)}, []string{"wrong credentials rechazadas: esa clave no vale"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, courier(test.sender))
			answer := &livev1.CheckAnswer{}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			for err := rpc.ErrNobody; errors.Is(err, rpc.ErrNobody) && ctx.Err() == nil; { // it answers soon after it is served
				if err = rpc.Call(ctx, w.bus, topology.CheckSubject(network), &livev1.CheckQuestion{Channel: channel}, answer); err != nil && !errors.Is(err, rpc.ErrNobody) {
					t.Fatal(err)
				}
			}
			if len(answer.GetFindings()) != len(test.want) {
				t.Fatalf("%v", answer)
			}
			verdicts := map[[2]bool]string{{true, false}: "right", {false, false}: "wrong", {true, true}: "noWay", {false, true}: "noAnswer"}
			for i, f := range answer.GetFindings() {
				if got := verdicts[[2]bool{f.GetGood(), f.GetUnknown()}] + " " + f.GetWhat() + " " + f.GetEs(); !strings.HasPrefix(got, test.want[i]) {
					t.Errorf("%q, want %q", got, test.want[i])
				}
			}
		})
	}
}
