package discord

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// Bounds of what is fetched of one channel: pages, and messages of a page.
// https://docs.discord.com/developers/resources/message#get-channel-messages
const (
	mostPages = 50
	pageSize  = 100
)

// catchUp fetches what was written while no session was there, in the channels that are known. What comes over the gateway meanwhile
// waits, and what comes twice is known by its id.
func (e *ear) catchUp(ctx context.Context) error {
	if !e.place.Missed {
		return e.keep(ctx)
	}
	if err := e.keep(ctx); err != nil { // the session: whoever comes after resumes it, and goes on here
		return err
	}
	for _, c := range slices.Clone(e.place.Channels) {
		if err := e.catchUpIn(ctx, c); err != nil {
			return err
		}
	}
	e.place.Missed = false
	return e.keep(ctx)
}

func (e *ear) catchUpIn(ctx context.Context, c channelAt) error {
	for range mostPages {
		page, err := e.after(ctx, c)
		if f := outcome.Classify(err); f != nil && f.Class == result.Rejected {
			return nil // the channel is gone
		}
		if err != nil {
			return err
		}
		var all []provider.Heard
		for _, m := range page {
			c.Last = m.ID
			if m.Author != nil && m.Author.Bot {
				continue
			}
			one, err := e.heard(created, m.raw, m.head)
			if err != nil {
				return err
			}
			all = append(all, one)
		}
		if len(page) == 0 {
			return nil
		}
		e.place.reached(c)
		if err := e.keep(ctx, all...); err != nil {
			return err
		}
		if len(page) < pageSize {
			return nil
		}
	}
	return nil
}

// old is a message that is fetched.
type old struct {
	head
	raw json.RawMessage
}

// after fetches the messages that follow one, the oldest first.
func (e *ear) after(ctx context.Context, c channelAt) ([]old, error) {
	query := url.Values{"after": {c.Last}, "limit": {"100"}}
	var raw []json.RawMessage
	err := e.ask(ctx, call{name: "get messages", path: "/channels/" + c.ID + "/messages?" + query.Encode()}, &raw)
	if err != nil {
		return nil, err
	}
	var all []old
	for _, one := range raw {
		m := old{raw: one}
		if json.Unmarshal(one, &m.head) != nil || !snowflake.MatchString(m.ID) {
			return nil, outcome.Temporary(strangeAnswer, errors.New("get messages: one has no id"))
		}
		if later(m.ID, c.Last) {
			all = append(all, m)
		}
	}
	slices.SortFunc(all, func(a, b old) int {
		if later(a.ID, b.ID) {
			return 1
		}
		return -1
	})
	return all, nil
}

// reached notes how far a channel was fetched; its rank stays.
func (p *place) reached(c channelAt) {
	if i := slices.IndexFunc(p.Channels, func(other channelAt) bool { return other.ID == c.ID }); i >= 0 {
		p.Channels[i] = c
	}
}
