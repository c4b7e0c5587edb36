package ledger

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// The faults of the far ends. What strikes a message follows from the seed, its lane, its number and the try.
const (
	phoneBroken      Fault = "phone: 5xx"
	phoneLostBefore  Fault = "phone: reset before acceptance"
	phoneLostAfter   Fault = "phone: reset after acceptance"
	phoneTooMany     Fault = "phone: 429 with Retry-After"
	phoneSlow        Fault = "phone: slow answer, receipts before it"
	phoneUndelivered Fault = "phone: taken, then failed"

	hookRepeated Fault = "webhook: repeated"
	hookDropped  Fault = "webhook: answer dropped"
	hookLate     Fault = "webhook: receipt late, out of order"

	platformBroken     Fault = "platform: 5xx"
	platformLostBefore Fault = "platform: reset before acceptance"
	platformLostAfter  Fault = "platform: reset after acceptance"
	platformTooMany    Fault = "platform: 429 with Retry-After"
	platformSlow       Fault = "platform: slow answer"
	platformOutage     Fault = "platform: outage of a channel"
)

// share is how many of the calls of an unhealthy contact a fault strikes.
type share struct {
	fault Fault
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

// dice are thrown by name: the same seed and names give the same number, in whatever order they are asked.
type dice uint64

func (d dice) random(names ...any) *rand.Rand {
	h := fnv.New64a()
	_, _ = fmt.Fprintln(h, names...)
	return rand.New(rand.NewPCG(uint64(d), h.Sum64()))
}

// slowest is the longest that a far end takes to answer, on purpose.
const slowest = 1500 * time.Millisecond

// slowAnswer is how long one takes that is slow.
func slowAnswer(r *rand.Rand) time.Duration {
	return 200*time.Millisecond + time.Duration(r.Int64N(int64(slowest-200*time.Millisecond)))
}

// fault is what strikes a call, "" for nothing.
func (d dice) fault(from []share, names ...any) Fault {
	x := d.random(names...).Float64()
	for _, s := range from {
		if x -= s.part; x < 0 {
			return s.fault
		}
	}
	return ""
}
