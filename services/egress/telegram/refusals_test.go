package telegram

import (
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

func TestRefusals(t *testing.T) {
	type refusal struct {
		chat int64
		at   time.Duration
		want result.Scope
	}
	for name, refused := range map[string][]refusal{
		"one contact over and over is that contact's limit": {
			{1, 0, outcome.Contact}, {1, 100, outcome.Contact}, {1, 200, outcome.Contact}, {1, 300, outcome.Contact},
		},
		"two contacts are two limits": {
			{1, 0, outcome.Contact}, {2, 10, outcome.Contact}, {1, 20, outcome.Contact}, {2, 30, outcome.Contact},
		},
		"three contacts within a second are the bot's limit": {
			{1, 0, outcome.Contact}, {2, 400, outcome.Contact}, {3, 1000, outcome.Channel}, {4, 1100, outcome.Channel},
		},
		"three contacts in more than a second are not": {
			{1, 0, outcome.Contact}, {2, 600, outcome.Contact}, {3, 1001, outcome.Contact}, {4, 1500, outcome.Channel},
		},
		"what concerns no contact is the bot's limit": {{0, 0, outcome.Channel}},
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
