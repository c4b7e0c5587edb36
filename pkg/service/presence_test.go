package service_test

import (
	"context"
	"testing"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/pkg/topology"
)

// TestProcessesOfAVersionBeforeAreWaitedFor: those of another service, and those that know the form, are not.
func TestProcessesOfAVersionBeforeAreWaitedFor(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t).Connect("egress-toy")
	leases := kv.Open(b, topology.Leases)
	put := func(key, value string) {
		t.Helper()
		if err := leases.Put(t.Context(), key, []byte(value)); err != nil {
			t.Fatal(err)
		}
	}
	await := func(ctx context.Context) error { return service.AwaitForm(ctx, b, "ingress", 4) }
	if err := await(t.Context()); err != nil {
		t.Errorf("nobody is there: %v", err)
	}
	put("process.translator.a", `{"service": "translator", "form": 3}`)
	put("process.ingress.new", `{"service": "ingress", "form": 5}`)
	if err := await(t.Context()); err != nil {
		t.Errorf("only such are there as know it: %v", err)
	}
	for _, before := range []string{`{"service": "ingress", "form": 3}`, `{"service": "ingress"}`, `what?`} {
		put("process.ingress.old", before)
		if waits, err := service.Before(t.Context(), b, "ingress", 4); !waits || err != nil {
			t.Errorf("%s is not waited for: %v", before, err)
		}
		waited := make(chan error, 1)
		go func() { waited <- await(t.Context()) }()
		if err := leases.Delete(t.Context(), "process.ingress.old"); err != nil {
			t.Fatal(err)
		}
		if err := <-waited; err != nil {
			t.Error(err)
		}
	}
}
