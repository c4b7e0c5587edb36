// Package refused remembers which calls the public side refused, and why, so that an operator can be told: how often by
// channel and cause, and one call of each without any of its values.
//
// Whatever a stranger sends, it costs a look into a map, and now and then a small body is read once more. What is remembered is
// bounded, lies in memory alone, and holds nothing that a caller wrote: no value, no address, no credential.
package refused

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// Bounds of what is remembered.
const (
	// mostKinds is how many kinds there are at once. What is of one more counts as of no channel.
	mostKinds = 4096
	// forgottenAfter is how long a kind that does not come any more has its place, once there is none left.
	forgottenAfter = time.Hour
	// sampleEvery is how often a call of a kind is looked at, at most.
	sampleEvery = time.Minute
	// mostSamples is how many calls are kept at once.
	mostSamples = 256
)

// Who calls.
const (
	Network  = "network"
	Platform = "platform"
)

// Kind is a kind of refusals. All of it is of closed sets: nothing is a caller's text.
type Kind struct {
	// By is [Network] or [Platform]. Network is the network's name, and Channel the id of a channel that there is; "" for none.
	By, Network, Channel string
	// Cause is why.
	Cause string
}

// Book is what was refused. It is safe for concurrent use. Make it with [New].
type Book struct {
	since time.Time

	mu      sync.Mutex
	kinds   map[Kind]*entry
	samples int // how many entries have, or will have, one
	swept   time.Time
}

type entry struct {
	times   uint64
	last    time.Time
	sampled time.Time // zero for never
	sample  *livev1.RefusedCall
	// breaches are the latest last.
	breaches []*livev1.Breach
}

// New is an empty book.
func New() *Book { return &Book{since: time.Now(), kinds: map[Kind]*entry{}} }

// Count counts a refusal.
func (b *Book) Count(k Kind) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.of(k)
	e.times++
	e.last = time.Now()
}

// of is the entry of a kind, made where there is none.
func (b *Book) of(k Kind) *entry {
	if e := b.kinds[k]; e != nil {
		return e
	}
	if now := time.Now(); len(b.kinds) >= mostKinds && now.Sub(b.swept) > sampleEvery {
		b.swept = now
		for k, e := range b.kinds {
			if now.Sub(e.last) > forgottenAfter {
				if delete(b.kinds, k); !e.sampled.IsZero() {
					b.samples--
				}
			}
		}
	}
	if len(b.kinds) >= mostKinds {
		k.Channel = "" // of these there are few: networks, and causes
		if e := b.kinds[k]; e != nil {
			return e
		}
	}
	e := &entry{}
	b.kinds[k] = e
	return e
}

// Look keeps a call of a kind that was counted, without its values, unless one was kept a moment ago.
func (b *Book) Look(k Kind, c Call) {
	now := time.Now()
	b.mu.Lock()
	e := b.kinds[k]
	due := e != nil && now.Sub(e.sampled) >= sampleEvery && (!e.sampled.IsZero() || b.samples < mostSamples)
	if due {
		if e.sampled.IsZero() {
			b.samples++
		}
		e.sampled = now
	}
	b.mu.Unlock()
	if !due {
		return
	}
	sample := c.blank(now)
	b.mu.Lock()
	defer b.mu.Unlock()
	e.sample = sample
}

// All are the refusals of a network, and those of none; of all networks for "". The latest are first. brief leaves the samples out.
func (b *Book) All(network string, brief bool) *livev1.RefusalsAnswer {
	b.mu.Lock()
	defer b.mu.Unlock()
	answer := &livev1.RefusalsAnswer{Since: timestamppb.New(b.since)}
	for k, e := range b.kinds {
		if network == "" || k.Network == "" || k.Network == network {
			one := &livev1.Refusal{By: k.By, Network: k.Network, Channel: k.Channel, Cause: k.Cause, Times: e.times, Last: timestamppb.New(e.last)}
			if !brief {
				one.Sample = e.sample
				one.Breaches = e.told()
			}
			answer.Refusals = append(answer.Refusals, one)
		}
	}
	slices.SortFunc(answer.Refusals, func(x, y *livev1.Refusal) int {
		return cmp.Or(y.GetLast().AsTime().Compare(x.GetLast().AsTime()), cmp.Compare(x.GetChannel()+x.GetCause(), y.GetChannel()+y.GetCause()))
	})
	answer.Refusals = answer.Refusals[:min(len(answer.Refusals), mostTold)]
	return answer
}

// mostTold is how many refusals one answer holds: it has to fit into a message of the broker with its samples.
const mostTold = 1000
