package provision

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/topology"
)

// Storage is how the streams of a deployment are kept: what an operator decides. It is checked by package config; the broker refuses
// what it cannot do.
type Storage struct {
	// Replicas is on how many servers each stream is: 1, 3 or 5.
	Replicas int
	// Bytes is what all streams, buckets and attachments may take together on the disk of each server. Their limits are shares of it.
	// Default [topology.DefaultStore].
	Bytes int64
	// Sent is how long the text of a message is kept after its network took it, see [topology.Sent]; nil means
	// [topology.KeepSent]. With 0 none is kept, and what was kept is removed.
	Sent *time.Duration
	// NewDigestKey makes a new digest key where the old one is lost. Without it a lost key is [ErrDigestKeyLost]. Where the key is
	// there, it changes nothing.
	NewDigestKey bool
	// DigestKey is the key of this deployment, 32 bytes, where its operator keeps it; nil where the broker alone has it. Where the
	// broker has none, this one is stored, so that a lost key comes back. Where the broker has another, Apply fails with
	// [ErrDigestKeyDiffers].
	DigestKey []byte
	// Converted is told of each queue of an earlier version that was converted, with how many messages it held; nil tells nobody.
	Converted func(stream string, messages uint64)
}

// sent is how long texts are kept.
func (s Storage) sent() time.Duration {
	if s.Sent == nil {
		return topology.KeepSent
	}
	return *s.Sent
}

// planKey is where CHANNELS says what the streams were made for, so that who verifies them computes the same limits as
// who made them.
const planKey = "storage.plan"

// plan is what the streams of a deployment were made for. Limits follow from it alone, by [topology.LimitsOf]: a process that computes
// them otherwise, of another version, warns of each stream until that version has applied. It is read by processes of other versions: fields are added, never
// renamed.
type plan struct {
	Bytes    int64    `json:"bytes"`
	Networks []string `json:"networks"`
	// Sent is in nanoseconds; nil where a version made the plan that knew no such stream.
	Sent *time.Duration `json:"sent,omitempty"`
}

// writePlan says for whoever verifies what the streams have just been made for. The last who applied is right.
func writePlan(ctx context.Context, b *bus.Bus, p plan) error {
	data, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("storage plan: %w", err)
	}
	return kv.Open(b, topology.Channels).Put(ctx, planKey, data)
}

// planned are the streams as they were made, by name; nil where that is not known.
func planned(ctx context.Context, b *bus.Bus) (map[string]topology.Stream, error) {
	data, _, err := kv.Open(b, topology.Channels).Get(ctx, planKey)
	if errors.Is(err, bus.ErrNotFound) {
		return nil, nil // made by a version that left no plan
	}
	if err != nil {
		return nil, fmt.Errorf("storage plan: %w", err)
	}
	var p plan
	if err := json.Unmarshal(data, &p); err != nil {
		return nil, fmt.Errorf("storage plan: %w", err)
	}
	made := map[string]topology.Stream{}
	for _, s := range topology.LimitsOf(p.Networks, p.Bytes, Storage{Sent: p.Sent}.sent()).Streams {
		made[s.Name] = s
	}
	return made, nil
}
