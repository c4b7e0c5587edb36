package standing

import (
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/delivery/internal/gate"
	"github.com/bonychat/puente/pkg/reason"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// TestEachChangeIsToldOnce: the same state is no news, whoever told it; a hold that ended by itself is told from its end, and one that
// began before what was told last from now on.
func TestEachChangeIsToldOnce(t *testing.T) {
	t.Parallel()
	const heldState, goesOn = eventv1.ChannelStanding_CHANNEL_STANDING_HELD, eventv1.ChannelStanding_CHANNEL_STANDING_GOES_ON
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	now := began.Add(time.Hour)
	paused := gate.Hold{Why: reason.Paused, Since: began}
	suspended := gate.Hold{Why: reason.Suspended, Since: began.Add(-time.Minute)}
	brief := gate.Hold{Why: reason.Paused, Since: began, Until: began.Add(time.Minute)}
	var last *eventv1.ChannelChange
	for i, step := range []struct {
		held gate.Hold
		want eventv1.ChannelStanding // unspecified for nothing
		at   time.Time
	}{
		{gate.Hold{}, 0, time.Time{}},
		{paused, heldState, began},
		{paused, 0, time.Time{}},
		{suspended, heldState, now},
		{gate.Hold{}, goesOn, now},
		{gate.Hold{}, 0, time.Time{}},
		{brief, heldState, now},
		{gate.Hold{}, goesOn, brief.Until},
	} {
		c := changeOf(last, step.held, now)
		if c.GetStanding() != step.want || c != nil && !c.GetAt().AsTime().Equal(step.at) {
			t.Errorf("step %d: told %v, want %v at %s", i, c, step.want, step.at)
		}
		if c != nil {
			last = proto.CloneOf(c)
		}
	}
}
