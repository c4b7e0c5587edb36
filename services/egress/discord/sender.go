package discord

import (
	"context"
	"sync"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
)

// sender is one bot.
type sender struct {
	account  Account
	client   *httpclient.Client
	channels channels
	paces    paces
}

func open(a Account, h provider.Host) (provider.Sender, error) {
	return &sender{account: a, client: h.Client}, nil
}

// Check implements [provider.Checker]: https://docs.discord.com/developers/resources/user#get-current-user
func (s *sender) Check(ctx context.Context) error {
	var me struct {
		ID string `json:"id"`
	}
	return s.ask(ctx, call{name: "get the bot", path: "/users/@me"}, &me)
}

// mostChannels bounds the channels that are remembered: 40 bytes each.
const mostChannels = 20_000

// channels are the channels of people's direct messages, by their user ids. It is safe for concurrent use; its zero value
// is empty.
type channels struct {
	mu  sync.Mutex
	all map[string]string
}

func (c *channels) of(user string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all[user]
}

func (c *channels) keep(user, channel string) {
	if !snowflake.MatchString(user) || !snowflake.MatchString(channel) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all == nil {
		c.all = map[string]string{}
	}
	if _, known := c.all[user]; !known && len(c.all) >= mostChannels {
		for other := range c.all { // any will do: it is asked for again
			delete(c.all, other)
			break
		}
	}
	c.all[user] = channel
}

func (c *channels) forget(user string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.all, user)
}
