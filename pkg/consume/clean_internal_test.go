package consume

import (
	"context"
	"errors"
	"testing"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/shard/shardtest"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// owner has the partition of a subject for as long as do takes; its error leaves the lease as a process that died does.
func owner(t *testing.T, s *bustest.Server, subject string, do func(ctx context.Context, f Feed) error) {
	t.Helper()
	b := s.Connect("translator")
	var mine shard.Shard
	for _, p := range topology.PartitionsOf(topology.Messages) {
		if p.Filter[:len(p.Filter)-1] == subject[:len(p.Filter)-1] {
			mine = p
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_ = shardtest.Sole(b).Own(ctx, shard.Always("MESSAGES-", []shard.Shard{mine}), func(ctx context.Context, l *shard.Lease) error {
		defer cancel()
		return do(ctx, Feed{Bus: b, Lease: l, Stream: topology.Messages.Name})
	})
}

// TestAShortOwnershipIsNoCleanRelease: who had a partition after a crash, and did not read all of it, does not say that the
// rest was never begun; who has read beyond it does.
func TestAShortOwnershipIsNoCleanRelease(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, "testnet")
	publisher, subject := s.Connect("ingress"), topology.MessageSubject("testnet", "a", "ann")
	publish := func() (sequence uint64) {
		sequence, err := publisher.Publish(t.Context(), bus.Post{Subject: subject, Body: &eventv1.Event{}})
		if err != nil {
			t.Fatal(err)
		}
		return sequence
	}
	last := publish()
	begun := func(read bool) (until uint64, doubtful bool) {
		owner(t, s, subject, func(ctx context.Context, f Feed) error {
			p, aside, err := f.begin(ctx, func(error) {})
			if err != nil {
				t.Error(err)
				return nil
			}
			if read {
				p.progress.Begin(last, subject, p.created)
			}
			(&keeper{p, inheritance(p, newQueues(p), aside)}).finish(ctx)
			until, doubtful = p.until, p.doubtful
			return nil
		})
		return until, doubtful
	}
	begun(true) // so that there is a record
	last = publish()
	owner(t, s, subject, func(context.Context, Feed) error { return errors.New("died") })
	if until, doubtful := begun(false); until < last || !doubtful {
		t.Errorf("after a crash: until %d of %d, doubtful %v", until, last, doubtful)
	}
	if until, _ := begun(true); until < last {
		t.Errorf("after one who read nothing: until %d of %d", until, last)
	}
	last = publish()
	if until, doubtful := begun(true); until >= last || doubtful {
		t.Errorf("after one who read all: until %d, and %d was stored since; doubtful %v", until, last, doubtful)
	}
}
