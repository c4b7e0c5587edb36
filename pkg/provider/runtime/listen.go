package runtime

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/listen"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/callstore"
)

// Pauses of a channel whose credentials are no good: the first, then ever rarer. It is told once. What fails otherwise is
// tried again by package listen, whose pauses begin anew whenever the cursor has moved.
const firstRest, lastRest = time.Minute, 15 * time.Minute

// listening is how the network is heard, as pkg/listen takes it: by whoever sends for the channel.
func (s *runner) listening() listen.Config {
	return listen.Config{Far: s.description.Name, Channels: s.sending, Listen: s.listen}
}

// listen hears from one channel while this process owns it and its credentials are these. It keeps the pauses that the
// network's errors ask for, and returns those that are just tried again. It returns nil where there is nothing to hear, or when the
// context has ended; package listen calls it again when the channel changes.
func (s *runner) listen(ctx context.Context, id string, cursor *listen.Cursor) error {
	log := s.env.Log.With("network", s.description.Name, "channel", id)
	for rest := firstRest; ctx.Err() == nil; {
		// looked up in each round: after a change of credentials another channel stands under the id
		c := s.channels.of(id)
		if c == nil || c.listener == nil {
			return nil
		}
		r := &round{runner: s, channel: c, cursor: cursor}
		err := r.listen(ctx)
		f := outcome.Classify(err)
		if f == nil || ctx.Err() != nil {
			return err
		}
		// credentials with which something was heard were good: the next refusal is a new one
		if r.stored {
			rest = firstRest
		}
		switch f.Class {
		// nothing but other credentials helps; it is asked all the same, since a network may be wrong for a while
		case result.Suspended, result.Rejected:
			if !c.deaf.Swap(true) {
				log.Error("channel is not heard: the network refuses to be listened to, and is asked rarely until the credentials change", "reason", f.Reason.String(), "err", err)
			}
			provider.Pause(ctx, rest)
			rest = min(2*rest, lastRest)
		case result.Waiting:
			log.Warn("channel is not heard: told to wait", "after", f.After, "err", err)
			provider.Pause(ctx, f.After)
		default:
			provider.Pause(ctx, f.After) // where the network told a time
			return err
		}
	}
	return nil
}

// round is one call of a network's Listen, with one position of the cursor to begin with. Its store may be called from any
// goroutine.
type round struct {
	*runner
	channel *channel
	cursor  *listen.Cursor

	mu     sync.Mutex
	failed error // why nothing more is stored
	stored bool  // something was: the network does talk to us
}

// errRoundOver is what a network is told that goes on storing by a goroutine of its own after its Listen has returned: another
// round may be under way, with a cursor of its own.
var errRoundOver = errors.New("stored after Listen had returned")

// listen calls the network's code. What it could not store is its error, whatever it returns.
func (r *round) listen(ctx context.Context) error {
	err := r.shielded("listen", func() error { return r.channel.listener.Listen(ctx, r.cursor.Position(), r.store) })
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed != nil {
		err = r.failed
	}
	r.failed = errRoundOver
	return err
}

// store implements [provider.Store]. After an error nothing more is stored: the cursor would pass what is missing. A process
// that has lost the channel may still store what it heard: the next one hears the same again in the same order, so that the
// first of each keeps the order.
func (r *round) store(ctx context.Context, cursor string, heard ...provider.Heard) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failed == nil {
		r.failed = r.keep(ctx, cursor, heard)
	}
	if r.failed == nil {
		r.stored = true
		if r.channel.deaf.Swap(false) {
			r.env.Log.Info("channel is heard again", "network", r.description.Name, "channel", r.channel.ID)
		}
	}
	return r.failed
}

// keepTimeout bounds one write. One that has begun is not broken off: half of a stop's grace is enough for it.
const keepTimeout = 4 * time.Second

// keep stores what was heard, and then moves the cursor. In this order: what is stored twice is known by its key, what was
// passed by the cursor and not stored would be lost.
func (r *round) keep(ctx context.Context, cursor string, heard []provider.Heard) error {
	// begun makes one write that a stop does not break off: whether it was stored would be open
	begun := func(write func(context.Context) error) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepTimeout)
		defer cancel()
		return write(ctx)
	}
	for _, h := range heard {
		// from here on it is a call like any other: who reads it cannot tell
		call := webhook.Call{Network: r.channel.Network, Channel: r.channel.ID, Suffix: h.Suffix, Body: h.Body, AcceptedAt: time.Now()}
		if err := begun(func(ctx context.Context) error {
			if len(h.Body) > webhook.LargestMaxBody {
				return r.leaveOut(ctx, call, h.Key)
			}
			_, err := r.env.Bus.Publish(ctx, callstore.Post(r.env.Bus, call, string(r.channel.raw), h.Key))
			return err
		}); err != nil {
			return err
		}
	}
	// a network may store in several steps, and move its cursor with the last
	if cursor == "" {
		return nil
	}
	return begun(func(ctx context.Context) error { return r.cursor.Move(ctx, cursor) })
}

// leaveOut leaves a dead letter for what is too large to be stored: it never fits, and would hold back all that comes after. The
// letter says how large it was, and has nothing of it.
func (r *round) leaveOut(ctx context.Context, call webhook.Call, key string) error {
	size := len(call.Body)
	call.Body = nil
	post := callstore.Post(r.env.Bus, call, string(r.channel.raw), key)
	body, err := proto.Marshal(post.Body)
	if err != nil {
		return err
	}
	r.env.Log.Error("what was heard is too large to be stored: a dead letter says so", "network", call.Network, "channel", call.Channel, "bytes", size)
	return deadletter.Bury(ctx, r.env.Bus, deadletter.Burial{
		Subject: post.Subject, Key: cmp.Or(post.ID, fmt.Sprint("heard-", call.Channel, "-", call.AcceptedAt.UnixNano())), Body: body,
		Why: reason.Unreadable.With("detail", fmt.Sprintf("what was heard has %d bytes; at most %d can be stored", size, webhook.LargestMaxBody)),
	})
}
