package directory

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"
	"unique"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/topology"
)

// Changes of several keys are told in one call: after a change, together is how long is waited for the next one, and atMost how long in
// all.
const together, atMost = 50 * time.Millisecond, 500 * time.Millisecond

// Watch calls changed with all channels, sorted by id: once when everything has been read, then after every change, one call at a
// time. It returns when the context ends, after the last call. If an earlier version wrote the settings, the first call is made after
// [Apply] of this version.
//
// far says which channels and credentials are given: for a network's name the channels of this network, with Account; for
// [topology.Platform] all channels, with Platform. A channel is told when both its settings and these credentials are there. One whose
// settings cannot be read is logged and left out.
//
// changed may keep and change the slice. The credentials in it are shared and must not be written to.
func Watch(ctx context.Context, b *bus.Bus, far string, changed func([]Entry)) error {
	platform := far == topology.Platform
	w := newWatch(b, asStored)
	w.filter = far + ".*"
	if platform {
		w.keyOf = func(c Channel) string { return topology.Platform + "." + c.ID }
	} else {
		w.network = far
	}
	return w.run(ctx, func(all []known[json.RawMessage]) {
		entries := slices.Grow([]Entry(nil), len(all))
		for _, k := range all {
			e := Entry{Channel: k.Channel}
			if platform {
				e.Platform = k.credentials
			} else {
				e.Account = k.credentials
			}
			entries = append(entries, e)
		}
		changed(entries)
	})
}

// asStored leaves credentials as they are.
func asStored(value []byte) json.RawMessage { return value }

// WatchSettings is [Watch] without credentials: all channels, with their settings.
func WatchSettings(ctx context.Context, b *bus.Bus, changed func([]Channel)) error {
	return newWatch(b, asStored).run(ctx, func(all []known[json.RawMessage]) {
		channels := slices.Grow([]Channel(nil), len(all))
		for _, k := range all {
			channels = append(channels, k.Channel)
		}
		changed(channels)
	})
}

// watch is what has been read so far. There may be very many channels, so it keeps of each only what the next call needs. C is what it
// keeps of the credentials.
type watch[C any] struct {
	bus  *bus.Bus
	news chan struct{} // has one when something changed

	// network is whose channels are told, "*" for all. filter is of the credentials that are needed, "" for none, and read is what is
	// kept of them.
	network string
	filter  string
	read    func(value []byte) C
	keyOf   func(Channel) string // where the credentials of a channel stand
	whole   bool                 // nothing is told before every channel's credentials are there, once

	mu          sync.Mutex
	reading     int             // buckets that have not been read whole yet
	settings    map[string]told // by key
	tellings    int             // how many settings were told
	credentials map[string]C    // by key
	untold      bool            // something changed since the last telling
}

// known is a channel with its credentials.
type known[C any] struct {
	Channel
	credentials C
}

// told are the settings of a channel, and when they were told: of two that have one id the later count, while a channel moves
// from a network to another. Its id is in its key; the rest is the same for most channels, and there once in the process.
type told struct {
	rest unique.Handle[Channel]
	at   int
}

// channel is the whole of it, told under a key.
func (t told) channel(key string) Channel {
	c := t.rest.Value()
	c.ID = channelOf(key)
	return c
}

// channelOf is the channel of a key of settings.
func channelOf(key string) string {
	_, id, _ := strings.Cut(strings.TrimPrefix(key, settingsPrefix), ".")
	return id
}

func newWatch[C any](b *bus.Bus, read func([]byte) C) *watch[C] {
	return &watch[C]{
		bus: b, network: "*", settings: map[string]told{}, credentials: map[string]C{}, news: make(chan struct{}, 1), keyOf: accountKey, read: read,
	}
}

func accountKey(c Channel) string { return c.Network + "." + c.ID }

func (w *watch[C]) run(ctx context.Context, changed func([]known[C])) error {
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

func (w *watch[C]) takeSettings(key string, value []byte) {
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
	c.ID = ""
	w.tellings++
	w.settings[key] = told{unique.Make(c), w.tellings}
}

func (w *watch[C]) takeCredentials(key string, value []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.wake()
	if value == nil {
		delete(w.credentials, key)
		return
	}
	w.credentials[key] = w.read(value)
}

func (w *watch[C]) synced() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reading--
	w.wake()
}

// wake has the channels told anew. The lock is held.
func (w *watch[C]) wake() {
	w.untold = true
	select {
	case w.news <- struct{}{}:
	default:
	}
}

// tell calls changed until the context ends.
func (w *watch[C]) tell(ctx context.Context, changed func([]known[C])) {
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
		if now, news := w.entries(); news {
			first = false
			changed(now)
		}
	}
}

// settle waits until no change comes any more.
func (w *watch[C]) settle(ctx context.Context) {
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

// entries are the complete channels, by id; false while not everything has been read, and where there is nothing new.
func (w *watch[C]) entries() ([]known[C], bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.reading > 0 || !w.untold {
		return nil, false
	}
	latest := make(map[string]string, len(w.settings)) // keys by id
	for key, c := range w.settings {
		if id := channelOf(key); c.at > w.settings[latest[id]].at {
			latest[id] = key
		}
	}
	all := make([]known[C], 0, len(latest))
	for _, key := range latest {
		k := known[C]{Channel: w.settings[key].channel(key)}
		if w.filter != "" {
			var there bool
			if k.credentials, there = w.credentials[w.keyOf(k.Channel)]; !there {
				if w.whole {
					w.bus.Logger().Info("a channel's credentials are waited for: puente apply of this version writes what the door needs", "channel", k.ID)
					return nil, false
				}
				continue
			}
		}
		all = append(all, k)
	}
	w.whole, w.untold = false, false
	slices.SortFunc(all, func(a, b known[C]) int { return strings.Compare(a.ID, b.ID) })
	return all, true
}
