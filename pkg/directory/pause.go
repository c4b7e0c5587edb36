package directory

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/topology"
)

// Pause holds everything that is to be sent to a channel's destination, because an operator said so. It is stored in CHANNELS under
// pause.<far>.<channel>. The process that sends for the channel hears of it within a second.
type Pause struct {
	// Far is the destination: the channel's network, or [topology.Platform]. Channel is the channel's id. Both are in the key only.
	Far     string `json:"-"`
	Channel string `json:"-"`
	// Reason is written by the operator for other operators: 1 to 200 characters, without personal data. By is the operator's name,
	// at most 100 characters.
	Reason string `json:"reason"`
	By     string `json:"by"`
	// Since is when it began. Until is when it ends by itself; zero where it lasts until it is resumed.
	Since time.Time `json:"since"`
	Until time.Time `json:"until,omitzero"`
}

// Bounds of a pause, in characters.
const (
	maxPauseReason = 200
	maxPauseBy     = 100
)

const pausePrefix = "pause."

// Holds says whether the pause is in force at a time. One that is over may stay in the bucket until the process that sends for the
// channel has seen it.
func (p Pause) Holds(now time.Time) bool { return p.Until.IsZero() || now.Before(p.Until) }

// pauseKey is where a channel's pause stands.
func pauseKey(far, channel string) string { return pausePrefix + far + "." + channel }

// validate says what is wrong with a pause that is to be stored.
func (p Pause) validate() error {
	var errs []error
	if n := utf8.RuneCountInString(p.Reason); n == 0 || n > maxPauseReason {
		errs = append(errs, fmt.Errorf("reason: %d characters, 1 to %d are allowed", n, maxPauseReason))
	}
	if n := utf8.RuneCountInString(p.By); n > maxPauseBy {
		errs = append(errs, fmt.Errorf("by: %d characters, at most %d are allowed", n, maxPauseBy))
	}
	if !p.Until.IsZero() && !p.Until.After(p.Since) {
		errs = append(errs, errors.New("until: it is over before it begins"))
	}
	if strings.ContainsAny(p.Far+p.Channel, ".*> ") || p.Far == "" || p.Channel == "" {
		errs = append(errs, errors.New("channel: it is none"))
	}
	return errors.Join(errs...)
}

// SetPause pauses a channel, in place of a pause that it may have. If Since is zero it becomes now. The caller has to make sure that
// there is such a channel. An error about a bound of [Pause] holds nothing of what was typed.
func SetPause(ctx context.Context, b *bus.Bus, p Pause) error {
	if p.Since.IsZero() {
		p.Since = time.Now()
	}
	if err := p.validate(); err != nil {
		return fmt.Errorf("pause: %w", err)
	}
	data, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("pause: %w", err)
	}
	return kv.Open(b, topology.Channels).Put(ctx, pauseKey(p.Far, p.Channel), data)
}

// ErrNotPaused means that there is no pause that could be changed.
var ErrNotPaused = errors.New("the channel is not paused")

// mostPauseTries bounds how often a pause is written that others change at the same time.
const mostPauseTries = 10

// Repause pauses a channel, or gives the pause that holds another end and another reason: it goes on since it began, and nothing is sent
// in between. was is the one that held, where held is true. With only it begins none: [ErrNotPaused] where none holds, such as one that
// has just been resumed.
func Repause(ctx context.Context, b *bus.Bus, p Pause, only bool) (was Pause, held bool, err error) {
	bucket, key, began := kv.Open(b, topology.Channels), pauseKey(p.Far, p.Channel), p.Since
	for range mostPauseTries {
		data, revision, err := bucket.Get(ctx, key)
		if err != nil && !errors.Is(err, bus.ErrNotFound) {
			return Pause{}, false, err
		}
		was, held, p.Since = Pause{}, false, began
		if err == nil {
			was, err = readPause(key, data)
			held = err == nil && was.Holds(time.Now())
		}
		switch {
		case held:
			p.Since = was.Since
		case only:
			return Pause{}, false, ErrNotPaused
		case began.IsZero():
			p.Since = time.Now()
		}
		if err := p.validate(); err != nil {
			return was, held, fmt.Errorf("pause: %w", err)
		}
		if data, err = json.Marshal(p); err != nil {
			return was, held, fmt.Errorf("pause: %w", err)
		}
		if _, err = bucket.Update(ctx, key, data, revision); !errors.Is(err, bus.ErrConflict) {
			return was, held, err
		}
	}
	return was, held, fmt.Errorf("pause of channel %s: %w", p.Channel, bus.ErrConflict)
}

