package history

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/services/control/history/internal/projection"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
	reasonv1 "github.com/bonychat/puente/proto/gen/puente/reason/v1"
)

const (
	hopAccepted  = journalv1.Hop_HOP_ACCEPTED
	hopRepeated  = journalv1.Hop_HOP_REPEATED
	hopWaiting   = journalv1.Hop_HOP_WAITING
	hopSent      = journalv1.Hop_HOP_SENT
	hopDelivered = journalv1.Hop_HOP_DELIVERED
	hopRead      = journalv1.Hop_HOP_READ
	hopFailed    = journalv1.Hop_HOP_FAILED
	hopDead      = journalv1.Hop_HOP_DEAD
	hopReplayed  = journalv1.Hop_HOP_REPLAYED
)

var blocked = &reasonv1.Reason{Code: "telegram.bot_blocked", Fault: reasonv1.Fault_FAULT_CONTACT, En: "the contact blocked the bot", Es: "el contacto ha bloqueado el bot"}

func fails(e *journalv1.Entry) *journalv1.Entry {
	return like(e, func(e *journalv1.Entry) { e.Why, e.Reason = blocked, blocked.GetEn() })
}

func of(e *journalv1.Entry, generation, part uint32) *journalv1.Entry {
	return like(e, func(e *journalv1.Entry) { e.Generation, e.Part = generation, part })
}

func split(e *journalv1.Entry, parts uint32) *journalv1.Entry {
	return like(e, func(e *journalv1.Entry) { e.Parts = parts })
}

func byReceipt(e *journalv1.Entry) *journalv1.Entry {
	return like(e, func(e *journalv1.Entry) { e.ByReceipt = true })
}

