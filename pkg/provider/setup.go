package provider

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// webhookURL is where the network calls for a channel.
func (s *runner) webhookURL(channel string) string {
	return fmt.Sprintf("%s/webhooks/%s/%s", s.env.PublicURL, s.description.Name, channel)
}

// setUp registers the channel's webhook where the public URL can be called from outside; else it says what to do.
func (s *runner) setUp(ctx context.Context, c *channel) {
	if onlyHeard(c.sender) {
		return // its network makes no calls
	}
	url := s.webhookURL(c.ID)
	log := s.env.Log.With("network", s.description.Name, "channel", c.ID)
	setter, ok := c.sender.(Setter)
	if !ok || !strings.HasPrefix(s.env.PublicURL, "https://") {
		if i, is := c.sender.(Instructor); is {
			why := "public_url is not https"
			if !ok {
				why = "the network takes no registration from here"
			}
			_ = s.shielded("instructions", func() error {
				if todo := i.Instructions(url); s.env.Tell != nil {
					s.env.Tell(fmt.Sprintf("channel %s: the webhook is not registered, since %s. Make this call once:\n%s\n", c.ID, why, todo))
				} else {
					log.Warn("webhook not registered", "why", why, "todo", todo)
				}
				return nil
			})
		}
		return
	}
	for wait := time.Second; ctx.Err() == nil; wait = min(2*wait, 5*time.Minute) {
		var todo string
		err := s.shielded("setup", func() (err error) {
			todo, err = setter.Setup(ctx, url)
			return err
		})
		if err == nil {
			switch {
			case todo == "":
			case s.env.Tell != nil:
				s.env.Tell(fmt.Sprintf("channel %s: the webhook needs a hand: %s\n", c.ID, todo))
			default:
				log.Warn("webhook needs a hand", "todo", todo)
			}
			return
		}
		f := Classify(err)
		if f.Class == Suspended || f.Class == Rejected {
			log.Error("webhook not registered", "err", err)
			return
		}
		log.Warn("webhook not registered yet", "err", err)
		select {
		case <-ctx.Done():
		case <-time.After(max(wait, f.After)):
		}
	}
}
