package projection

import (
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
)

var began = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// step is an entry with what the message is after it.
type step struct {
	hop              journalv1.Hop
	generation, part uint32
	byReceipt        bool
	state            controlv1.State
}

// entry is the entry of a step, a second after the one before it.
func (s step) entry(i int) *journalv1.Entry {
	return &journalv1.Entry{
		Hop: s.hop, Generation: s.generation, Part: s.part, Parts: 2, ByReceipt: s.byReceipt, At: timestamppb.New(began.Add(time.Duration(i) * time.Second)),
		Reason: "because", Contact: "contact", AcceptedBy: "ingress",
	}
}

// lives are messages in two parts.
var lives = map[string][]step{
	"each part counts": {
		{hop: journalv1.Hop_HOP_ROUTED, state: controlv1.State_STATE_ACCEPTED},
		{hop: journalv1.Hop_HOP_SENT, state: controlv1.State_STATE_ACCEPTED},
		{hop: journalv1.Hop_HOP_WAITING, part: 1, state: controlv1.State_STATE_WAITING},
		{hop: journalv1.Hop_HOP_SENT, part: 1, state: controlv1.State_STATE_SENT},
		{hop: journalv1.Hop_HOP_READ, state: controlv1.State_STATE_SENT},
		{hop: journalv1.Hop_HOP_DELIVERED, part: 1, state: controlv1.State_STATE_DELIVERED},
	},
	"nothing goes back": {
		{hop: journalv1.Hop_HOP_DELIVERED, state: controlv1.State_STATE_ACCEPTED},
		{hop: journalv1.Hop_HOP_DELIVERED, part: 1, state: controlv1.State_STATE_DELIVERED},
		{hop: journalv1.Hop_HOP_SENT, part: 1, state: controlv1.State_STATE_DELIVERED},
		{hop: journalv1.Hop_HOP_FAILED, byReceipt: true, state: controlv1.State_STATE_DELIVERED},
		{hop: journalv1.Hop_HOP_WAITING, state: controlv1.State_STATE_DELIVERED},
		{hop: journalv1.Hop_HOP_REPEATED, state: controlv1.State_STATE_DELIVERED},
	},
	"what failed is brought back": {
		{hop: journalv1.Hop_HOP_SENT, state: controlv1.State_STATE_ACCEPTED},
		{hop: journalv1.Hop_HOP_FAILED, part: 1, byReceipt: true, state: controlv1.State_STATE_FAILED_BY_RECEIPT},
		{hop: journalv1.Hop_HOP_DELIVERED, part: 1, state: controlv1.State_STATE_FAILED_BY_RECEIPT},
		{hop: journalv1.Hop_HOP_REPLAYED, part: 1, generation: 1, state: controlv1.State_STATE_ACCEPTED},
		{hop: journalv1.Hop_HOP_FAILED, part: 1, state: controlv1.State_STATE_ACCEPTED}, // of the generation before
		{hop: journalv1.Hop_HOP_SENT, part: 1, generation: 1, state: controlv1.State_STATE_SENT},
	},
	"a stranger repeats what nobody knows": {
		{hop: journalv1.Hop_HOP_REPEATED, state: controlv1.State_STATE_REPEATED},
		{hop: journalv1.Hop_HOP_ACCEPTED, state: controlv1.State_STATE_ACCEPTED},
	},
}

// A message stands as its entries say after each of them, and does not depend on whether it was stored in between.
func TestStandsAsItsEntriesSay(t *testing.T) {
	t.Parallel()
	for name, steps := range lives {
		var kept, stored Message
		for i, s := range steps {
			e, at := s.entry(i), began.Add(time.Duration(i)*time.Second)
			kept.Take(e, at)
			stored.Take(e, at)
			var err error
			if stored.Progress, err = DecodeProgress(stored.Progress.Encode()); err != nil {
				t.Fatal(err)
			}
			for how, m := range map[string]Message{"kept": kept, "stored": stored} {
				if m.State != s.state || m.StateAt > at.UnixMicro() || m.StateAt < began.UnixMicro() || m.Seen != at.UnixMicro() {
					t.Errorf("%s, %s, after %s: %s since %d", name, how, s.hop, m.State, m.StateAt)
				}
				if Failed(m.State) != (m.Why != nil && m.State != controlv1.State_STATE_WAITING && m.State != controlv1.State_STATE_REPEATED) {
					t.Errorf("%s, %s, after %s: because of %v", name, how, s.hop, ReadReason(m.Why))
				}
			}
		}
		if kept.Contact != "contact" || kept.Direction != controlv1.Direction_DIRECTION_OUT {
			t.Errorf("%s: of %q, %s", name, kept.Contact, kept.Direction)
		}
	}
}

// How it failed is kept when it is brought back.
func TestHowItFailedIsKept(t *testing.T) {
	t.Parallel()
	var m Message
	for i, s := range lives["what failed is brought back"] {
		m.Take(s.entry(i), began)
	}
	if r := m.Resent; !r.Changed || r.State != controlv1.State_STATE_FAILED_BY_RECEIPT || ReadReason(r.Why).GetEn() != "because" || r.Again <= r.At {
		t.Errorf("%+v", r)
	}
	if f := m.Failure; f.Part != 1 || m.Progress.Generation() != 1 || m.Progress.Parts() != 2 {
		t.Errorf("%+v, generation %d of %d parts", f, m.Progress.Generation(), m.Progress.Parts())
	}
}

// A time that a network made up is that of storing.
func TestATimeFarAheadIsNotBelieved(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		told, stored time.Time
		want         int64
	}{
		"told":        {began, began.Add(time.Minute), began.UnixMicro()},
		"a bit ahead": {began.Add(time.Minute), began, began.Add(time.Minute).UnixMicro()},
		"far ahead":   {began.Add(48 * time.Hour), began, began.UnixMicro()},
		"before 1970": {time.Unix(-5, 0), began, 0},
	} {
		if got := Micros(timestamppb.New(test.told), test.stored); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
	if Micros(nil, began) != began.UnixMicro() || Micros(nil, time.Time{}) != 0 || Timestamp(0) != nil {
		t.Error("without a time")
	}
}

// What a file holds may be anything once it is damaged.
func FuzzDecodeProgress(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{3, 65, 1, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := DecodeProgress(data)
		if err != nil {
			return
		}
		again, err := DecodeProgress(p.Encode())
		if err != nil || again.state() != p.state() || again.Generation() != p.Generation() || again.Parts() != p.Parts() {
			t.Errorf("%+v, %+v, %v", p, again, err)
		}
	})
}
