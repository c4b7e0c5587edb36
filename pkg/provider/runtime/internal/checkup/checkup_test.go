package checkup_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/pkg/provider/registration"
	"github.com/bonychat/puente/pkg/provider/runtime/internal/checkup"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/proof"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// mute is a sender that cannot be asked anything.
type mute struct{}

func (mute) Send(context.Context, *messagev1.Message) (provider.Sent, error) {
	return provider.Sent{}, errors.New("not expected")
}

// asked is a sender that knows whether its credentials are good, and where the network calls.
type asked struct {
	mute
	check, inspect error
}

func (a asked) Check(context.Context) error { return a.check }

func (a asked) Inspect(_ context.Context, url string) (provider.Inspection, error) {
	return provider.Inspection{URL: url, Good: true}, a.inspect
}

// set is one that registers its webhook too.
type set struct {
	asked
	setup error
}

func (s set) Setup(context.Context, string) (string, error) { return "", s.setup }

// instructed is a sender that cannot be asked, and says what a person does.
type instructed struct{ mute }

func (instructed) Instructions(url string) string { return "paste " + url }

type courierAccount struct {
	Key provider.Secret `json:"key"`
}

// courier is a network with this sender.
func courier(s provider.Sender) provider.Driver {
	return provider.Network[courierAccount]{
		Name: "courier", Webhook: &webhook.Policy{Verify: proof.Token{Header: "X-Key", Secret: "key"}}, Abilities: sendertest.Abilities(s),
		Receive: func(courierAccount, webhook.Call) ([]provider.Event, error) { return nil, nil },
		Open:    func(courierAccount, provider.Host) (provider.Sender, error) { return s, nil },
	}
}

// What nobody can tell is told apart from what is good, and from what is wrong; and what a network quotes holds no credential.
func TestWhatCannotBeCheckedIsNotGood(t *testing.T) {
	t.Parallel()
	away := outcome.Temporary(reason.New("courier.away", reason.Network, "the courier is away", "el mensajero no está"), errors.New("status 503"))
	quoting := outcome.Reject(reason.New("courier.no", reason.Setup, "it says no", "dice que no"), errors.New("the key t0p-s3cret is bad"))
	for name, test := range map[string]struct {
		sender   provider.Sender
		register bool
		want     []string // the verdict and the beginning of the Spanish text
	}{
		"it has nothing to ask":          {mute{}, false, []string{"noWay credentials sin comprobar", "noWay webhook sin comprobar"}},
		"a person registers the webhook": {instructed{}, false, []string{"noWay credentials sin comprobar", "noWay webhook sin comprobar", "noWay todo paste https://"}},
		"all is well":                    {asked{}, false, []string{"right credentials correctas", "right webhook registrado: https://"}},
		"it does not answer":             {asked{check: away}, false, []string{"noAnswer credentials no se sabe: el mensajero no está: status 503"}},
		"it does not say where it calls": {asked{inspect: away}, false, []string{"right credentials correctas", "noAnswer webhook no se sabe: el mensajero no está"}},
		"it refuses":                     {asked{check: outcome.Suspend(reason.New("courier.key", reason.Setup, "no such key", "esa clave no vale"), nil)}, false, []string{"wrong credentials rechazadas: esa clave no vale"}},
		"it is registered":               {set{}, true, []string{"right credentials correctas", "right webhook registrado: https://"}},
		"it is not registered":           {set{setup: quoting}, true, []string{"right credentials correctas", "wrong webhook no registrado: dice que no: the key "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := checkup.Of(t.Context(), courier(test.sender), registration.Target{
				Channel: "A", Account: []byte(`{"key":"t0p-s3cret"}`), PublicURL: "https://bridge.example.com",
			}, test.register)
			if len(got) < len(test.want) {
				t.Fatalf("%v", got)
			}
			verdicts := map[[2]bool]string{{true, false}: "right", {false, false}: "wrong", {true, true}: "noWay", {false, true}: "noAnswer"}
			for i, want := range test.want {
				f := got[i]
				if text := verdicts[[2]bool{f.GetGood(), f.GetUnknown()}] + " " + f.GetWhat() + " " + f.GetEs(); !strings.HasPrefix(text, want) || strings.Contains(text+f.GetEn(), "t0p-s3cret") {
					t.Errorf("%q, want %q", text, want)
				}
			}
		})
	}
}
