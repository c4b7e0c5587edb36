package translator_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/topology"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// heard is what the platform was told of a contact, in order, once there are n of it.
func heard(b *bridge, contact string, n int) []string {
	b.t.Helper()
	var got []string
	b.eventually("enough from "+contact, func() bool {
		got = texts(messages(b.events(topology.Platform, 0), contact))
		return len(got) >= n
	})
	return got
}

func TestANumberAnswersAQuestionOnce(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	b.take(outbound(custom, "q1", "ana", question("¿Cuándo?", "Hoy", "Mañana", "Nunca")))
	want := []string{"¿Cuándo?\n\n1. Hoy\n2. Mañana\n3. Nunca"}
	if diff := cmp.Diff(want, texts(messages(b.events(network, 1), "ana"))); diff != "" {
		t.Error(diff)
	}
	b.take(inbound(custom, "a1", "ana", content.Text("No sé")))
	b.take(inbound(custom, "a2", "luis", content.Text("2"))) // was not asked
	edited := inbound(custom, "a3", "ana", content.Text("1"))
	edited.Revision = messagev1.Revision_REVISION_EDITED
	b.take(edited)
	b.take(inbound(custom, "a4", "ana", content.Text(" 2. ")))
	b.take(inbound(custom, "a5", "ana", content.Text("2")))
	if diff := cmp.Diff([]string{"No sé", "1", "Mañana", "2"}, heard(b, "ana", 4)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"2"}, heard(b, "luis", 1)); diff != "" {
		t.Error(diff)
	}
}

func TestTheLastQuestionIsTheOneThatIsAnswered(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	b.take(outbound(custom, "q1", "ana", question("¿Cuándo?", "Hoy", "Mañana", "Nunca")))
	b.take(outbound(custom, "q2", "ana", question("¿Dónde?", "Aquí", "Allí", "Allá")))
	b.take(outbound(custom, "q3", "luis", question("¿Cuándo?", "Hoy", "Mañana", "Nunca")))
	b.take(outbound(custom, "q4", "luis", question("¿Seguro?", "Sí", "No"))) // these can be tapped
	b.events(network, 4)
	b.take(inbound(custom, "a1", "ana", content.Text("3")))
	b.take(inbound(custom, "a2", "luis", content.Text("2")))
	if diff := cmp.Diff([]string{"Allá"}, heard(b, "ana", 1)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"2"}, heard(b, "luis", 1)); diff != "" {
		t.Error(diff)
	}
}

// The network may write a contact in another way than the platform does.
func TestANumberAnswersWhateverTheContactIsCalled(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	b.take(inbound(custom, "i1", "ana:example.org", content.Text("Hola")))
	name := b.events(topology.Platform, 1)[0].GetMessage().GetContact().GetAddress()
	for _, test := range []struct{ kind, channel, address, name string }{
		{"a number", phone, "+34600111222", "+34600111222"},
		{"a digest", custom, "ana:example.org", name},
	} {
		asked := len(b.sent(network, 0))
		b.take(outbound(test.channel, "q-"+test.channel, test.name, question("¿Cuándo?", "Hoy", "Mañana", "Nunca")))
		b.sent(network, asked+1)
		told := len(heard(b, test.name, 0))
		b.take(inbound(test.channel, "a-"+test.channel, test.address, content.Text("2")))
		if got := heard(b, test.name, told+1); got[told] != "Mañana" {
			t.Errorf("%s: %q", test.kind, got[told])
		}
	}
}

// An answer that is on its way is finished, whether or not it can be remembered: else its contact would wait until there is room.
func TestAnAnswerIsFinishedThoughItIsNotRemembered(t *testing.T) {
	t.Parallel()
	b := startBridge(t)
	if err := provision.Apply(t.Context(), b.bus, []string{network}, provision.Storage{Replicas: 1, Bytes: 64 << 20}); err != nil {
		t.Fatal(err)
	}
	b.take(outbound(custom, "q1", "ana", question("¿Cuándo?", "Hoy", "Mañana", "Nunca")))
	b.events(network, 1)
	for _, size := range []int{16 << 10, 1} {
		var err error
		for i := 0; err == nil; i++ {
			err = kv.Open(b.bus, topology.Context).Put(t.Context(), fmt.Sprintf("other.%d-%d", size, i), make([]byte, size))
		}
		if !errors.Is(err, bus.ErrNoRoom) {
			t.Fatal(err)
		}
	}
	b.take(inbound(custom, "a1", "ana", content.Text("2")))
	b.take(inbound(custom, "a2", "ana", content.Text("Gracias")))
	if diff := cmp.Diff([]string{"Mañana", "Gracias"}, heard(b, "ana", 2)); diff != "" {
		t.Error(diff)
	}
}
