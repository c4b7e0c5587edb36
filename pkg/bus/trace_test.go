package bus_test

import (
	"testing"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/telemetry"
	"github.com/bonychat/puente/pkg/telemetry/label"
)

func TestOnlyWhereSpansAreMadeDoesAContextKeepLabels(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, "testnet")
	plain := s.Connect("plain")
	if ctx := plain.Label(t.Context(), "testnet", "ch1", "m1"); ctx != t.Context() {
		t.Errorf("kept without tracing: %v", label.Attributes(ctx))
	}
	traced := s.ConnectTraced("traced", telemetry.NewRecorder().Service("traced").Tracer())
	if all := label.Attributes(traced.Label(t.Context(), "testnet", "ch1", "m1")); len(all) != 3 || all[2] != label.MessageID.String("m1") {
		t.Errorf("kept with tracing: %v", all)
	}
}
