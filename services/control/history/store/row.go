package store

import (
	"fmt"

	"github.com/bonychat/puente/services/control/history/internal/projection"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// row is a message as it is stored, without its entries.
type row struct {
	number  int64 // 0 while it is not stored
	of      rowKey
	network int64
	projection.Message
	entries int64                       // how many are kept
	contact Key                         // of Contact; 0 until it is needed
	foundBy struct{ ref, trace string } // the last that lead to it, as far as they were met since it was read
	stored  keysOfRow                   // as the file has them; zero while it has none
	dirty   bool                        // changed in this batch
	came    []byte                      // the entries of this batch that are kept, packed
	cameAt  struct {                    // where the first of them is in the journal
		sequence int64
		place    int
	}
}

// rowKey names a message.
type rowKey struct {
	id      string
	channel int64
}

// keysOfRow are the columns of a row that are indexed.
type keysOfRow struct {
	slot, acceptedAt int64
	contact          Key
}

func (r *row) keys() keysOfRow {
	if r.contact == 0 { // it is told once
		r.contact = Contact(r.Contact)
	}
	return keysOfRow{slotOf(r.network, r.Direction, r.State), r.AcceptedAt, r.contact}
}

// slotOf is what messages.slot holds: network, direction and state as one number.
func slotOf(network int64, d controlv1.Direction, s controlv1.State) int64 {
	return network<<8 | int64(d)<<4 | int64(s)
}

// OpenSlot takes a slot apart.
func OpenSlot(slot int64) (network int64, d controlv1.Direction, s controlv1.State) {
	return slot >> 8, controlv1.Direction(slot >> 4 & 0xf), controlv1.State(slot & 0xf)
}

// rowColumns are those of [row.scan].
const rowColumns = "m.message, m.id, m.channel, m.slot, m.contact, m.trace, m.accepted_at, m.state_at, m.sent_at, m.next_try, m.ends, m.seen, m.entries, m.progress, m.why"

// scan reads the columns of [rowColumns], and more behind them.
func (r *row) scan(from interface{ Scan(...any) error }, more ...any) error {
	var slot int64
	var progress []byte
	to := []any{&r.number, &r.of.id, &r.of.channel, &slot, &r.Contact, &r.Trace, &r.AcceptedAt, &r.StateAt, &r.SentAt, &r.NextTry, &r.Ends, &r.Seen, &r.entries, &progress, &r.Why}
	err := from.Scan(append(to, more...)...)
	if err != nil {
		return err
	}
	r.network, r.Direction, r.State = OpenSlot(slot)
	r.stored = r.keys()
	if r.Progress, err = projection.DecodeProgress(progress); err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	return nil
}

// cacheSize is how many rows of messages the writer keeps at hand: entries of one message come close together as a rule.
const cacheSize = 16 << 10

// cache keeps the rows that were used last: at least cacheSize of them, at most twice as many.
type cache struct{ young, old map[rowKey]*row }

func newCache() *cache { return &cache{young: map[rowKey]*row{}} }

func (c *cache) get(k rowKey) *row {
	if r := c.young[k]; r != nil {
		return r
	}
	r := c.old[k]
	if r != nil {
		c.put(k, r)
	}
	return r
}

func (c *cache) put(k rowKey, r *row) {
	if len(c.young) >= cacheSize {
		c.young, c.old = map[rowKey]*row{}, c.young
	}
	c.young[k] = r
}

func (c *cache) drop(k rowKey) {
	delete(c.young, k)
	delete(c.old, k)
}
