package discord_test

import (
	"encoding/json"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/discord"
)

func TestABotIsKnownByItsToken(t *testing.T) {
	for token, want := range map[string]string{
		"MTAwMDAwMDAwMDAwMDAwMDAx.a.b": "100000000000000001", "MTAwMDAwMDAwMDAwMDAwMDAx.c.d": "100000000000000001",
		"none": "none", "bm9uZQ.a.b": "bm9uZQ.a.b",
	} {
		if got := (discord.Account{Token: provider.NewSecret(token)}).Identity(); got != want {
			t.Errorf("%s: %s, want %s", token, got, want)
		}
	}
	if errs := discord.Network.CheckAccount(json.RawMessage(`{"token": "a.b.c", "api": "ftp://discord.com"}`)); len(errs) != 1 {
		t.Errorf("%v", errs)
	}
}
