package console_test

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
	"github.com/bonychat/puente/services/puente/operate/operatetest"
)

// says are what a page has to say, hasNot what it must not.
func (b *browser) says(path string, says, hasNot []string) {
	b.t.Helper()
	_, body, _ := b.get(path)
	for _, want := range says {
		if !strings.Contains(body, want) {
			b.t.Errorf("%s: no %q in\n%s", path, want, body)
		}
	}
	for _, bad := range hasNot {
		if strings.Contains(body, bad) {
			b.t.Errorf("%s: %q in\n%s", path, bad, body)
		}
	}
}

// A channel over which nothing has gone yet is not said to be good: nobody has tried it.
func TestAChannelThatNobodyHasTriedIsNotGood(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(reader)
	for _, c := range g.api.Channels {
		c.State, c.LastIn, c.LastSent = controlv1.ChannelState_CHANNEL_STATE_OK, timestamppb.Now(), nil
	}
	b.says("", []string{`<span class="lamp good">bien</span>`}, []string{`<span class="lamp ">sin tráfico</span>`})
	for _, c := range g.api.Channels {
		c.LastIn = nil
	}
	b.says("", []string{`<span class="lamp ">sin tráfico</span>`}, []string{`<span class="lamp good">bien</span>`})
	b.says("c/tienda-twilio", []string{`<p class="headline"><span class="lamp ">sin tráfico</span>`}, nil)
}

// What is suspended or waits is tried again at a time; only a pause lasts until one.
func TestOnlyAPauseLastsUntilATime(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(reader)
	b.says("c/tienda-telegram", []string{"se prueba otra vez el "}, []string{">hasta "})
	for _, c := range g.api.Channels {
		c.State = controlv1.ChannelState_CHANNEL_STATE_PAUSED
	}
	b.says("c/tienda-telegram", []string{">hasta el "}, []string{"se prueba otra vez"})
}

// What was discarded cannot be sent again, and the page of its message does not offer it.
func TestAMessageThatWasDiscarded(t *testing.T) {
	t.Parallel()
	g := start(t)
	b := g.as(writer)
	for _, m := range g.api.Messages {
		m.State, m.Why = controlv1.State_STATE_FAILED, &reasonv1.Reason{Code: "a.b", Es: "mal"}
	}
	b.says("m/"+operatetest.Receipt, []string{"failures/preview", "Está guardado entre los fallidos"}, []string{"se descartó"})
	g.api.Failures = nil
	b.says("m/"+operatetest.Receipt, []string{"se descartó, o pasó su tiempo"}, []string{"failures/preview", "Está guardado entre los fallidos"})
}

// When the contact read a message is not how long it took.
func TestReadingIsTheContacts(t *testing.T) {
	t.Parallel()
	b := start(t).as(reader)
	b.says("m/"+operatetest.WasRead, []string{"leído tras 1,2\u00a0s)"}, nil)
	b.says("c/tienda-whatsapp", []string{"leído tras 1,2\u00a0s"}, []string{`data-head="Tardó">1,2`})
}

// A message that waits for an operator leads to where it is resumed, for whoever may do that.
func TestAMessageOfAPausedChannel(t *testing.T) {
	t.Parallel()
	g := start(t)
	for _, m := range g.api.Messages {
		m.Why = &reasonv1.Reason{Code: "puente.paused", Es: "el canal está en pausa"}
	}
	resume := `<a href="/console/c/tienda-telegram#act">Reanudar</a>`
	g.as(writer).says("m/"+operatetest.Waits, []string{resume}, nil)
	g.as(reader).says("m/"+operatetest.Waits, nil, []string{resume})
	g.as(writer).says("m/"+operatetest.WasRead, nil, []string{"#act"})
}

// The first page has words for what only somebody who builds the bridge knows, and no milliseconds for how long ago something was.
func TestTheOverviewIsInWords(t *testing.T) {
	t.Parallel()
	g := start(t)
	g.api.State.Fullest, g.api.State.Versions = "KV_NETWORKS", []string{"devel", "v1.2.0"}
	g.api.State.Oldest = timestamppb.New(time.Now())
	b := g.as(reader)
	b.says("", []string{"lo que declara cada red", "versión de desarrollo, v1.2.0", "el más antiguo, hace menos\u00a0de\u00a01\u00a0s"}, []string{"KV_NETWORKS", "devel"})
}
