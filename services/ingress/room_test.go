package ingress_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/ingress"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

func TestAChannelWithTooMuchWaitingIsToldSoAndNoOther(t *testing.T) {
	t.Parallel()
	e := newEdge(t, func(o *ingress.Options) { o.ChannelCap = 3 })
	for i := range 3 {
		if _, err := e.bus.Publish(t.Context(), bus.Post{Subject: topology.EgressSubject("testnet", custom), ID: fmt.Sprint(i), Body: &eventv1.Event{}}); err != nil {
			t.Fatal(err)
		}
	}
	got := e.post(custom, textTo("ann", "hello"))
	if got.status != http.StatusTooManyRequests || !strings.Contains(got.refusal(t), "wait") {
		t.Errorf("%d %s, want 429 with a reason", got.status, got.body)
	}
	e.post(phone, textTo("+34600111222", "hello")).mID(t)
}
