package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"
)

// A unit is what has one owner at a time: a channel of EGRESS_<far>, a partition of MESSAGES, WEBHOOKS_* or
// OUTCOMES_*. Its record in LEASES says who owns it, which consumers may still exist and how far it came. Whoever
// wants to act for a unit rewrites its record by compare-and-set first: refused, it is no longer the owner.
type unit struct {
	bus   *Bus
	owner string
	key   string
	name  string // unique within the service, fit for a consumer's name

	mu       sync.Mutex
	record   unitRecord
	revision uint64
}

// unitRecord is what LEASES holds under unit.<service>.<name>.
type unitRecord struct {
	Owner string `json:"owner"`
	// Consumers are all that may still exist: a name is written here before the consumer is created, and leaves only
	// when its deletion is confirmed.
	Consumers []string `json:"consumers,omitempty"`
	// Position is the last entry of a stream with limits that is finished together with all before it.
	Position uint64 `json:"position,omitempty"`
}

// errLost means that another process owns the unit now.
var errLost = errors.New("another process took the unit")

// take makes this process the owner, whoever was it before, and keeps position and consumers. There is one process of
// a service: the one that came last.
func (b *Bus) take(ctx context.Context, service, name string) (*unit, error) {
	u := &unit{bus: b, owner: b.instance, key: "unit." + service + "." + name, name: service + "-" + name}
	for {
		err := u.read(ctx)
		if err == nil {
			before := u.record.Owner
			u.record.Owner = u.owner
			if err = u.store(ctx, u.record); err == nil {
				if before != "" && before != u.owner {
					b.log.Debug("unit taken over", "unit", name, "from", before)
				}
				return u, nil
			}
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return nil, fmt.Errorf("take unit %s: %w", name, err)
		}
		if !errors.Is(err, ErrConflict) && !errors.Is(err, ErrExists) {
			b.log.Warn("unit not taken yet", "unit", name, "err", err)
		}
	}
}

// change rewrites the record at the revision it holds. [errLost] means that it is another's.
func (u *unit) change(ctx context.Context, change func(*unitRecord)) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	next := u.record
	change(&next)
	err := u.store(ctx, next)
	if !errors.Is(err, ErrConflict) && !errors.Is(err, ErrExists) {
		return err
	}
	// an earlier write whose answer was lost looks like another's: read who it was
	if err := u.read(ctx); err != nil {
		return err
	}
	if u.record.Owner != u.owner {
		return errLost
	}
	next = u.record
	change(&next)
	return u.store(ctx, next)
}

func (u *unit) read(ctx context.Context) error {
	data, revision, err := u.bus.Bucket(Leases).Get(ctx, u.key)
	if errors.Is(err, ErrNotFound) {
		u.record, u.revision = unitRecord{}, 0
		return nil
	}
	if err != nil {
		return err
	}
	var r unitRecord
	if err := json.Unmarshal(data, &r); err != nil {
		return fmt.Errorf("record of unit %s: %w", u.name, err)
	}
	u.record, u.revision = r, revision
	return nil
}

func (u *unit) store(ctx context.Context, r unitRecord) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	var revision uint64
	if u.revision == 0 {
		revision, err = u.bus.Bucket(Leases).Create(ctx, u.key, data)
	} else {
		revision, err = u.bus.Bucket(Leases).Update(ctx, u.key, data, u.revision)
	}
	if err != nil {
		return err
	}
	u.record, u.revision = r, revision
	return nil
}

func (u *unit) position() uint64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.record.Position
}

// pause waits, or returns the context's error.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
