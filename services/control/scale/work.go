// Package scale says how many processes of a network's service would be of use now: the figure that an autoscaler follows.
// The unit of parallelism is an account, whose channels one process sends for; so more processes than there are accounts with
// something to send do nothing. And what waits because a network, a rate or an operator says so is sent no sooner by more.
package scale

import (
	"math"
	"strconv"
	"time"

	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/control/channels"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// What is assumed where nobody sends at the moment who could say.
const (
	assumedSend        = time.Second
	assumedConcurrency = 64 // what a network has that says nothing else
)

// Drain is within how long what is due should be sent, unless another time is asked for.
const Drain = time.Minute

// Work is what could be sent to one destination now. The zero value is nothing.
type Work struct {
	// Waiting is how many messages wait in all, and Due how many of them could be sent now.
	Waiting, Due uint64
	// Oldest is when the oldest of those due was accepted; zero where there is none.
	Oldest time.Time

	accounts  map[string]bool // with something due; a channel that nobody speaks for stands for one
	known     time.Duration   // what the sends will take that are due in channels whose owners know how long a send takes
	knownDue  uint64          // how many these are
	perLane   time.Duration   // the same, divided by how many are sent at once
	unknown   uint64          // due in the others
	unknownBy uint64          // divided by how many are sent at once, rounded up
}

// Add adds one side of a channel.
func (w *Work) Add(side *channels.Side) {
	w.Waiting += side.Waiting
	due, oldest, account := dueOf(side), side.Oldest, ""
	if due == 0 {
		return
	}
	atOnce := uint64(assumedConcurrency)
	if live := side.Live; live != nil {
		account, oldest = live.GetAccount(), live.GetOldestDue().AsTime()
		atOnce = max(uint64(live.GetConcurrency()), 1)
	}
	if w.accounts == nil {
		w.accounts = map[string]bool{}
	}
	if account == "" {
		account = "channel " + strconv.Itoa(len(w.accounts))
	}
	w.accounts[account] = true
	w.Due += due
	if !oldest.IsZero() && (w.Oldest.IsZero() || oldest.Before(w.Oldest)) {
		w.Oldest = oldest
	}
	if each := side.Live.GetSendSeconds(); each > 0 {
		take := time.Duration(each * float64(time.Second) * float64(due))
		w.known, w.knownDue, w.perLane = w.known+take, w.knownDue+due, w.perLane+take/time.Duration(atOnce)
		return
	}
	w.unknown += due
	w.unknownBy += (due + atOnce - 1) / atOnce
}

// Accounts is how many accounts have something due. A channel that no process speaks for counts as one of its own.
func (w *Work) Accounts() int { return len(w.accounts) }

// Wanted is how many processes would be of use to send what is due within a time: as many as the sends need, one after the
// other in each of the places that a channel has, at most as many as there are accounts, or partitions of the queue,
// and at least one where anything is due. How long a send takes is what the processes measured that send now.
func (w *Work) Wanted(within time.Duration) int {
	if w.Due == 0 {
		return 0
	}
	each := assumedSend
	if w.knownDue > 0 {
		each = w.known / time.Duration(w.knownDue)
	}
	needs := w.perLane.Seconds() + each.Seconds()*float64(w.unknownBy)
	wanted := math.Ceil(needs / within.Seconds())
	return max(1, int(min(wanted, float64(w.Accounts()), topology.EgressPartitions)))
}

// dueOf is how many messages of a side could be sent now. Where nobody answers, a process would be of use for all, unless
// the channel is held.
func dueOf(side *channels.Side) uint64 {
	switch side.Hold().State {
	case controlv1.ChannelState_CHANNEL_STATE_SUSPENDED, controlv1.ChannelState_CHANNEL_STATE_PAUSED:
		return 0
	}
	if side.Live == nil {
		return side.Waiting
	}
	return min(side.Live.GetDue(), max(side.Waiting, side.Live.GetWaiting()))
}
