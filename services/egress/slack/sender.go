package slack

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// sender is one app in one workspace.
type sender struct {
	account Account
	client  *httpclient.Client
	state   provider.State
	opened  channels
}

func open(a Account, h provider.Host) (provider.Sender, error) {
	return &sender{account: a, client: h.Client, state: h.State}, nil
}

// scopes are what the bot token has to have: https://docs.slack.dev/reference/scopes
var scopes = []string{"chat:write", "files:read", "files:write", "im:history", "im:write"}

// Check implements [provider.Checker]: both tokens, and the scopes of the bot token.
// https://docs.slack.dev/reference/methods/auth.test
func (s *sender) Check(ctx context.Context) error {
	resp, err := s.do(ctx, call{method: "auth.test"})
	if err != nil {
		return err
	}
	if granted := resp.Header.Get("X-Oauth-Scopes"); granted != "" {
		if missing := lacking(granted); len(missing) > 0 {
			return outcome.Suspend(scopesMissing.With("scopes", strings.Join(missing, ", ")), errors.New("scopes are missing"))
		}
	}
	if s.account.listens() { // it makes an address, and connects to none
		_, err = s.address(ctx)
	}
	return err
}

// lacking are the scopes that are not among those that were granted, "chat:write,im:history".
func lacking(granted string) (missing []string) {
	var all []string
	for one := range strings.SplitSeq(granted, ",") {
		all = append(all, strings.TrimSpace(one))
	}
	for _, scope := range scopes {
		if !slices.Contains(all, scope) {
			missing = append(missing, scope)
		}
	}
	return missing
}

// channel is the direct message channel with somebody, which is made if there is none. To post to the user's id instead is said to
// do that, and on the same page to end up with Slackbot.
// https://docs.slack.dev/reference/methods/conversations.open
func (s *sender) channel(ctx context.Context, user string) (string, error) {
	if known := s.opened.of(user); known != "" {
		return known, nil
	}
	var opened struct {
		Channel struct {
			ID string `json:"id"`
		} `json:"channel"`
	}
	if _, err := s.ask(ctx, call{method: "conversations.open", form: url.Values{"users": {user}}, again: true}, &opened); err != nil {
		return "", err
	}
	if !channelID.MatchString(opened.Channel.ID) {
		return "", outcome.Temporary(strangeAnswer, errors.New("conversations.open: no channel"))
	}
	s.opened.keep(user, opened.Channel.ID)
	return opened.Channel.ID, nil
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
