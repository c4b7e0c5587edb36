package runtime

import (
	"context"
	"testing"

	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
)

type deaf struct{}

func (deaf) Listens() bool                                        { return true }
func (deaf) Listen(context.Context, string, provider.Store) error { return nil }

// Channels that are listened to may share a connection, so that one process has all of an account. Others need that for a rate only.
func TestWhatIsListenedToIsOwnedTogether(t *testing.T) {
	s := &runner{}
	for _, c := range s.sendingOf(map[string]*channel{
		"listens": {Channel: directory.Channel{ID: "listens"}, listener: deaf{}},
		"called":  {Channel: directory.Channel{ID: "called"}},
		"rated":   {Channel: directory.Channel{ID: "rated"}, agreed: provider.Agreement{Rate: provider.PerSecond(1, "")}},
	}) {
		if want := c.ID != "called"; c.Together != want {
			t.Errorf("%s: owned together %t, want %t", c.ID, c.Together, want)
		}
	}
}
