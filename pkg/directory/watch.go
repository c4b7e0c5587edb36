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
	"github.com/bonychat/puente/pkg/topology"
)

// What one writer changes in several keys is told at once: together is how long further changes are waited for, and
// atMost for how long in all, while they keep coming.
const together, atMost = 50 * time.Millisecond, 500 * time.Millisecond

// Watch calls changed with the channels, by id: first once everything that is there has been read, then after every
// change, one call at a time. It returns when the context ends, after the last call.
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
		w.account = func(c Channel) bool { return c.Network == far }
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

	// filter is of the credentials that are needed, "" for none; account and platform say which: account whose channels
	// are told (nil for all, without an account).
	filter   string
	account  func(Channel) bool
	platform bool
	keyOf    func(Channel) string // where the account of a channel stands
	whole    bool                 // nothing is told before every channel's credentials are there, once

	mu          sync.Mutex
	reading     int // buckets that have not been read whole yet
	settings    map[string]Channel
	credentials map[string]json.RawMessage // by key
}

func newWatch(b *bus.Bus) *watch {
	return &watch{bus: b, settings: map[string]Channel{}, credentials: map[string]json.RawMessage{}, news: make(chan struct{}, 1), keyOf: accountKey}
}

func accountKey(c Channel) string { return c.Network + "." + c.ID }

func (w *watch) run(ctx context.Context, changed func([]Entry)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	errs := make([]error, 2)
	w.reading = 1
	if w.filter != "" {
		w.reading = 2
		wg.Go(func() {
			defer cancel()
			errs[1] = w.bus.Bucket(topology.Secrets).Watch(ctx, w.filter, w.takeCredentials, w.synced)
		})
	}
	wg.Go(func() {
		defer cancel()
		errs[0] = w.bus.Bucket(topology.Channels).Watch(ctx, settingsPrefix+"*", w.takeSettings, w.synced)
	})
	w.tell(ctx, changed)
	wg.Wait()
	return errors.Join(errs...)
}

func (w *watch) takeSettings(key string, value []byte) {
	id := strings.TrimPrefix(key, settingsPrefix)
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.wake()
	delete(w.settings, id)
	if value == nil {
		return
	}
	c, err := readSettings(id, value)
	if err != nil {
		w.bus.Logger().Error("channel left out", "channel", id, "err", err)
		return
	}
	w.settings[id] = c
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
	var all []Entry
	for id, c := range w.settings {
		if w.account != nil && !w.account(c) {
			continue
		}
		e := Entry{Channel: c}
		if w.account != nil {
			e.Account = w.credentials[w.keyOf(c)]
		}
		if w.platform {
			e.Platform = w.credentials[topology.Platform+"."+id]
		}
		if w.account != nil && e.Account == nil || w.platform && e.Platform == nil {
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
