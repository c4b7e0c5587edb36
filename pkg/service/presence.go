package service

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/directory"
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
	// Form is in which form it reads and writes what is configured, see [directory.Form]; 0 for a process of a version before.
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
	bucket, key := b.Bucket(topology.Leases), presencePrefix+p.Service+"."+p.Instance
	for {
		err := bucket.Put(ctx, key, data)
		pause := presenceEvery
		if err != nil {
			pause = time.Second // the bucket is not there yet, or the broker is away
		}
		if bus.Pause(ctx, pause) != nil {
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
	all, err := presences(ctx, b)
	if err != nil {
		return nil, err
	}
	return current(b, all), nil
}

// AllRead says whether every process reads and writes what is configured in this form, or a later one. A process that has ended without a
// word counts for an hour: it may be frozen only.
func AllRead(ctx context.Context, b *bus.Bus, form int) (bool, error) {
	all, err := presences(ctx, b)
	if err != nil {
		return false, err
	}
	current(b, all) // forgets
	newest := newestOf(all)
	return !slices.ContainsFunc(all, func(e bus.KeyEntry) bool {
		var p Presence
		return newest.Sub(e.Stored) <= presenceForget && (json.Unmarshal(e.Value, &p) != nil || p.Form < form)
	}), nil
}

// presences are what processes have said, however long ago.
func presences(ctx context.Context, b *bus.Bus) ([]bus.KeyEntry, error) {
	bucket := b.Bucket(topology.Leases)
	var all []bus.KeyEntry
	ctx, cancel := context.WithTimeout(ctx, bus.RequestTimeout)
	defer cancel()
	complete := false
	err := bucket.Follow(ctx, []string{presencePrefix + ">"}, func(e bus.KeyEntry) {
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
func current(b *bus.Bus, all []bus.KeyEntry) (here []Presence) {
	now := newestOf(all)
	for _, e := range all {
		var p Presence
		switch age := now.Sub(e.Stored); {
		case age > presenceForget:
			last, cancel := context.WithTimeout(context.Background(), time.Second)
			_ = b.Bucket(topology.Leases).DeleteAt(last, e.Key, e.Revision)
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
func newestOf(all []bus.KeyEntry) (newest time.Time) {
	for _, e := range all {
		if e.Stored.After(newest) {
			newest = e.Stored
		}
	}
	return newest
}
