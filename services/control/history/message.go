package history

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

// Message is a message as the history knows it: its fields contact, behind, position, lane, live and trace_url are for others
// to set.
type Message struct {
	*controlv1.Message
	// ContactKey is the keyed digest that the journal has in place of the contact's address; "" where it has none.
	ContactKey string
}

// mostHops is how many hops of a message are told.
const mostHops = 500

// fullRow is what a message's row is read with: see [scanMessage].
const fullRow = "SELECT " + rowColumns + ", n.name, c.id FROM messages m JOIN channels c ON c.channel = m.channel JOIN networks n ON n.network = c.network "

// scanMessage reads a row of [fullRow].
func scanMessage(rows *sql.Rows) (Message, *row, error) {
	r := &row{}
	var network, channel string
	if err := scanRow(rows, r, &network, &channel); err != nil {
		return Message{}, nil, err
	}
	m := &controlv1.Message{
		Id: r.id, Generation: r.progress.generation(), Direction: r.direction, Network: network, Channel: channel, State: r.state,
		Why: readReason(r.why), NextTry: timestamp(r.nextTry), AcceptedAt: timestamp(r.acceptedAt), StateAt: timestamp(r.stateAt),
		Parts: uint32(max(1, len(r.progress.parts))), TraceId: r.trace,
	}
	if open(r.state) {
		m.Ends = timestamp(r.ends)
	}
	return Message{m, r.contact}, r, nil
}

// messages reads messages by their numbers, in this order; those that are gone are left out.
func messages(ctx context.Context, from querier, numbers []int64) ([]Message, error) {
	found := make(map[int64]Message, len(numbers))
	for chunk := range slices.Chunk(numbers, 500) {
		err := each(ctx, from, fullRow+"WHERE m.message IN ("+marks(len(chunk))+")", anys(chunk), func(rows *sql.Rows) error {
			m, r, err := scanMessage(rows)
			if err == nil {
				found[r.message] = m
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	var all []Message
	for _, n := range numbers {
		if m, ok := found[n]; ok {
			all = append(all, m)
		}
	}
	return all, nil
}

// hops is the way of a message, the oldest first. The journal may tell a thing twice, some hops later, and put its own time on
// it; here it is told once.
func hops(ctx context.Context, from querier, message int64, m *controlv1.Message) (all []*controlv1.Hop, err error) {
	told := map[string]bool{}
	err = each(ctx, from, "SELECT body FROM entries WHERE message = ? ORDER BY sequence, place LIMIT ?", []any{message, 2 * mostEntries}, func(rows *sql.Rows) error {
		var body []byte
		e := &journalv1.Entry{}
		if err := rows.Scan(&body); err != nil {
			return err
		}
		if err := proto.Unmarshal(body, e); err != nil {
			return fmt.Errorf("%w: %w", errDamaged, err)
		}
		which := string(body)
		if once[e.GetHop()] {
			which = fmt.Sprint(e.GetGeneration(), e.GetPart(), e.GetHop(), e.GetService(), e.GetAttempts(), e.GetByReceipt())
		}
		if told[which] {
			return nil
		}
		told[which] = true
		e.Id, e.Network, e.Channel = m.GetId(), m.GetNetwork(), m.GetChannel()
		all = append(all, hopsOf(e)...)
		return nil
	})
	for _, h := range all {
		h.Direction = m.GetDirection()
	}
	inOrder(all)
	all = slices.CompactFunc(all, func(a, b *controlv1.Hop) bool {
		return a.GetHop() == accepted && b.GetHop() == accepted && a.GetGeneration() == b.GetGeneration()
	})
	if len(all) > mostHops { // how it began and how it ended
		all = append(all[:mostHops/2:mostHops/2], all[len(all)-mostHops/2:]...)
	}
	return all, err
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
		return []*controlv1.Hop{hopOf(e)}
	}
	before := hopOf(e)
	before.Hop, before.Time, before.Service = accepted, e.GetAcceptedAt(), e.GetAcceptedBy()
	return []*controlv1.Hop{before, hopOf(e)}
}

// hopOf is an entry as a hop.
func hopOf(e *journalv1.Entry) *controlv1.Hop {
	why := e.GetWhy()
	if why == nil && e.GetReason() != "" {
		why = &reasonv1.Reason{En: e.GetReason(), Es: e.GetReason()}
	}
	return &controlv1.Hop{
		Time: e.GetAt(), Hop: strings.ToLower(strings.TrimPrefix(e.GetHop().String(), "HOP_")), Service: e.GetService(), Reason: why, Part: e.GetPart(),
		Attempts: e.GetAttempts(), Generation: e.GetGeneration(), NextTry: e.GetNextTry(), Holds: holdsOf(e.GetHolds()), Id: e.GetId(),
		Network: e.GetNetwork(), Channel: e.GetChannel(), ByReceipt: e.GetByReceipt(), Direction: directionOf(e),
	}
}

func holdsOf(holds []*eventv1.Hold) (all []*controlv1.Hold) {
	for _, h := range holds {
		all = append(all, &controlv1.Hold{Why: h.GetWhy(), Since: h.GetSince(), Until: h.GetUntil(), Behind: h.GetBehind()})
	}
	return all
}

// marks are the places of n values in a list: "?,?,?".
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }

// anys are values as arguments.
func anys[T any](values []T) []any {
	all := make([]any, len(values))
	for i, v := range values {
		all[i] = v
	}
	return all
}
