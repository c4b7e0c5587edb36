package farends

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"github.com/bonychat/puente/services/puente/ledger/history"
)

// The faults of the far ends. What strikes a message follows from the seed, its lane, its number and the try.
const (
	phoneBroken      history.Fault = "phone: 5xx"
	phoneLostBefore  history.Fault = "phone: reset before acceptance"
	phoneLostAfter   history.Fault = "phone: reset after acceptance"
	phoneTooMany     history.Fault = "phone: 429 with Retry-After"
	phoneSlow        history.Fault = "phone: slow answer, receipts before it"
	phoneUndelivered history.Fault = "phone: taken, then failed"

	hookRepeated history.Fault = "webhook: repeated"
	hookDropped  history.Fault = "webhook: answer dropped"
	hookLate     history.Fault = "webhook: receipt late, out of order"

	platformBroken     history.Fault = "platform: 5xx"
	platformLostBefore history.Fault = "platform: reset before acceptance"
	platformLostAfter  history.Fault = "platform: reset after acceptance"
	platformTooMany    history.Fault = "platform: 429 with Retry-After"
	platformSlow       history.Fault = "platform: slow answer"
	// Outage is that of a channel's platform, see [FarEnds.TakeAway].
	Outage history.Fault = "platform: outage of a channel"
)

// share is how many of the calls of an unhealthy contact a fault strikes.
type share struct {
	fault history.Fault
	part  float64
}

var (
	phoneFaults = []share{
		{phoneBroken, 0.05}, {phoneLostBefore, 0.04}, {phoneLostAfter, 0.05}, {phoneTooMany, 0.05}, {phoneSlow, 0.08}, {phoneUndelivered, 0.03},
	}
	hookFaults     = []share{{hookRepeated, 0.08}, {hookDropped, 0.05}, {hookLate, 0.08}}
	platformFaults = []share{
		{platformBroken, 0.04}, {platformLostBefore, 0.03}, {platformLostAfter, 0.04}, {platformTooMany, 0.02}, {platformSlow, 0.06},
	}
)

// Wanted are the faults that so many calls of each kind, of contacts that faults concern, cannot miss; receipts says that the
// network tells what became of a message. The outage is not among them: it strikes no call by chance.
func Wanted(calls float64, receipts bool) (all []history.Fault) {
	for _, shares := range [][]share{phoneFaults, hookFaults, platformFaults} {
		for _, s := range shares {
			if told := s.fault == hookLate || s.fault == phoneUndelivered; told && !receipts {
				continue
			}
			if s.part*calls >= 8 {
				all = append(all, s.fault)
			}
		}
	}
	return all
}

// Dice are thrown by name: the same seed and names give the same number, in whatever order they are asked.
type Dice uint64

// Random is what is thrown under these names.
func (d Dice) Random(names ...any) *rand.Rand {
	h := fnv.New64a()
	_, _ = fmt.Fprintln(h, names...)
	return rand.New(rand.NewPCG(uint64(d), h.Sum64()))
}

// slowAnswer is how long one takes that is slow.
func slowAnswer(r *rand.Rand) time.Duration {
	return 200*time.Millisecond + time.Duration(r.Int64N(int64(history.Slowest-200*time.Millisecond)))
}

// fault is what strikes a call, "" for nothing.
func (d Dice) fault(from []share, names ...any) history.Fault {
	x := d.Random(names...).Float64()
	for _, s := range from {
		if x -= s.part; x < 0 {
			return s.fault
		}
	}
	return ""
}
