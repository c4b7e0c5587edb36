package registration_test

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/registration"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// owl takes registrations from those that show its key.
type owl struct {
	idle
	key provider.Secret
}

func (o owl) Check(context.Context) error {
	if o.key.Reveal() != "feather" {
		return outcome.Suspend(reason.New("unknown_key", reason.Setup, "the owl knows no such key", "el búho no conoce esa clave"), nil)
	}
	return nil
}

func (o owl) Setup(context.Context, string) (todo string, err error) { return "", nil }

// Two channels of a network are set up. The first has credentials that are good; the second registers nothing.
func ExampleSetUp() {
	type account struct {
		Key provider.Secret `json:"key"`
	}
	network := provider.Network[account]{
		Name: "owl", Webhook: &webhook.Policy{Verify: proof.Token{Header: "X-Key", Secret: "key"}},
		Abilities: provider.Abilities{Checker: owl{}, Setter: owl{}},
		Open:      func(a account, _ provider.Host) (provider.Sender, error) { return owl{key: a.Key}, nil },
	}
	for _, key := range []string{"feather", "stone"} {
		f := registration.SetUp(context.Background(), network, registration.Target{
			Channel: "shop", Account: json.RawMessage(`{"key":"` + key + `"}`), PublicURL: "https://bridge.example.com",
		})
		fmt.Println(f.Done, f.URL, f.Err())
	}
	// Output:
	// true https://bridge.example.com/webhooks/owl/shop <nil>
	// false  the owl knows no such key
}
