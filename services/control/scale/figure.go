package scale

import (
	"context"
	"errors"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/control/channels"
)

// Figure is what is answered: numbers, and nothing that names a channel.
type Figure struct {
	// Replicas is how many processes would be of use. It is never 0 while anything waits, also for its time: who sends it then
	// has to be there, and who ends it when it cannot be sent in time. Nor is it while a call of the network is not read, where
	// the network may have to be listened to, and before its service has run once.
	Replicas int `json:"replicas"`
	// Due is how many messages could be sent now, and Waiting how many wait in all.
	Due     uint64 `json:"due"`
	Waiting uint64 `json:"waiting"`
	// OldestDueSeconds is how long ago the oldest of those due was accepted; 0 where there is none.
	OldestDueSeconds int64 `json:"oldest_due_seconds"`
	// ActiveAccounts is how many accounts have something due.
	ActiveAccounts int `json:"active_accounts"`
}

// reading is what was found out of one network.
type reading struct {
	at    time.Time
	work  Work
	least int
}

// figure is what a reading says to somebody who wants what is due to be sent within a time.
func (r *reading) figure(within time.Duration) Figure {
	f := Figure{Replicas: max(r.work.Wanted(within), r.least), Due: r.work.Due, Waiting: r.work.Waiting, ActiveAccounts: r.work.Accounts()}
	if !r.work.Oldest.IsZero() {
		f.OldestDueSeconds = max(0, int64(time.Since(r.work.Oldest)/time.Second))
	}
	return f
}

// read finds out how a destination stands.
func read(ctx context.Context, b *bus.Bus, far string) (*reading, error) {
	r := &reading{at: time.Now()}
	sides, err := channels.Busy(ctx, b, far)
	if err != nil {
		return nil, err
	}
	for _, side := range sides {
		r.work.Add(side)
	}
	r.least, err = least(ctx, b, far, r.work.Waiting > 0)
	return r, err
}

// least is how many processes there have to be whatever is due: 1, or 0 where nothing is to be done.
func least(ctx context.Context, b *bus.Bus, far string, waits bool) (int, error) {
	if waits {
		return 1, nil
	}
	var declared struct {
		Listens  bool `json:"listens"`
		Receives bool `json:"receives"`
	}
	err := directory.Declaration(ctx, b, far, &declared)
	switch {
	case far == topology.Platform && errors.Is(err, directory.ErrUndeclared):
		return 0, nil // it is no network
	case errors.Is(err, directory.ErrUndeclared) || err == nil && declared.Listens:
		return 1, nil
	case err != nil || !declared.Receives:
		return 0, err
	}
	unread, err := unreadCalls(ctx, b, far)
	if unread {
		return 1, err
	}
	return 0, err
}

// unreadCalls says whether there are calls of a network that its service has not read to their end.
func unreadCalls(ctx context.Context, b *bus.Bus, network string) (bool, error) {
	stream := topology.Webhooks(network)
	for _, p := range topology.PartitionsOf(stream) {
		// the shards of pkg/consume.Follow
		read, err := shard.Position(ctx, kv.Open(b, topology.Leases), "egress-"+network, p.Name)
		if err != nil && !errors.Is(err, bus.ErrNotFound) {
			return false, err
		}
		switch _, err := b.Next(ctx, stream.Name, p.Filter, read+1); {
		case err == nil:
			return true, nil
		case !errors.Is(err, bus.ErrNotFound):
			return false, err
		}
	}
	return false, nil
}
