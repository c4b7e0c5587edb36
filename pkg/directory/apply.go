package directory

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/topology"
)

// Difference is what a change of the configuration changed: ids of channels, sorted.
type Difference struct{ Added, Changed, Removed []string }

// Empty is true when nothing changed.
func (d Difference) Empty() bool { return len(d.Added)+len(d.Changed)+len(d.Removed) == 0 }

// maxShown is how many ids of a kind a difference shows.
const maxShown = 50

// String is the difference in a line: "added A, B; changed C".
func (d Difference) String() string {
	var kinds []string
	for _, k := range []struct {
		verb string
		ids  []string
	}{{"added", d.Added}, {"changed", d.Changed}, {"removed", d.Removed}} {
		if len(k.ids) == 0 {
			continue
		}
		kinds = append(kinds, k.verb+" "+shown(k.ids))
	}
	if len(kinds) == 0 {
		return "nothing changed"
	}
	return strings.Join(kinds, "; ")
}

// shown are ids for a person, not too many of them.
func shown(ids []string) string {
	text := strings.Join(ids[:min(len(ids), maxShown)], ", ")
	if more := len(ids) - maxShown; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// Fill makes the buckets hold these channels and no others.
func Fill(ctx context.Context, b *bus.Bus, entries []Entry) error {
	_, err := Apply(ctx, b, entries)
	return err
}

// RemovesAllError is returned by [Apply] for a list without channels while the buckets hold some: nearly always the file was cut off,
// or is the wrong one. [Clear] removes all channels.
type RemovesAllError struct {
	// Channels are the ids of the channels that the buckets hold, sorted.
	Channels []string
}

func (e *RemovesAllError) Error() string {
	return fmt.Sprintf("there is no channel in the configuration, and the broker has %d (%s): none was removed", len(e.Channels), shown(e.Channels))
}

// Apply makes the buckets hold these channels and no others, and says what changed. Values that are right already are not written.
// A list without channels is refused with a [RemovesAllError] if the buckets hold some. After an error call it again: it goes on
// where it broke off. Only one process may call it at a time.
func Apply(ctx context.Context, b *bus.Bus, entries []Entry) (Difference, error) {
	if err := keepsSome(ctx, b, entries); err != nil {
		return Difference{}, err
	}
	return replace(ctx, b, entries)
}

// keepsSome refuses a list without channels while there are some.
func keepsSome(ctx context.Context, b *bus.Bus, entries []Entry) error {
	if len(entries) > 0 {
		return nil
	}
	have, err := kv.Open(b, topology.Channels).All(ctx)
	if err != nil {
		return err
	}
	if ids := slices.Sorted(maps.Keys(idsOf(have))); len(ids) > 0 {
		return &RemovesAllError{Channels: ids}
	}
	return nil
}

// Preview says what [Apply] would change, and changes nothing; with removeAll and without entries, what [Clear] would change. It
// refuses what Apply refuses. If there are no buckets yet, every channel counts as added.
func Preview(ctx context.Context, b *bus.Bus, entries []Entry, removeAll bool) (Difference, error) {
	for _, bucket := range []string{topology.Channels, topology.Secrets} {
		if _, err := kv.Open(b, bucket).All(ctx); errors.Is(err, kv.ErrNoBucket) {
			var d Difference
			for _, e := range entries {
				d.Added = append(d.Added, e.ID)
			}
			slices.Sort(d.Added)
			return d, nil
		}
	}
	if !removeAll {
		if err := keepsSome(ctx, b, entries); err != nil {
			return Difference{}, err
		}
	}
	return Compare(ctx, b, entries)
}

// Compare says what [Apply] would change, and changes nothing; without entries, what [Clear] would change.
func Compare(ctx context.Context, b *bus.Bus, entries []Entry) (Difference, error) {
	return compare(ctx, b, entries, true)
}

// Clear removes all channels, and says which they were.
func Clear(ctx context.Context, b *bus.Bus) (Difference, error) { return replace(ctx, b, nil) }

// replace makes the buckets hold these channels and no others.
func replace(ctx context.Context, b *bus.Bus, entries []Entry) (Difference, error) {
	return compare(ctx, b, entries, false)
}

// compare finds what is different, and puts it right unless only the difference is asked for.
func compare(ctx context.Context, b *bus.Bus, entries []Entry, only bool) (d Difference, err error) {
	settings, secrets := kv.Open(b, topology.Channels), kv.Open(b, topology.Secrets)
	haveSettings, err := settings.All(ctx)
	if err != nil {
		return Difference{}, err
	}
	haveSecrets, err := secrets.All(ctx)
	if err != nil {
		return Difference{}, err
	}
	had, earlier, door := idsOf(haveSettings), hasEarlier(haveSettings), hasPlain(haveSecrets)
	keep, listed := map[string]bool{}, map[string]bool{}
	for _, e := range entries {
		data, err := json.Marshal(e.Channel)
		if err != nil {
			return Difference{}, fmt.Errorf("channel %s: %w", e.ID, err)
		}
		account, verifier := e.Network+"."+e.ID, verifierKey(e.Network, e.ID)
		judged, err := e.verifier(haveSecrets[verifier], bytes.Equal(haveSecrets[account], e.Account), door)
		if err != nil {
			return Difference{}, fmt.Errorf("channel %s: %w", e.ID, err)
		}
		writes := []write{
			// credentials first: a channel that can be seen can be used
			{bucket: secrets, have: haveSecrets, key: account, value: e.Account},
			{bucket: secrets, have: haveSecrets, key: verifier, value: judged},
			{bucket: secrets, have: haveSecrets, key: topology.Platform + "." + e.ID, value: e.Platform},
			{bucket: settings, have: haveSettings, key: settingsKey(e.Network, e.ID), value: data, before: haveSettings[earlierKey(e.ID)]},
		}
		if earlier { // processes of an earlier version may still read them
			writes = append(writes, write{bucket: settings, have: haveSettings, key: earlierKey(e.ID), value: data, copy: true})
		}
		different := false
		for _, w := range writes {
			keep[w.key] = true
			if old, ok := w.have[w.key]; ok && bytes.Equal(old, w.value) {
				continue
			}
			_, there := w.have[w.key]
			// a verifier follows from the others, and what stood in the form before is no change
			different = different || w.key != verifier && (there || w.before == nil || !bytes.Equal(w.before, w.value)) && !w.copy
			if only {
				continue
			}
			if err := w.bucket.Put(ctx, w.key, w.value); err != nil {
				return Difference{}, err
			}
		}
		listed[e.ID] = true
		if !had[e.ID] {
			d.Added = append(d.Added, e.ID)
		} else if different {
			d.Changed = append(d.Changed, e.ID)
		}
	}
	for id := range had {
		if !listed[id] {
			d.Removed = append(d.Removed, id)
		}
	}
	d.sort()
	if only {
		return d, nil
	}
	if err := sayWritten(ctx, b, haveSettings); err != nil {
		return Difference{}, err
	}
	// before their settings, which tell of them: what broke off is done again
	if err := forget(ctx, b, haveSettings, keep); err != nil {
		return Difference{}, err
	}
	if err := tidy(ctx, settings, haveSettings, keep, isSettings); err != nil {
		return Difference{}, err
	}
	// a key without a dot is the deployment's own
	return d, tidy(ctx, secrets, haveSecrets, keep, func(key string) bool { return strings.Contains(key, ".") })
}

// write is a key that is to hold a value.
type write struct {
	bucket *kv.Bucket
	have   map[string][]byte // what the bucket holds
	key    string
	value  []byte
	before []byte // what an earlier form holds, nil for nothing: the same there is no change
	copy   bool   // it says what another key says
}

// tidy removes the keys of channels that are not to be kept.
func tidy(ctx context.Context, bucket *kv.Bucket, have map[string][]byte, keep map[string]bool, ofChannel func(key string) bool) error {
	for key := range have {
		if keep[key] || !ofChannel(key) {
			continue
		}
		if err := bucket.Delete(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

// sort puts the ids in order.
func (d Difference) sort() {
	slices.Sort(d.Added)
	slices.Sort(d.Changed)
	slices.Sort(d.Removed)
}
