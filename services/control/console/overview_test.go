package console_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// overviewAsks is how many questions the first page asks of the API.
const overviewAsks = 3

// However many channels there are, the first page asks as often, and stays small.
func TestTheOverviewOfAThousandChannels(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.thousand()
	b := g.as(reader)
	g.calls.take()
	_, body, _ := b.get("")
	if calls := g.calls.take(); len(calls) > overviewAsks {
		t.Errorf("%d questions: %v", len(calls), calls)
	}
	if n := packed(t, body); n > mostPacked {
		t.Errorf("%d bytes, packed", n)
	}
	if !strings.Contains(body, "Página 1 de 11") || strings.Count(body, `class="row"`) > 110 {
		t.Errorf("%d rows", strings.Count(body, `class="row"`))
	}
	if _, body, _ = b.get("?filter=channel-0999"); strings.Count(body, "/console/c/channel-") != 1 {
		t.Error(body)
	}
	if _, body, _ = b.get("?page=11"); !strings.Contains(body, "channel-0999") {
		t.Error(body)
	}
}

// thousand adds a thousand channels.
func (g *rig) thousand() {
	for i := range 1000 {
		c := g.api.Channels[i%3]
		g.api.Channels = append(g.api.Channels, &controlv1.Channel{Id: fmt.Sprintf("channel-%04d", i), Network: c.GetNetwork(), State: c.GetState(), Why: c.GetWhy(), Since: c.GetSince(), Waiting: uint64(i), Oldest: c.GetOldest(), OutLastHour: uint64(i * 7), InLastHour: uint64(i * 3), FailedLastDay: uint64(i % 50), LastIn: c.GetLastIn()})
	}
}

// BenchmarkTheOverviewOfAThousandChannels is the page alone: what the API takes is measured beside the history.
func BenchmarkTheOverviewOfAThousandChannels(b *testing.B) {
	g := start(b)
	g.thousand()
	who := g.as(reader)
	for b.Loop() {
		if status, _, _ := who.get(""); status != http.StatusOK {
			b.Fatal(status)
		}
	}
}

// A channel that an operator has paused, and what failed, are no fault of now, and are not forgotten: the page does not say that
// there is nothing to do.
func TestAPausedChannelIsNotForgotten(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.api.State.Needs = nil
	for _, c := range g.api.Channels {
		c.State, c.FailedLastDay = controlv1.ChannelState_CHANNEL_STATE_OK, 0
	}
	b := g.as(reader)
	if _, body, _ := b.get(""); !strings.Contains(body, "No hay nada que hacer") {
		t.Error(body)
	}
	paused := g.api.Channels[0]
	paused.State = controlv1.ChannelState_CHANNEL_STATE_PAUSED
	_, body, _ := b.get("")
	if strings.Contains(body, "No hay nada que hacer") || !strings.Contains(body, "En pausa: <a") {
		t.Error(body)
	}
	paused.State, paused.FailedLastDay = controlv1.ChannelState_CHANNEL_STATE_OK, 2
	if _, body, _ = b.get(""); strings.Contains(body, "No hay nada que hacer") || !strings.Contains(body, "Nada urgente") {
		t.Error(body)
	}
}
