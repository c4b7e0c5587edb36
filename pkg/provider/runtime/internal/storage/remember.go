package storage

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/internal/values"
)

// Remember keeps what an event says of its contact beside the message, under each of the contact's addresses: how it can be answered,
// and its state. called is when the event's call came. An error means that it has to be done again: what is kept of the state is for
// good, so that a message does not go on without it while the broker is away. A way to answer, and a state that can never be stored,
// are only logged, and the message goes on without.
func Remember(ctx context.Context, log *slog.Logger, of Channel, e provider.Event, called time.Time) error {
	if e.Reply == nil && len(e.State) == 0 {
		return nil
	}
	addresses := append([]string{e.Contact.GetAddress()}, e.Contact.GetAliases()...)
	log = log.With("network", of.Network, "channel", of.ID)
	if e.Reply != nil && time.Now().Before(e.Reply.Until) {
		for _, address := range addresses {
			if err := NewReplies(of).say(ctx, address, *e.Reply); err != nil {
				log.Warn("how the contact can be answered is not remembered", "err", err)
			}
		}
	}
	if len(e.State) == 0 {
		return nil
	}
	at := saidAt(e.At, called)
	for _, address := range addresses {
		err := NewState(of).contact(address).learn(ctx, e.State, at)
		switch {
		case err == nil:
		case errors.Is(err, bus.ErrNoRoom), errors.Is(err, provider.ErrStateKey), errors.Is(err, provider.ErrStateValue), errors.Is(err, provider.ErrStateValues):
			log.Warn("what the network says of a contact is not kept", "err", err)
		default:
			return err
		}
	}
	return nil
}

// saidAt is when an event was said: by the network's clock, or when its call came. A clock that is ahead must not hold back what comes
// later.
func saidAt(at, called time.Time) time.Time {
	now := time.Now()
	switch {
	case !at.IsZero() && !at.After(now):
		return at
	case called.Before(now) && !called.IsZero():
		return called
	default:
		return now
	}
}

// learn writes what was said at a time, unless what is there was said later.
func (k kept) learn(ctx context.Context, what map[string]string, at time.Time) error {
	return k.change(ctx, func(r *values.Record) (changed bool, _ error) {
		for _, key := range slices.Sorted(maps.Keys(what)) {
			one, err := r.Say(k.bounds, key, what[key], at)
			if err != nil {
				return false, err
			}
			changed = changed || one
		}
		return changed, nil
	})
}
