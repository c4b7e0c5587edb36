package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Storage is how the streams of a deployment are kept.
type Storage struct {
	// Replicas is on how many servers each stream is: 1, 3 or 5.
	Replicas int
	// Bytes is what all streams, buckets and attachments may take together on each server: their limits are shares of
	// it. Default [DefaultStore].
	Bytes int64
	// NewDigestKey makes a new digest key where the old one is lost. Without it a lost key is [ErrDigestKeyLost].
	NewDigestKey bool
}

// DefaultStore is what all that is kept may take together on each server, in bytes, where nothing else is configured. It
// fits an ordinary disk, whatever the number of networks.
const DefaultStore = 20 * gigabyte

// settingsShare of the whole is what each bucket of settings may take at most: they grow with the channels, not with
// the traffic.
const settingsShare = 64

// bytes is the whole, with its default.
func (s Storage) bytes() int64 {
	if s.Bytes == 0 {
		return DefaultStore
	}
	return s.Bytes
}

// limits are the streams, the buckets and the attachments' bytes of a deployment, within its storage. The sizes that
// streams declare are weights. The streams of the far ends share what those of the platform and one network have: with
// more networks each gets less, and nothing else does.
func (s Storage) limits(networks []string) (streams []Stream, kept []bucket, media int64) {
	streams, kept, media = Streams(networks), append([]bucket(nil), buckets...), mediaBytes
	far := min(1, float64(farWeight(Streams([]string{"one"})))/float64(farWeight(streams)))
	weight := func(st Stream) float64 {
		if ofFarEnd(st) {
			return float64(st.MaxBytes) * far
		}
		return float64(st.MaxBytes)
	}
	left, declared := s.bytes(), float64(media)
	for i := range kept {
		if kept[i].settings {
			kept[i].maxBytes = min(kept[i].maxBytes, s.bytes()/settingsShare)
			left -= kept[i].maxBytes
		} else {
			declared += float64(kept[i].maxBytes)
		}
	}
	for _, st := range streams {
		declared += weight(st)
	}
	share := float64(left) / declared
	for i := range streams {
		streams[i].MaxBytes = int64(weight(streams[i]) * share)
	}
	for i := range kept {
		if !kept[i].settings {
			kept[i].maxBytes = int64(float64(kept[i].maxBytes) * share)
		}
	}
	return streams, kept, int64(float64(media) * share)
}

// ofFarEnd says that there is one such stream for each network.
func ofFarEnd(s Stream) bool {
	kind, _, ok := strings.Cut(s.Name, "_")
	return ok && (kind == "WEBHOOKS" || kind == "EGRESS" || kind == "OUTCOMES")
}

func farWeight(streams []Stream) (sum int64) {
	for _, s := range streams {
		if ofFarEnd(s) {
			sum += s.MaxBytes
		}
	}
	return sum
}

// planKey is where CHANNELS says what the streams were made for, so that who verifies them computes the same limits as
// who made them.
const planKey = "storage.plan"

// plan is what the streams of a deployment were made for.
type plan struct {
	Bytes    int64    `json:"bytes"`
	Networks []string `json:"networks"`
}

func (b *Bus) writePlan(ctx context.Context, p plan) error {
	data, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("storage plan: %w", err)
	}
	return b.Bucket(Channels).Put(ctx, planKey, data)
}

// planned are the limits of the streams in bytes, by name, as they were made; empty where that is not known.
func (b *Bus) planned(ctx context.Context) (map[string]int64, error) {
	data, _, err := b.Bucket(Channels).Get(ctx, planKey)
	if errors.Is(err, ErrNotFound) {
		return nil, nil // made by a version that left no plan
	}
	if err != nil {
		return nil, fmt.Errorf("storage plan: %w", err)
	}
	var p plan
	if err := json.Unmarshal(data, &p); err != nil {
		return nil, fmt.Errorf("storage plan: %w", err)
	}
	streams, _, _ := Storage{Bytes: p.Bytes}.limits(p.Networks)
	limits := map[string]int64{}
	for _, s := range streams {
		limits[s.Name] = s.MaxBytes
	}
	return limits, nil
}

// Size is a number of bytes for a person: "1.5 GB". Units are those of the configuration, powers of 1,024.
func Size(bytes int64) string {
	n, unit := float64(bytes)/(1<<20), "MB"
	for _, larger := range []string{"GB", "TB"} {
		if n < 1024 {
			break
		}
		n, unit = n/1024, larger
	}
	return strings.TrimSuffix(strconv.FormatFloat(n, 'f', 1, 64), ".0") + " " + unit
}
