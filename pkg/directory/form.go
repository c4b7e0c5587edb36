package directory

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/pkg/topology"
)

// Form is the number of the form in which this version stores what is configured:
//
//   - 1, which is written nowhere: settings are under settings.<channel>;
//   - 2: settings are under their network;
//   - 3: keys are deleted without roll-ups (see provision.DenyRollups);
//   - 4: attachments are on a stream of their own, with their network in their id (see package media), and ingress has midstates in
//     place of keys (see [Verifier]).
//
// [Apply] writes this form, and says so under a key of its own. As long as values in the earlier form are there, it keeps them up to
// date too, so that a process of an earlier version does not take a channel for removed. [DropEarlier] ends that.
const Form = 4

const earlierPrefix = "settings."

// earlierKey is where earlier versions kept the settings of a channel.
func earlierKey(channel string) string { return earlierPrefix + channel }

// formKey is the key in CHANNELS that says that all settings are written in the form of this version.
const formKey = "form.channels"

// idsOf are the channels that a bucket holds the settings of, in whatever form.
func idsOf(settings map[string][]byte) map[string]bool {
	ids := map[string]bool{}
	for key := range settings {
		if id, ok := strings.CutPrefix(key, earlierPrefix); ok {
			ids[id] = true
		} else if rest, ok := strings.CutPrefix(key, settingsPrefix); ok {
			_, id, _ := strings.Cut(rest, ".")
			ids[id] = true
		}
	}
	return ids
}

// isSettings says that a key of CHANNELS holds settings, in whatever form.
func isSettings(key string) bool {
	return strings.HasPrefix(key, settingsPrefix) || strings.HasPrefix(key, earlierPrefix)
}

// hasEarlier says that there are settings in the earlier form.
func hasEarlier(settings map[string][]byte) bool {
	for key := range settings {
		if strings.HasPrefix(key, earlierPrefix) {
			return true
		}
	}
	return false
}

// sayWritten says that all settings are written in the form of this version.
func sayWritten(ctx context.Context, b *bus.Bus, have map[string][]byte) error {
	if _, ok := have[formKey]; ok {
		return nil
	}
	return kv.Open(b, topology.Channels).Put(ctx, formKey, []byte("2"))
}

// How long is waited between two looks whether settings are written: at first, and at most.
const writtenPause, writtenPauseMax = 100 * time.Millisecond, 5 * time.Second

// awaitWritten waits until the settings are written in the form of this version, or the context ends. A process that read them
// earlier would find no channels, and treat all messages as those of removed channels.
func awaitWritten(ctx context.Context, b *bus.Bus) error {
	told := false
	for wait := writtenPause; ; wait = min(2*wait, writtenPauseMax) {
		_, _, err := kv.Open(b, topology.Channels).Get(ctx, formKey)
		switch {
		case err == nil:
			return nil
		case b.Over() && ctx.Err() == nil:
			return bus.ErrClosed
		case errors.Is(err, bus.ErrNotFound) && !told:
			told = true
			b.Logger().Info("channels are waited for: puente apply of this version writes them")
		}
		if pause.For(ctx, wait) != nil {
			return nil
		}
	}
}

// DropEarlier removes settings in the form of earlier versions, and the parts of verifiers that only these read, if [Apply] has written
// this version's form. Afterwards a process of an earlier version would treat every channel as removed and refuse every call, so none
// may run: see service.AllRead.
func DropEarlier(ctx context.Context, b *bus.Bus) error {
	bucket := kv.Open(b, topology.Channels)
	have, err := bucket.All(ctx)
	if err != nil {
		return err
	}
	if _, written := have[formKey]; !written {
		return nil
	}
	if err := tidy(ctx, bucket, have, nil, func(key string) bool { return strings.HasPrefix(key, earlierPrefix) }); err != nil {
		return err
	}
	return dropPlain(ctx, kv.Open(b, topology.Secrets))
}
