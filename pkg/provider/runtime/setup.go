package runtime

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/internal/account"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/registration"
)

// The pauses between two tries of registering a webhook, each twice as long as the one before. A network that names a time
// is not asked before it.
const setUpPause, setUpPauseMax = time.Second, 5 * time.Minute

// setUpRefused is the pause after credentials were refused.
const setUpRefused = 15 * time.Minute

// setUp registers the channel's webhook, however long it takes, and tells what is left to a person. It ends with the channel: other
// credentials begin it anew. Several processes may do it at once for the same channel, and come to the same. Messages are sent
// meanwhile; only what the network would call for waits for it. A refusal ends it: nothing but other settings would change that. Where
// it is the credentials that are refused the channel is suspended, and they are tried again every quarter of an hour: they may be good again.
func (s *runner) setUp(ctx context.Context, c *channel) {
	if account.OnlyHeard(c.sender) {
		return // its network makes no calls
	}
	w := registration.Webhook{Network: s.description, PublicURL: s.env.PublicURL, Channel: c.ID, Log: s.env.Log}
	log := s.env.Log.With("network", s.description.Name, "channel", c.ID)
	refused := false
	for wait := setUpPause; ctx.Err() == nil; wait = min(2*wait, setUpPauseMax) {
		r, err := w.Register(ctx, c.sender)
		f := outcome.Classify(err)
		switch {
		case err == nil:
			if refused {
				s.sending.Accept(c.ID, c.digest)
			}
			s.tell(log, c.ID, r)
			return
		// other settings would help, or a person: to ask again would not
		case r.Why != "": // the instructions panicked, which was logged
			return
		case f.Class == result.Suspended:
			// an operator has to see it before the first message: the channel is suspended, and its next message is a probe
			if !refused {
				s.sending.Refuse(c.ID, c.digest, resultOf(c.Network, outcome.Explain(err, nil, c.raw)))
				log.Error("webhook not registered", "err", err)
			}
			refused, wait = true, setUpRefused
			err = nil // told once
		case f.Class == result.Rejected:
			log.Error("webhook not registered", "err", err)
			return
		}
		if err != nil {
			log.Warn("webhook not registered yet", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(max(wait, f.After)):
		}
	}
}

// tell tells what is left to a person, where there is one who watches, else it stands in the log. It may be several lines, as a
// file to copy.
func (s *runner) tell(log *slog.Logger, channel string, r registration.Registration) {
	switch {
	case r.Todo == "":
	// registered, and something is left that only the network's console can do
	case r.Done && s.env.Tell != nil:
		s.env.Tell(fmt.Sprintf("channel %s: the webhook needs a hand: %s\n", channel, r.Todo))
	case r.Done:
		log.Warn("webhook needs a hand", "todo", r.Todo)
	case s.env.Tell != nil:
		s.env.Tell(fmt.Sprintf("channel %s: the webhook is not registered, since %s. Make this call once:\n%s\n", channel, r.Why, r.Todo))
	default:
		log.Warn("webhook not registered", "why", r.Why, "todo", r.Todo)
	}
}