// Every kind of life that a message may have, by its entries in the order in which they were written.
func TestStatesOfALife(t *testing.T) {
	t.Parallel()
	inbound := func(e *journalv1.Entry) *journalv1.Entry {
		return like(e, func(e *journalv1.Entry) {
			e.AcceptedBy, e.Direction = "egress-telegram", messagev1.Direction_DIRECTION_INBOUND
		})
	}
	for _, test := range []struct {
		name  string
		life  []*journalv1.Entry
		state controlv1.State
		at    int // when the state was reached
		why   bool
	}{
		{"put on its way", []*journalv1.Entry{routed("m", 0)}, controlv1.State_STATE_ACCEPTED, 0, false},
		{"held up at the translator", []*journalv1.Entry{entry("m", 0, hopAccepted)}, controlv1.State_STATE_ACCEPTED, 0, false},
		{"told to wait", []*journalv1.Entry{routed("m", 0), fails(entry("m", 2, hopWaiting))}, controlv1.State_STATE_WAITING, 2, true},
		{"told to wait again", []*journalv1.Entry{routed("m", 0), entry("m", 2, hopWaiting), fails(entry("m", 60, hopWaiting))}, controlv1.State_STATE_WAITING, 2, true},
		{"sent after a wait", []*journalv1.Entry{routed("m", 0), fails(entry("m", 2, hopWaiting)), entry("m", 5, hopSent)}, controlv1.State_STATE_SENT, 5, false},
		{"read", []*journalv1.Entry{routed("m", 0), entry("m", 1, hopSent), entry("m", 2, hopDelivered), entry("m", 3, hopRead)}, controlv1.State_STATE_READ, 3, false},
		{"read, by a clock that is behind", []*journalv1.Entry{routed("m", 10), entry("m", 12, hopSent), entry("m", 11, hopRead)}, controlv1.State_STATE_READ, 12, false},
		{"delivered before it was accepted, by a clock that is behind", []*journalv1.Entry{routed("m", 10), entry("m", 8, hopDelivered), entry("m", 12, hopSent)}, controlv1.State_STATE_DELIVERED, 10, false},
		{"the receipt comes before the outcome", []*journalv1.Entry{routed("m", 0), entry("m", 2, hopDelivered), entry("m", 1, hopSent)}, controlv1.State_STATE_DELIVERED, 2, false},
		{"the outcome comes before it was put on its way", []*journalv1.Entry{entry("m", 1, hopSent), routed("m", 0)}, controlv1.State_STATE_SENT, 1, false},
		{"refused", []*journalv1.Entry{routed("m", 0), fails(entry("m", 2, hopFailed))}, controlv1.State_STATE_FAILED, 2, true},
		{"failed by a receipt", []*journalv1.Entry{routed("m", 0), entry("m", 1, hopSent), byReceipt(fails(entry("m", 4, hopFailed)))}, controlv1.State_STATE_FAILED_BY_RECEIPT, 4, true},
		{"a failure after the delivery does not count", []*journalv1.Entry{routed("m", 0), entry("m", 1, hopDelivered), byReceipt(fails(entry("m", 4, hopFailed)))}, controlv1.State_STATE_DELIVERED, 1, false},
		{"what failed stays failed", []*journalv1.Entry{routed("m", 0), fails(entry("m", 2, hopFailed)), entry("m", 3, hopDelivered)}, controlv1.State_STATE_FAILED, 2, true},
		{"a wait that is told late", []*journalv1.Entry{routed("m", 0), entry("m", 5, hopSent), fails(entry("m", 2, hopWaiting))}, controlv1.State_STATE_SENT, 5, false},
		{"a part is behind", []*journalv1.Entry{split(routed("m", 0), 2), of(entry("m", 1, hopSent), 0, 0), fails(of(entry("m", 2, hopWaiting), 0, 1))}, controlv1.State_STATE_WAITING, 2, true},
		{"all parts are sent", []*journalv1.Entry{split(routed("m", 0), 2), of(entry("m", 1, hopDelivered), 0, 0), of(entry("m", 2, hopSent), 0, 1)}, controlv1.State_STATE_SENT, 2, false},
		{"parts are told before how many there are", []*journalv1.Entry{of(entry("m", 1, hopSent), 0, 0), split(routed("m", 0), 2)}, controlv1.State_STATE_ACCEPTED, 0, false},
		{"a part fails", []*journalv1.Entry{split(routed("m", 0), 2), of(entry("m", 1, hopSent), 0, 0), fails(of(entry("m", 2, hopFailed), 0, 1))}, controlv1.State_STATE_FAILED, 2, true},
		{"brought back", []*journalv1.Entry{routed("m", 0), fails(entry("m", 2, hopFailed)), of(entry("m", 9, hopReplayed), 1, 0)}, controlv1.State_STATE_ACCEPTED, 9, false},
		{"brought back and sent", []*journalv1.Entry{routed("m", 0), fails(entry("m", 2, hopFailed)), of(entry("m", 9, hopReplayed), 1, 0), of(entry("m", 10, hopSent), 1, 0)}, controlv1.State_STATE_SENT, 10, false},
		{"sent before it is told that it was brought back", []*journalv1.Entry{routed("m", 0), fails(entry("m", 2, hopFailed)), of(entry("m", 10, hopSent), 1, 0), of(entry("m", 9, hopReplayed), 1, 0)}, controlv1.State_STATE_SENT, 10, false},
		{"failed again", []*journalv1.Entry{routed("m", 0), entry("m", 2, hopFailed), fails(of(entry("m", 10, hopFailed), 1, 0)), of(entry("m", 9, hopReplayed), 1, 0)}, controlv1.State_STATE_FAILED, 10, true},
		{"one part was brought back, another stays failed", []*journalv1.Entry{split(routed("m", 0), 2), fails(of(entry("m", 1, hopFailed), 0, 0)), of(entry("m", 1, hopFailed), 0, 1), of(entry("m", 9, hopSent), 1, 1)}, controlv1.State_STATE_FAILED, 1, true},
		{"an entry of the generation before", []*journalv1.Entry{routed("m", 0), entry("m", 2, hopFailed), of(routed("m", 9), 1, 0), entry("m", 10, hopSent)}, controlv1.State_STATE_ACCEPTED, 9, false},
		{"from a contact", []*journalv1.Entry{inbound(routed("m", 0)), like(entry("m", 1, hopSent), func(e *journalv1.Entry) { e.Service = "egress-bonychat" })}, controlv1.State_STATE_SENT, 1, false},
		{"from a contact, given up", []*journalv1.Entry{inbound(routed("m", 0)), fails(entry("m", 1, hopDead))}, controlv1.State_STATE_FAILED, 1, true},
		{"the way ends at the translator", []*journalv1.Entry{entry("m", 0, hopAccepted), fails(entry("m", 0, hopDead))}, controlv1.State_STATE_FAILED, 0, true},
		{"a repeat of what is there", []*journalv1.Entry{routed("m", 0), entry("m", 1, hopSent), entry("m", 30, hopRepeated)}, controlv1.State_STATE_SENT, 1, false},
		{"a repeat of what is too old to be known", []*journalv1.Entry{entry("m", 30, hopRepeated)}, controlv1.State_STATE_REPEATED, 30, false},
		{"refused to the platform, and dropped", []*journalv1.Entry{fails(entry("m", 30, hopRepeated))}, controlv1.State_STATE_REPEATED, 30, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			one, each := newBook(t), newBook(t)
			one.write(test.life...) // as one batch, and as many
			for _, e := range test.life {
				each.write(e)
			}
			for name, b := range map[string]*book{"one batch": one, "one by one": each} {
				got := b.one("m")
				if got.GetState() != test.state || !got.GetStateAt().AsTime().Equal(at(test.at).AsTime()) || (got.GetWhy() != nil) != test.why {
					t.Errorf("%s: %s since %s, because of %v", name, got.GetState(), got.GetStateAt().AsTime().Sub(began), got.GetWhy())
				}
				failures, _, err := b.Failures(t.Context(), &controlv1.ListFailuresRequest{})
				if err != nil || (len(failures) == 1) != projection.Failed(test.state) {
					t.Errorf("%s: %d failures, %v", name, len(failures), err)
				}
			}
			if diff := cmp.Diff(hopNames(one.one("m")), hopNames(each.one("m"))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func hopNames(m *controlv1.Message) (names []string) {
	for _, h := range m.GetHops() {
		names = append(names, h.GetHop())
	}
	return names
}

// Networks tell receipts in whole seconds, or by clocks that are behind: the way is in the order of what happened.
func TestAReceiptComesAfterItsSend(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.write(routed("m", 10), entry("m", 9, hopRead), entry("m", 8, hopDelivered), entry("m", 12, hopSent))
	b.write(routed("n", 10), fails(byReceipt(entry("n", 9, hopFailed))), entry("n", 12, hopSent), of(entry("n", 20, hopReplayed), 1, 0), of(entry("n", 22, hopSent), 1, 0), of(entry("n", 21, hopDelivered), 1, 0))
	for id, want := range map[string][]string{
		"m": {"accepted", "routed", "sent", "delivered", "read"},
		"n": {"accepted", "routed", "sent", "failed", "replayed", "sent", "delivered"},
	} {
		m := b.one(id)
		if diff := cmp.Diff(want, hopNames(m)); diff != "" {
			t.Errorf("%s: %s", id, diff)
		}
		for i, h := range m.GetHops()[1:] {
			if h.GetTime().AsTime().Before(m.GetHops()[i].GetTime().AsTime()) {
				t.Errorf("%s: %s is older than what it follows", id, h.GetHop())
			}
		}
	}
}