// Resume ends the pause of a channel, and returns it. held is false if there was none in force.
func Resume(ctx context.Context, b *bus.Bus, far, channel string) (was Pause, held bool, err error) {
	bucket := kv.Open(b, topology.Channels)
	data, _, err := bucket.Get(ctx, pauseKey(far, channel))
	if errors.Is(err, bus.ErrNotFound) {
		return Pause{}, false, nil
	}
	if err != nil {
		return Pause{}, false, err
	}
	was, err = readPause(pauseKey(far, channel), data)
	// what cannot be read holds nobody, and goes too
	held = err == nil && was.Holds(time.Now())
	return was, held, bucket.Delete(ctx, pauseKey(far, channel))
}

// Pauses are all pauses that are in force now, sorted by destination and channel.
func Pauses(ctx context.Context, b *bus.Bus) ([]Pause, error) {
	stored, err := kv.Open(b, topology.Channels).All(ctx)
	if err != nil {
		return nil, err
	}
	var all []Pause
	for key, data := range stored {
		if p, err := readPause(key, data); err == nil && p.Holds(time.Now()) {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b Pause) int {
		return cmp.Or(cmp.Compare(a.Far, b.Far), cmp.Compare(a.Channel, b.Channel))
	})
	return all, nil
}

// WatchPauses calls changed for each pause of a destination, and then for every change, until the context ends. p is nil when a channel
// is no longer paused. A pause that ends by itself is not told again, since [Pause].Until says when it ends. synced is called once, after
// all pauses that there were have been told. It makes one call at a time.
func WatchPauses(ctx context.Context, b *bus.Bus, far string, changed func(channel string, p *Pause), synced func()) error {
	prefix := pauseKey(far, "")
	return kv.Open(b, topology.Channels).Watch(ctx, prefix+"*", func(key string, data []byte) {
		channel := strings.TrimPrefix(key, prefix)
		if data == nil {
			changed(channel, nil)
			return
		}
		p, err := readPause(key, data)
		if err != nil {
			b.Logger().Error("pause not read: the channel goes on", "far", far, "channel", channel, "err", err)
			changed(channel, nil)
			return
		}
		changed(channel, &p)
	}, synced)
}

// EndPause removes a pause that is over, unless another one has replaced it.
func EndPause(ctx context.Context, b *bus.Bus, p Pause) error {
	bucket, key := kv.Open(b, topology.Channels), pauseKey(p.Far, p.Channel)
	data, revision, err := bucket.Get(ctx, key)
	if errors.Is(err, bus.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if now, err := readPause(key, data); err == nil && (!now.Since.Equal(p.Since) || now.Holds(time.Now())) {
		return nil // there is another by now
	}
	if err := bucket.DeleteAt(ctx, key, revision); err != nil && !errors.Is(err, bus.ErrConflict) {
		return err
	}
	return nil
}

// readPause reads a pause under its key; an error where that is none.
func readPause(key string, data []byte) (p Pause, err error) {
	rest, ok := strings.CutPrefix(key, pausePrefix)
	far, channel, both := strings.Cut(rest, ".")
	if !ok || !both {
		return p, errors.New("not the key of a pause")
	}
	if err := json.Unmarshal(data, &p); err != nil {
		return p, fmt.Errorf("pause of channel %s: %w", channel, err)
	}
	p.Far, p.Channel = far, channel
	return p, nil
}
