package ingress_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/bus/rpc"
	"github.com/bonychat/puente/pkg/topology"
	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// What was refused is told to who asks the process, without anything that the callers wrote.
func TestWhatWasRefusedIsTold(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	wrong := http.Header{"X-Test-Token": {"zanahoria"}}
	for range 2 {
		e.call(http.MethodPost, "/webhooks/testnet/"+custom+"/zanahoria?zanahoria", wrong, `{"text":"zanahoria"}`)
	}
	e.call(http.MethodPost, "/webhooks/testnet/zanahoria", wrong, `{}`)
	e.call(http.MethodPost, "/message", http.Header{"Authorization": {"Bearer zanahoria"}}, `{}`)
	e.post(custom, `{"zanahoria":1}`)
	e.webhook(http.MethodPost, "", "right")
	answer := &livev1.RefusalsAnswer{}
	eventually(t, "the process answers", func() bool {
		return rpc.Call(t.Context(), e.bus, topology.RefusalsSubject(e.in.Bus.Instance()), &livev1.RefusalsQuestion{}, answer) == nil
	})
	got := map[string]uint64{}
	for _, r := range answer.GetRefusals() {
		got[strings.Join([]string{r.GetBy(), r.GetNetwork(), r.GetChannel(), r.GetCause()}, " ")] = r.GetTimes()
	}
	for kind, times := range map[string]uint64{"network testnet " + custom + " forged": 2, "network testnet  no_channel": 1, "platform   unauthorized": 1, "platform testnet " + custom + " invalid": 1} {
		if got[kind] != times {
			t.Errorf("%s: %d times, not %d, in %v", kind, got[kind], times, got)
		}
	}
	if len(got) != 4 || strings.Contains(answer.String(), "zanahoria") {
		t.Errorf("%v", answer)
	}
	for _, r := range answer.GetRefusals() {
		if r.GetCause() == "invalid" && (len(r.GetBreaches()) == 0 || r.GetBreaches()[0].GetField() != "contactId" || r.GetBreaches()[0].GetLimit() != "1 to 50 characters") || r.GetCause() != "invalid" && len(r.GetBreaches()) > 0 {
			t.Errorf("%v", r)
		}
		if r.GetCause() == "forged" && (len(r.GetSample().GetHeaders()) == 0 || r.GetSample().GetMethod() != http.MethodPost) {
			t.Errorf("%v", r)
		}
	}
}
