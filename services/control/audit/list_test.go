package audit_test

import (
	"log/slog"
	"testing"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/services/control/audit"
)

// The record of an act changes its place when the act ends. Who lists the audit just then finds the act, once.
func TestAnActThatEndsWhileItIsListedIsListed(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "toy").Connect("control")
	log := audit.New(b, slog.New(slog.DiscardHandler))
	for i := range 200 {
		end, err := log.Begin(t.Context(), audit.Act{Procedure: "/Pause", Target: "A"})
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			end("", false, nil)
		}()
		acts, _, err := log.List(t.Context(), audit.Query{Limit: 1000})
		if err != nil || len(acts) != i+1 {
			t.Fatalf("%d of %d acts are listed, %v", len(acts), i+1, err)
		}
		<-ended
	}
}
