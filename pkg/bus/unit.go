package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/topology"
)

// A unit is what has one owner at a time: a channel of EGRESS_<far>, a channel that is listened to, a partition of
// MESSAGES, WEBHOOKS_* or OUTCOMES_*. Its record in LEASES says who owns it, which consumers may still exist and how far it came. Whoever
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

	began     time.Time // when it was taken
	inherited bool      // from an owner who did not release it: what that one had begun is in doubt
	until     uint64    // the last of the stream's messages that the owner before can have begun

	mu       sync.Mutex
	record   unitRecord
	revision uint64
	lapse    int  // the member's when ownership was last confirmed
	lost     bool // for good: what is held here is another's record
}

func unitKey(service, name string) string { return "unit." + service + "." + name }

func (b *Bus) newUnit(named Unit) *unit {
	return &unit{bus: b, owner: b.instance, key: unitKey(b.name, named.Name), name: b.name + "-" + named.Name, filter: named.Filter}
}

// begin makes the unit's hard context for work under a context that ends when the unit is given up.
// What runs may go on for the grace after that.
func (u *unit) begin(ctx context.Context, grace time.Duration) (done func()) {
	u.hard, u.endHard = context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, u.endHard) })
	return func() { stop(); u.endHard() }
}

// stopGrace is how long what is running may go on after a stop, where it can be begun again without harm.
const stopGrace = 9 * time.Second

// sendGrace is how long sends may go on after a stop: one that is cut off may have been taken, and is sent again. It is
// the longest that a send takes, and time to store its outcome, as far as the process is given that much.
func (b *Bus) sendGrace(longest time.Duration) time.Duration {
	const toStore = 5 * time.Second
	return min(max(longest+toStore, stopGrace), b.grace)
}

// may says that something new may be started: nobody else can have the unit. What runs already goes on.
func (u *unit) may() bool {
	if u.member == nil {
		return true
	}
	lapse, valid := u.member.valid()
	return valid && u.confirmed() == lapse
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

// unitRecord is what LEASES holds under unit.<service>.<name>.
type unitRecord struct {
	Owner string `json:"owner"`
	// Consumers are all that may still exist: a name is written here before the consumer is created, and leaves only
	// when its deletion is confirmed.
	Consumers []string `json:"consumers,omitempty"`
	// Position is the last entry of a stream with limits that is finished together with all before it.
	Position uint64 `json:"position,omitempty"`
	// Cursor is how far a channel was heard that is listened to.
	Cursor string `json:"cursor,omitempty"`
}

func parseRecord(data []byte) (r unitRecord, err error) {
	err = json.Unmarshal(data, &r)
	return r, err
}

// unitOwners are the owners of this service's units whose name begins so, as their records say; "" is nobody.
func (b *Bus) unitOwners(ctx context.Context, prefix string) (map[string]string, error) {
	key := unitKey(b.name, prefix)
	owners := map[string]string{}
	if !b.sole {
		for k, r := range b.membership().recordsOf(key) {
			owners[strings.TrimPrefix(k, unitKey(b.name, ""))] = r.owner
		}
		return owners, nil
	}
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	all, err := b.Bucket(topology.Leases).All(ctx)
	if err != nil {
		return nil, err
	}
	for k, data := range all {
		if r, err := parseRecord(data); err == nil && strings.HasPrefix(k, key) {
			owners[strings.TrimPrefix(k, unitKey(b.name, ""))] = r.Owner
		}
	}
	return owners, nil
}

// errLost means that another process owns the unit now.
var errLost = errors.New("another process took the unit")

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

// errNeeded means that a record says more than who owns the unit.
var errNeeded = errors.New("the record is needed")

// remove deletes the record of a unit that nothing has to be known of, at the revision it holds. The unit is lost.
func (u *unit) remove(ctx context.Context) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case u.lost:
		return errLost
	case u.record.Position > 0 || u.record.Cursor != "" || len(u.record.Consumers) > 0:
		return errNeeded
	}
	err := u.bus.Bucket(topology.Leases).DeleteAt(ctx, u.key, u.revision)
	if errors.Is(err, ErrConflict) {
		// another's, or an earlier write of ours whose answer was lost: read which, and let the caller try again
		if readErr := u.read(ctx); readErr == nil && u.record.Owner != u.owner {
			err = errLost
		}
	}
	u.lost = err == nil || errors.Is(err, errLost)
	return err
}

// reread reads the record anew, whatever became of the context that it was taken with.
func (u *unit) reread() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.read(ctx)
}

func (u *unit) read(ctx context.Context) error {
	data, revision, err := u.bus.Bucket(topology.Leases).Get(ctx, u.key)
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
		revision, err = u.bus.Bucket(topology.Leases).Create(ctx, u.key, data)
	} else {
		revision, err = u.bus.Bucket(topology.Leases).Update(ctx, u.key, data, u.revision)
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
