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
	bus    *Bus
	owner  string
	key    string
	name   string // unique within the deployment, fit for a consumer's name
	filter string

	// hard ends when even what was begun has to stop.
	hard    context.Context
	endHard context.CancelFunc
	member  *member // nil for the process that has the broker to itself

	mu       sync.Mutex
	record   unitRecord
	revision uint64
	lapse    int  // the member's when ownership was last confirmed
	lost     bool // for good: what is held here is another's record
}

func unitKey(service, name string) string { return "unit." + service + "." + name }

func (b *Bus) newUnit(service string, named Unit) *unit {
	return &unit{bus: b, owner: b.instance, key: unitKey(service, named.Name), name: service + "-" + named.Name, filter: named.Filter}
}

// begin makes the unit's hard context for work under a context that ends when the unit is given up.
func (u *unit) begin(ctx context.Context) (done func()) {
	u.hard, u.endHard = context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(stopGrace, u.endHard) })
	return func() { stop(); u.endHard() }
}

// stopGrace is how long what is running may go on after a stop.
const stopGrace = 9 * time.Second

// may says that something new may be started: nobody else can have the unit. What runs already goes on.
func (u *unit) may() bool {
	if u.member == nil {
		return true
	}
	lapse, valid := u.member.valid()
	return valid && u.confirmed() == lapse
}

// drop gives the unit up at once: another process has it.
func (h *holding) drop() {
	h.endHard()
	h.stop()
}

func (u *unit) at() uint64 {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.revision
}

func (u *unit) confirmed() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.lapse
}

// confirm rewrites the record at the revision held, after a lapse.
func (u *unit) confirm(ctx context.Context, lapse int) error {
	if err := u.change(ctx, func(*unitRecord) {}); err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.lapse = lapse
	return nil
}

// takeAt makes this process the owner where the record is still at the revision that the watch showed.
func (b *Bus) takeAt(ctx context.Context, named Unit, revision uint64, m *member, lapse int) (*unit, error) {
	u := b.newUnit(b.name, named)
	u.member, u.lapse = m, lapse
	if err := u.read(ctx); err != nil {
		return nil, err
	}
	if u.revision != revision {
		return nil, ErrConflict
	}
	next := u.record
	next.Owner = u.owner
	return u, u.store(ctx, next)
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

func parseRecord(data []byte) (r unitRecord, err error) {
	err = json.Unmarshal(data, &r)
	return r, err
}

// errLost means that another process owns the unit now.
var errLost = errors.New("another process took the unit")

// take makes this process the owner, whoever was it before, and keeps position and consumers. It is for the
// process that has the broker to itself.
func (b *Bus) take(ctx context.Context, service string, named Unit) (*unit, error) {
	u := b.newUnit(service, named)
	for {
		err := u.read(ctx)
		if err == nil {
			before := u.record.Owner
			u.record.Owner = u.owner
			if err = u.store(ctx, u.record); err == nil {
				if before != "" && before != u.owner {
					b.log.Debug("unit taken over", "unit", named.Name, "from", before)
				}
				return u, nil
			}
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return nil, fmt.Errorf("take unit %s: %w", named.Name, err)
		}
		if !errors.Is(err, ErrConflict) && !errors.Is(err, ErrExists) {
			b.log.Warn("unit not taken yet", "unit", named.Name, "err", err)
		}
	}
}

// change rewrites the record at the revision it holds. [errLost] means that it is another's.
func (u *unit) change(ctx context.Context, change func(*unitRecord)) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.lost {
		return errLost
	}
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
		u.lost = true
		return errLost
	}
	next = u.record // what the lost answer was to
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
	r, err := parseRecord(data)
	if err != nil {
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

func (u *unit) consumers() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.record.Consumers
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
