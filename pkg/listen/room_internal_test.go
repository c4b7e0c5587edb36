package listen

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/topology"

	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
)

// A channel that found no room is not deaf any longer than there is none.
func TestAPauseForWantOfRoomEndsWhenThereIsSome(t *testing.T) {
	t.Parallel()
	const far = "testnet"
	b := bustest.Start(t, far).Connect("egress-testnet")
	if err := provision.Apply(t.Context(), b, []string{far}, provision.Storage{Replicas: 1, Bytes: 64 << 20}); err != nil {
		t.Fatal(err)
	}
	calls := topology.Webhooks(far)
	var err error
	for i := 0; err == nil; i++ {
		_, err = b.Publish(t.Context(), bus.Post{
			Subject: topology.WebhookSubject(far, "ch1"), ID: fmt.Sprint(i), Body: &webhookv1.Call{Network: far, Channel: "ch1", Body: make([]byte, 64<<10)},
		})
	}
	if !errors.Is(err, bus.ErrNoRoom) {
		t.Fatal(err)
	}
	bustest.Eventually(t, "it is known to be full", func() bool { return b.Full(t.Context(), calls.Name, roomBelow) })
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	over := make(chan struct{})
	go func() {
		defer close(over)
		(&listener{Config: Config{Far: far}, bus: b}).pause(ctx, time.Hour, fmt.Errorf("store: %w", err))
	}()
	time.Sleep(2 * roomLook) // it looks, and there is none
	select {
	case <-over:
		t.Fatal("it is over though there is no room")
	default:
	}
	state, err := b.State(t.Context(), calls.Name)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Purge(t.Context(), calls.Name, calls.Subjects[0], state.Last); err != nil {
		t.Fatal(err)
	}
	<-over
	if ctx.Err() != nil {
		t.Error("there is room, and the pause went on")
	}
}
