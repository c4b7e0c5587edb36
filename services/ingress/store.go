package ingress

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/failpoint"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// store is what a [bus.Bus] does for a keeper.
type store interface {
	Publish(context.Context, bus.Post) (sequence uint64, err error)
	record.Store
}

// keeper stores the platform's messages. What the platform is told is lost does not turn up later.
type keeper struct {
	store store
	log   *slog.Logger

	voids sync.WaitGroup // what is still tried after its answer, under ctx
	ctx   context.Context
	stop  context.CancelFunc
}

// How long things are tried. The platform gives up after 5 seconds.
const (
	storeFor = 4 * time.Second // from the call's arrival
	leastFor = time.Second     // what has less left is not begun: it may be stored when nobody waits any more
	pauseFor = 50 * time.Millisecond
	voidFor  = 500 * time.Millisecond
	// after the answer, in the background
	lateVoidFor = time.Minute
	lateVoidTry = 5 * time.Second
)

// errTooLate means that the store was asked too long whether there is room.
var errTooLate = errors.New("no time left to store it")

func newKeeper(s store, log *slog.Logger) *keeper {
	k := &keeper{store: s, log: log}
	k.ctx, k.stop = context.WithCancel(context.Background())
	return k
}

func (k *keeper) close() {
	k.stop()
	k.voids.Wait()
}

// keep publishes under one id until the message is stored. Where it never learns that it was, it leaves a void, which
// the translator will find should the message turn up.
//
// The time is counted from when the call arrived: what was asked before takes of it.
func (k *keeper) keep(ctx context.Context, arrived time.Time, m *messagev1.Message) error {
	deadline := arrived.Add(storeFor)
	if time.Until(deadline) < leastFor {
		return errTooLate
	}
	// a caller that hangs up does not stop it: the message may be stored already
	ctx = context.WithoutCancel(ctx)
	post := bus.Post{
		Subject: topology.MessageSubject(m.GetNetwork(), m.GetChannel(), m.GetContact().GetAddress()), ID: topology.MessageKey(m),
		Body: &eventv1.Event{Kind: &eventv1.Event_Message{Message: m}},
	}
	for {
		one, cancel := context.WithDeadline(ctx, deadline)
		_, err := k.store.Publish(one, post)
		cancel()
		if err == nil {
			failpoint.MessageStored.Reach()
			return nil
		}
		refused := errors.Is(err, bus.ErrFull) || errors.Is(err, bus.ErrNoRoom) || errors.Is(err, bus.ErrTooLarge)
		if refused || time.Until(deadline) < 2*pauseFor {
			if k.void(ctx, m) {
				return nil
			}
			return err
		}
		post.Repeat = true
		time.Sleep(pauseFor)
	}
}

// void says whether the message was taken after all; else it leaves the void. What cannot be known now is tried on in
// the background.
func (k *keeper) void(ctx context.Context, m *messagev1.Message) (taken bool) {
	now, cancel := context.WithTimeout(ctx, voidFor)
	defer cancel()
	taken, err := k.tryVoid(now, m)
	if err == nil {
		return taken
	}
	k.voids.Go(func() { k.lateVoid(m, err) })
	return false
}

func (k *keeper) lateVoid(m *messagev1.Message, err error) {
	ctx, cancel := context.WithTimeout(k.ctx, lateVoidFor)
	defer cancel()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for err != nil {
		select {
		case <-ctx.Done():
			k.log.Warn("message refused, but not voided", "channel", m.GetChannel(), "id", m.GetId(), "err", err)
			return
		case <-tick.C:
			one, cancel := context.WithTimeout(ctx, lateVoidTry)
			_, err = k.tryVoid(one, m)
			cancel()
		}
	}
}

// tryVoid leaves the void, unless the translator has taken the message. An error leaves both open.
func (k *keeper) tryVoid(ctx context.Context, m *messagev1.Message) (taken bool, err error) {
	return record.New(k.store).Void(ctx, m.GetChannel(), m.GetId())
}
