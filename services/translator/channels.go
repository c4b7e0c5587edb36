package translator

import (
	"context"
	"errors"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// channels are the channels' settings, as far as they are known.
type channels struct {
	known atomic.Pointer[map[string]directory.Channel] // replaced, never changed: readers do not wait
	mu    sync.Mutex                                   // one replaces them at a time
}

// get is a channel's settings, nothing for an unknown one.
func (c *channels) get(id string) (directory.Channel, bool) {
	known := c.known.Load()
	if known == nil {
		return directory.Channel{}, false
	}
	found, ok := (*known)[id]
	return found, ok
}

// set makes these the channels.
func (c *channels) set(list []directory.Channel) {
	next := make(map[string]directory.Channel, len(list))
	for _, channel := range list {
		next[channel.ID] = channel
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known.Store(&next)
}

// add adds one that was found before it was told.
func (c *channels) add(found directory.Channel) {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := map[string]directory.Channel{found.ID: found}
	if known := c.known.Load(); known != nil {
		maps.Copy(next, *known)
	}
	c.known.Store(&next)
}

// followChannels keeps the channels up to date until the context ends, and begins to follow the outcomes of a network
// when it has its first channel; it goes on with them when the last is gone, since receipts come late. It says when
// the channels are known.
func (t *Translator) followChannels(ctx context.Context, spawn func(func() error), known func()) error {
	followed := map[string]bool{}
	first := true
	return directory.WatchSettings(ctx, t.bus, func(list []directory.Channel) {
		t.channels.set(list)
		for _, c := range list {
			if !followed[c.Network] {
				followed[c.Network] = true
				spawn(func() error { return t.followOutcomes(ctx, c.Network) })
			}
		}
		if first {
			first = false
			known()
		}
	})
}

// wrongStreamPause is how long a stream that cannot be worked with is left alone.
const wrongStreamPause = 10 * time.Second

// followOutcomes records what became of sends to a far end, once its stream is there. One that is not as it must be
// holds up no other.
func (t *Translator) followOutcomes(ctx context.Context, far string) error {
	for {
		err := provision.Await(ctx, t.bus, topology.Outcomes(far).Name)
		if err == nil {
			return consume.Follow{Stream: topology.Outcomes(far), Verb: "record", Split: t.splitOutcome}.Run(ctx, t.bus, t.shards)
		}
		if ctx.Err() == nil {
			t.log.Error("outcomes not followed", "far", far, "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wrongStreamPause):
		}
	}
}

// unknownFor is how long a message of an unknown channel is kept: it may have come faster than the channel's settings
// came here, or to the server that was asked.
const unknownFor = 5 * time.Second

// channel is the settings of the channel of a message, the entry's; a removed one's messages can go nowhere.
func (t *Translator) channel(ctx context.Context, e *consume.Entry, m *messagev1.Message) (directory.Channel, error) {
	id := m.GetChannel()
	if c, ok := t.channels.get(id); ok {
		return c, nil
	}
	c, err := directory.Settings(ctx, t.bus, m.GetNetwork(), id)
	switch {
	case err == nil:
		t.channels.add(c)
		return c, nil
	case !errors.Is(err, bus.ErrNotFound):
		return c, err
	case time.Since(e.Read) < unknownFor:
		return c, consume.RetryAfter(unknownFor / 10)
	default:
		return c, dead{reason.ChannelUnknown}
	}
}

// addressKey stands for the contact with an address, as [contacts.Book.AddressKey]; of an unknown channel, as where contacts are not named
// by number.
func (t *Translator) addressKey(channel, address string) string {
	c, _ := t.channels.get(channel)
	c.ID = channel
	return t.contacts.AddressKey(c, address)
}

// language is the one that the platform's agents read a channel of a network in. What is told of a channel that was removed is told as
// where nothing says otherwise.
func (t *Translator) language(ctx context.Context, network, id string) (reason.Locale, error) {
	if c, ok := t.channels.get(id); ok {
		return c.Language(), nil
	}
	c, err := directory.Settings(ctx, t.bus, network, id)
	if err != nil && !errors.Is(err, bus.ErrNotFound) {
		return "", err
	}
	return c.Language(), nil
}
