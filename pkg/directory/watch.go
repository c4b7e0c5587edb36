package directory

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/topology"
)

// What one writer changes in several keys is told at once: together is how long further changes are waited for, and
// atMost for how long in all, while they keep coming.
const together, atMost = 50 * time.Millisecond, 500 * time.Millisecond

// Watch calls changed with the channels, by id: first once everything that is there has been read, then after every
// change, one call at a time. It returns when the context ends, after the last call. Where a version before has written the
// settings, it tells nothing before [Apply] of this one has.
//
// far says whose credentials a service is given: a network's name, for the channels of this network with Account;
// [topology.Platform], for all channels with Platform. A channel is told when its settings and these credentials are there;
// one whose settings cannot be read is logged and left out.
//
// The slice is the callee's. The credentials in it are shared and must not be written to.
func Watch(ctx context.Context, b *bus.Bus, far string, changed func([]Entry)) error {
	w := newWatch(b)
	w.filter = far + ".*"
	if w.platform = far == topology.Platform; !w.platform {
		w.account, w.network = true, far
	}
	return w.run(ctx, changed)
}

// WatchSettings is [Watch] for who needs no credentials: all channels, with their settings.
func WatchSettings(ctx context.Context, b *bus.Bus, changed func([]Channel)) error {
	return newWatch(b).run(ctx, func(entries []Entry) {
		channels := make([]Channel, len(entries))
		for i, e := range entries {
			channels[i] = e.Channel
		}
		changed(channels)
	})
}

// watch is what has been seen so far.
type watch struct {
	bus  *bus.Bus
	news chan struct{} // has one when something changed

	// network is whose channels are told, "*" for all. filter is of the credentials that are needed, "" for none; account
	// and platform say which.
	network           string
	filter            string
	account, platform bool
	keyOf             func(Channel) string // where the account of a channel stands
	whole             bool                 // nothing is told before every channel's credentials are there, once

	mu          sync.Mutex
	reading     int                        // buckets that have not been read whole yet
	settings    map[string]told            // by key
	tellings    int                        // how many settings were told
	credentials map[string]json.RawMessage // by key
}

// told are the settings of a channel, and when they were told: of two that have one id the later count, while a channel moves
// from a network to another.
type told struct {
	Channel
	at int
}

func newWatch(b *bus.Bus) *watch {
	return &watch{
		bus: b, network: "*", settings: map[string]told{}, credentials: map[string]json.RawMessage{}, news: make(chan struct{}, 1), keyOf: accountKey,
	}
}

func accountKey(c Channel) string { return c.Network + "." + c.ID }

func (w *watch) run(ctx context.Context, changed func([]Entry)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if err := awaitWritten(ctx, w.bus); err != nil {
		return err
	}
	var wg sync.WaitGroup
	errs := make([]error, 2)
	w.reading = 1
	if w.filter != "" {
		w.reading = 2
		wg.Go(func() {
			defer cancel()
			errs[1] = kv.Open(w.bus, topology.Secrets).Watch(ctx, w.filter, w.takeCredentials, w.synced)
		})
	}
	wg.Go(func() {
		defer cancel()
		errs[0] = kv.Open(w.bus, topology.Channels).Watch(ctx, settingsKey(w.network, "*"), w.takeSettings, w.synced)
	})
	w.tell(ctx, changed)
	wg.Wait()
	return errors.Join(errs...)
}

func (w *watch) takeSettings(key string, value []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.wake()
	delete(w.settings, key)
	if value == nil {
		return
	}
	c, err := readSettings(key, value)
	if err != nil {
		w.bus.Logger().Error("channel left out", "channel", strings.TrimPrefix(key, settingsPrefix), "err", err)
		return
	}
	w.tellings++
	w.settings[key] = told{c, w.tellings}
}

func (w *watch) takeCredentials(key string, value []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.wake()
	if value == nil {
		delete(w.credentials, key)
		return
	}
	w.credentials[key] = value
}

func (w *watch) synced() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reading--
	w.wake()
}

func (w *watch) wake() {
	select {
	case w.news <- struct{}{}:
	default:
	}
}

// tell calls changed until the context ends.
func (w *watch) tell(ctx context.Context, changed func([]Entry)) {
	var last []Entry
	first := true
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.news:
		}
		if !first {
			w.settle(ctx)
		}
		if ctx.Err() != nil {
			return
		}
		now, whole := w.entries()
		if !whole || !first && slices.EqualFunc(last, now, Entry.equal) {
			continue
		}
		first, last = false, slices.Clone(now)
		changed(now)
	}
}

// settle waits until no change comes any more.
func (w *watch) settle(ctx context.Context) {
	quiet, limit := time.NewTimer(together), time.NewTimer(atMost)
	defer quiet.Stop()
	defer limit.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-quiet.C:
			return
		case <-limit.C:
			return
		case <-w.news:
			quiet.Reset(together)
		}
	}
}

// entries are the complete channels, by id; false while not everything has been read.
func (w *watch) entries() ([]Entry, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.reading > 0 {
		return nil, false
	}
	latest := map[string]told{}
	for _, c := range w.settings {
		if c.at > latest[c.ID].at {
			latest[c.ID] = c
		}
	}
	var all []Entry
	for id, c := range latest {
		e := Entry{Channel: c.Channel}
		if w.account {
			e.Account = w.credentials[w.keyOf(c.Channel)]
		}
		if w.platform {
			e.Platform = w.credentials[topology.Platform+"."+id]
		}
		if w.account && e.Account == nil || w.platform && e.Platform == nil {
			if w.whole {
				w.bus.Logger().Info("a channel's credentials are waited for: puente apply of this version writes what the door needs", "channel", id)
				return nil, false
			}
			continue
		}
		all = append(all, e)
	}
	w.whole = false
	slices.SortFunc(all, func(a, b Entry) int { return strings.Compare(a.ID, b.ID) })
	return all, true
}

func (e Entry) equal(other Entry) bool {
	return e.Channel == other.Channel && bytes.Equal(e.Account, other.Account) && bytes.Equal(e.Platform, other.Platform)
}
