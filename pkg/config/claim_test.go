package config_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/networks"
	"github.com/bonychat/puente/pkg/provider"
)

// line is an account of which only one channel can have the number, whatever its password is.
type line struct {
	Number   string          `json:"number"`
	Password provider.Secret `json:"password,omitempty"`
	Parallel bool            `json:"parallel,omitempty"`
}

func (l line) Exclusive() provider.Claim {
	if l.Parallel {
		return provider.Claim{}
	}
	return provider.Claim{Field: "number", Value: strings.ToLower(l.Number)}
}

// What only one channel can have is refused for a second, and both are named, without the value.
func TestWhatOnlyOneChannelCanHave(t *testing.T) {
	var known []config.Network
	for _, name := range []string{"one", "other"} {
		known = append(known, networks.Of(provider.Network[line]{Name: name, Abilities: provider.Abilities{Exclusive: line{}}})...)
	}
	const clash = "puente.yaml:3: channels[1].account.number: is that of channels[0] (line 2) too: what comes in is told apart by it, so every channel has its own"
	for _, tc := range []struct{ name, first, network, second, want string }{
		{"the same", "{number: S3CRET}", "one", "{number: s3cret, password: x}", clash},
		{"by a reference", "{number: '${TOKEN}'}", "one", "{number: S3CRET-token-0123}", clash},
		{"another", "{number: a}", "one", "{number: b}", ""},
		{"of another network", "{number: a}", "other", "{number: a}", ""},
		{"nothing claimed", "{number: a, parallel: true}", "one", "{number: a, parallel: true}", ""},
		{"one with a mistake", "{number: a}", "one", "{number: a, password: 'a b'}", "puente.yaml:3: channels[1].account.password: must hold no space or line break"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text := "channels:\n"
			for i, of := range [][2]string{{"one", tc.first}, {tc.network, tc.second}} {
				text += fmt.Sprintf("- {id: c%d, network: %s, contact_id: custom, platform: {webhook_url: 'https://okeybot.com', api_token: token-of-%d-0123}, account: %s}\n", i, of[0], i, of[1])
			}
			got := ""
			if _, err := config.Parse("puente.yaml", []byte(text), env, known...); err != nil {
				got = err.Error()
			}
			if got != tc.want {
				t.Errorf("%q\nnot %q", got, tc.want)
			}
		})
	}
}
