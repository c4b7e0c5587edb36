package telegram

import (
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
)

func TestRefusals(t *testing.T) {
	type refusal struct {
		chat int64
		at   time.Duration
		want result.Scope
	}
	for name, refused := range map[string][]refusal{
		"one contact over and over is that contact's limit": {
			{1, 0, provider.Contact}, {1, 100, provider.Contact}, {1, 200, provider.Contact}, {1, 300, provider.Contact},
		},
		"two contacts are two limits": {
			{1, 0, provider.Contact}, {2, 10, provider.Contact}, {1, 20, provider.Contact}, {2, 30, provider.Contact},
		},
		"three contacts within a second are the bot's limit": {
			{1, 0, provider.Contact}, {2, 400, provider.Contact}, {3, 1000, provider.Channel}, {4, 1100, provider.Channel},
		},
		"three contacts in more than a second are not": {
			{1, 0, provider.Contact}, {2, 600, provider.Contact}, {3, 1001, provider.Contact}, {4, 1500, provider.Channel},
		},
		"what concerns no contact is the bot's limit": {{0, 0, provider.Channel}},
	} {
		t.Run(name, func(t *testing.T) {
			var r refusals
			start := time.Unix(1700000000, 0)
			for i, f := range refused {
				if got := r.scope(f.chat, start.Add(f.at*time.Millisecond)); got != f.want {
					t.Errorf("refusal %d: scope %v, want %v", i, got, f.want)
				}
			}
		})
	}
}
