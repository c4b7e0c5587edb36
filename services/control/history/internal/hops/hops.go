// Package hops tells the way of a message: entries of the journal become hops, each told once, in the order of what happened.
//
//	var w hops.Way
//	w.Add(entry, body) // for each entry of one message
//	all := w.Hops()
//
// It reads no journal and knows no file.
package hops

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/services/control/history/internal/projection"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// Most is how many hops of a message are told: how it began and how it ended.
const Most = 500

// Way gathers the hops of one message. The zero value is empty. One goroutine uses it.
type Way struct {
	told map[string]bool
	all  []*controlv1.Hop
}

// Add adds what an entry tells; body is the entry as it is stored. The journal may tell a thing twice, some hops later, and put its own
// time on it: here it counts once.
func (w *Way) Add(e *journalv1.Entry, body []byte) {
	which := string(body)
	if once[e.GetHop()] {
		which = fmt.Sprint(e.GetGeneration(), e.GetPart(), e.GetHop(), e.GetService(), e.GetAttempts(), e.GetByReceipt())
	}
	if w.told[which] {
		return
	}
	if w.told == nil {
		w.told = map[string]bool{}
	}
	w.told[which] = true
	w.all = append(w.all, hopsOf(e)...)
}

// Hops are the hops of what was added, the oldest first, at most [Most]. Nothing is waited for before the generation has begun. It is
// called once, when all was added.
func (w *Way) Hops() []*controlv1.Hop {
	all := w.all
	inOrder(all)
	all = slices.CompactFunc(all, func(a, b *controlv1.Hop) bool {
		return a.GetHop() == accepted && b.GetHop() == accepted && a.GetGeneration() == b.GetGeneration()
	})
	if len(all) > Most {
		all = append(all[:Most/2:Most/2], all[len(all)-Most/2:]...)
	}
	return all
}

// once are the hops that a part of a message has once in a generation: what tells it again is a repeat, whatever time it has.
var once = map[journalv1.Hop]bool{
	journalv1.Hop_HOP_ACCEPTED: true, journalv1.Hop_HOP_ROUTED: true, journalv1.Hop_HOP_SENT: true, journalv1.Hop_HOP_DELIVERED: true,
	journalv1.Hop_HOP_READ: true, journalv1.Hop_HOP_FAILED: true, journalv1.Hop_HOP_DEAD: true,
}

// inOrder puts the hops of a message in the order of what happened. Their times are not enough: networks tell receipts by
// clocks of their own, many of them in whole seconds. A receipt that seems older than its send gets the send's time.
func inOrder(all []*controlv1.Hop) {
	type send struct{ generation, part uint32 }
	sent := map[send]*timestamppb.Timestamp{}
	begun := map[uint32]*timestamppb.Timestamp{}
	for _, h := range all {
		switch h.GetHop() {
		case accepted:
			begun[h.GetGeneration()] = h.GetTime()
		case "replayed": // it is written down when it is done: what came of it may be told with an earlier time
			if begun[h.GetGeneration()] == nil {
				begun[h.GetGeneration()] = h.GetTime()
			}
		case "sent":
			if of := (send{h.GetGeneration(), h.GetPart()}); sent[of] == nil {
				sent[of] = h.GetTime()
			}
		}
	}
	for _, h := range all {
		earliest := sent[send{h.GetGeneration(), h.GetPart()}]
		if earliest == nil {
			earliest = begun[h.GetGeneration()]
		}
		if byNetwork(h) && earliest != nil && h.GetTime().AsTime().Before(earliest.AsTime()) {
			h.Time = earliest
		}
		if from := begun[h.GetGeneration()]; from != nil {
			for _, hold := range h.GetHolds() {
				if hold.GetSince().AsTime().Before(from.AsTime()) {
					hold.Since = from
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *controlv1.Hop) int {
		if a.GetHop() == accepted && b.GetHop() != accepted && a.GetGeneration() <= b.GetGeneration() {
			return -1
		}
		if b.GetHop() == accepted && a.GetHop() != accepted && b.GetGeneration() <= a.GetGeneration() {
			return 1
		}
		return cmp.Or(a.GetTime().AsTime().Compare(b.GetTime().AsTime()), cmp.Compare(slices.Index(afterSend, a.GetHop()), slices.Index(afterSend, b.GetHop())))
	})
}

// afterSend are the hops that a receipt tells, in the order in which they come.
var afterSend = []string{"delivered", "read", "failed"}

// byNetwork says that a hop's time is by a network's clock.
func byNetwork(h *controlv1.Hop) bool {
	return slices.Contains(afterSend, h.GetHop()) && (h.GetHop() != "failed" || h.GetByReceipt())
}

// accepted is the name of the hop that stands in the entry of another one as a rule.
const accepted = "accepted"

// hopsOf are the hops that an entry tells: one, and for a message that was put on its way its acceptance before it.
func hopsOf(e *journalv1.Entry) []*controlv1.Hop {
	if e.GetHop() != journalv1.Hop_HOP_ROUTED || e.GetAcceptedAt() == nil {
		return []*controlv1.Hop{Of(e)}
	}
	before := Of(e)
	before.Hop, before.Time, before.Service = accepted, e.GetAcceptedAt(), e.GetAcceptedBy()
	return []*controlv1.Hop{before, Of(e)}
}

// Of is an entry as a hop, whatever else it tells.
func Of(e *journalv1.Entry) *controlv1.Hop {
	why := e.GetWhy()
	if why == nil && e.GetReason() != "" {
		why = &reasonv1.Reason{En: e.GetReason(), Es: e.GetReason()}
	}
	return &controlv1.Hop{
		Time: e.GetAt(), Hop: strings.ToLower(strings.TrimPrefix(e.GetHop().String(), "HOP_")), Service: e.GetService(), Reason: why, Part: e.GetPart(),
		Attempts: e.GetAttempts(), Generation: e.GetGeneration(), NextTry: e.GetNextTry(), Holds: holdsOf(e.GetHolds()), Id: e.GetId(),
		Network: e.GetNetwork(), Channel: e.GetChannel(), ByReceipt: e.GetByReceipt(), Direction: projection.DirectionOf(e),
	}
}

func holdsOf(holds []*eventv1.Hold) (all []*controlv1.Hold) {
	for _, h := range holds {
		all = append(all, &controlv1.Hold{Why: h.GetWhy(), Since: h.GetSince(), Until: h.GetUntil(), Behind: h.GetBehind()})
	}
	return all
}
