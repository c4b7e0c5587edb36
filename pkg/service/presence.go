package service

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/version"
)

// Presence is a process that says it runs: one service of it, since an all-in-one is several.
type Presence struct {
	// Service and Instance name it, as leases and heartbeats do.
	Service  string `json:"service"`
	Instance string `json:"instance"`
	// Version is what it was built from.
	Version string `json:"version"`
	// Since is when it began, by its own clock.
	Since time.Time `json:"since"`
	// Form is in which form it reads and writes what is configured, see [directory.Form]; 0 for a process of an earlier version.
	Form int `json:"form,omitempty"`
}

// Times of presences. Nothing depends on them but what operators are shown: who may work on what is pkg/shard's.
const (
	presenceEvery  = 20 * time.Second
	presenceFor    = 3 * presenceEvery
	presenceForget = time.Hour
)

const presencePrefix = "process."

// present says that this process runs, in the bucket LEASES, until the context ends.
func present(ctx context.Context, b *bus.Bus) {
	p := Presence{Service: b.Name(), Instance: b.Instance(), Version: version.String(), Since: time.Now(), Form: directory.Form}
	data, err := json.Marshal(p)
	if err != nil {
		return // strings can always be written
	}
	bucket, key := kv.Open(b, topology.Leases), presencePrefix+p.Service+"."+p.Instance
	for {
		err := bucket.Put(ctx, key, data)
		wait := presenceEvery
		if err != nil {
			wait = time.Second // the bucket is not there yet, or the broker is away
		}
		if pause.For(ctx, wait) != nil {
			break
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = bucket.Delete(last, key) // one that stays is forgotten
}

// Present are the processes that say they run, by service and instance: those that said so within a minute. What has been
// silent for an hour is removed.
func Present(ctx context.Context, b *bus.Bus) ([]Presence, error) {
	all, err := presences(ctx, b, presencePrefix+">")
	if err != nil {
		return nil, err
	}
	return current(b, all), nil
}

// AllRead says whether every process reads and writes what is configured in this form, or a later one. A process that has ended without a
// word counts for an hour: it may be frozen only.
func AllRead(ctx context.Context, b *bus.Bus, form int) (bool, error) {
	all, err := presences(ctx, b, presencePrefix+">")
	if err != nil {
		return false, err
	}
	current(b, all) // forgets
	newest := newestOf(all)
	return !slices.ContainsFunc(all, func(e kv.Entry) bool {
		var p Presence
		return newest.Sub(e.Stored) <= presenceForget && (json.Unmarshal(e.Value, &p) != nil || p.Form < form)
	}), nil
}

// mostWait bounds [AwaitForm].
const mostWait = 5 * time.Minute

// AwaitForm waits until every process of a service that has said within a minute that it runs knows a form, see [Presence].Form: so that
// nothing is written that it could not read. It waits for five minutes at most, and logs what it waits for: a process of a version
// before that is meant to stay must not keep this one from its work. It fails when the context ends.
func AwaitForm(ctx context.Context, b *bus.Bus, name string, form int) error {
	begun, told := time.Now(), false
	for {
		before, err := before(ctx, b, name, form)
		if err == nil && !before {
			return nil
		}
		if time.Since(begun) > mostWait {
			b.Logger().Warn("a process of a version before still runs: it cannot read all that this one writes", "of", name, "err", err)
			return nil
		}
		if !told {
			told = true
			b.Logger().Info("a process of a version before is waited for", "of", name, "err", err)
		}
		if err := pause.For(ctx, time.Second); err != nil {
			return fmt.Errorf("wait for %s: %w", name, err)
		}
	}
}

// before says whether a process of a service, that has said within a minute that it runs, does not know a form.
func before(ctx context.Context, b *bus.Bus, name string, form int) (bool, error) {
	all, err := presences(ctx, b, presencePrefix+name+".*")
	now := newestOf(all)
	return slices.ContainsFunc(all, func(e kv.Entry) bool {
		var p Presence
		return now.Sub(e.Stored) <= presenceFor && (json.Unmarshal(e.Value, &p) != nil || p.Form < form)
	}), err
}

// presences are what processes have said, however long ago, by the keys that match a filter.
func presences(ctx context.Context, b *bus.Bus, filter string) ([]kv.Entry, error) {
	bucket := kv.Open(b, topology.Leases)
	var all []kv.Entry
	ctx, cancel := context.WithTimeout(ctx, bus.RequestTimeout)
	defer cancel()
	complete := false
	err := bucket.Follow(ctx, []string{filter}, func(e kv.Entry) {
		if !e.Deleted {
			all = append(all, e)
		}
	}, func() {
		complete = true
		cancel()
	})
	if !complete {
		return nil, cmp.Or(err, context.Cause(ctx))
	}
	return all, nil
}

// current are those of the entries that still say so. The broker's clock is the one that counts; the newest entry is how late
// it is at least.
func current(b *bus.Bus, all []kv.Entry) (here []Presence) {
	now := newestOf(all)
	for _, e := range all {
		var p Presence
		switch age := now.Sub(e.Stored); {
		case age > presenceForget:
			last, cancel := context.WithTimeout(context.Background(), time.Second)
			_ = kv.Open(b, topology.Leases).DeleteAt(last, e.Key, e.Revision)
			cancel()
		case age <= presenceFor && json.Unmarshal(e.Value, &p) == nil && strings.HasPrefix(e.Key, presencePrefix):
			here = append(here, p)
		}
	}
	slices.SortFunc(here, func(x, y Presence) int {
		return cmp.Or(cmp.Compare(x.Service, y.Service), cmp.Compare(x.Instance, y.Instance))
	})
	return here
}

// newestOf is when the newest of the entries was stored.
func newestOf(all []kv.Entry) (newest time.Time) {
	for _, e := range all {
		if e.Stored.After(newest) {
			newest = e.Stored
		}
	}
	return newest
}
