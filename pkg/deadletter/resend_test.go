package deadletter_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/delivery/sent"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// newKeeping is a morgue whose destination keeps what it took.
func newKeeping(t *testing.T, refuse ...string) *morgue {
	t.Helper()
	m := newMorgue(t, refuse...)
	m.keep = true
	m.serve()
	return m
}

// news is what a receipt or an outcome says of a part, in the record.
func (m *morgue) news(id string, part, generation uint32, s eventv1.Status) {
	m.t.Helper()
	index := record.New(m.bus)
	c, err := index.Advance(m.t.Context(), channel, id, record.News{Part: part, Generation: generation, Status: s, Sequence: uint64(100 + m.net.Total())})
	if err == nil {
		err = index.Commit(m.t.Context(), c)
	}
	if err != nil {
		m.t.Fatal(err)
	}
}

// kept waits until the text of a send is kept.
func (m *morgue) kept(keys ...string) {
	m.t.Helper()
	for _, key := range keys {
		eventually(m.t, key+" is kept", func() bool {
			_, err := sent.NewFinder(m.bus).Find(m.t.Context(), far, channel, key, time.Time{}, time.Time{})
			return err == nil
		})
	}
}

func (m *morgue) look(id string) *deadletter.Kept {
	m.t.Helper()
	k, err := deadletter.Look(m.t.Context(), m.bus, nil, far, channel, id)
	if err != nil {
		m.t.Fatal(err)
	}
	return k
}

func (m *morgue) resend(id string, want bool) {
	m.t.Helper()
	if again, err := deadletter.Resend(m.t.Context(), m.bus, m.look(id)); again != want || err != nil {
		m.t.Fatalf("resend: %v, %v, want %v", again, err, want)
	}
}

// It failed by a receipt and is sent again; that fails too, and it is sent again; that arrives.
func TestWhatFailedByAReceiptIsSentAgain(t *testing.T) {
	t.Parallel()
	m := newKeeping(t)
	m.send("m1", 1)
	m.kept("m1-0-0")
	m.news("m1", 0, 0, eventv1.Status_STATUS_SENT)
	if m.look("m1").Some() {
		t.Error("it did not fail, and there is something to send again")
	}
	for g := range uint32(2) {
		m.news("m1", 0, g, eventv1.Status_STATUS_FAILED)
		m.resend("m1", true)
		m.kept(topology.Key("m1", g+1, 0))
	}
	m.took("m1-0-0", "m1-1-0", "m1-2-0")
	if s := m.state("m1"); record.PartResent(s, 0) != 2 || s.GetParts()[0] != 0 {
		t.Errorf("%v", s)
	}
	m.news("m1", 0, 1, eventv1.Status_STATUS_FAILED) // late
	m.news("m1", 0, 2, eventv1.Status_STATUS_DELIVERED)
	if m.look("m1").Some() || m.state("m1").GetStatus() != eventv1.Status_STATUS_DELIVERED {
		t.Errorf("%v", m.state("m1"))
	}
}

// Each step may be the last of a process. Whoever begins again sends once, also where the stream has forgotten the id.
func TestAnInterruptedResendIsDoneAgain(t *testing.T) {
	t.Parallel()
	m := newKeeping(t)
	m.send("m1", 2)
	m.kept("m1-0-0", "m1-0-1")
	m.news("m1", 0, 0, eventv1.Status_STATUS_DELIVERED)
	m.news("m1", 1, 0, eventv1.Status_STATUS_FAILED)
	if err := deadletter.ResendUntil(t.Context(), m.bus, m.look("m1")); err != nil {
		t.Fatal(err)
	}
	m.took("m1-0-0", "m1-0-1") // nothing was published
	m.resend("m1", true)
	eventually(t, "sent", func() bool { return m.concluded("m1-1-1") })
	m.s.ForgetIDs(topology.Egress(far).Name)
	m.serve() // a process that remembers nothing
	m.resend("m1", true)
	m.took("m1-0-0", "m1-0-1", "last2-0-0", "m1-1-1")
	m.news("m1", 1, 1, eventv1.Status_STATUS_SENT)
	m.resend("m1", false)
}

func TestTwoResendsAtOnceSendOnce(t *testing.T) {
	t.Parallel()
	m := newKeeping(t)
	var want []string
	for i := range 10 {
		id := fmt.Sprintf("m%d", i)
		m.send(id, 1)
		m.kept(id + "-0-0")
		m.news(id, 0, 0, eventv1.Status_STATUS_FAILED)
		want = append(want, id+"-0-0")
	}
	other := m.s.Connect("puente-2")
	for i := range 10 {
		id := fmt.Sprintf("m%d", i)
		a, b := m.look(id), m.look(id) // before either sends
		var wg sync.WaitGroup
		for k, by := range map[*deadletter.Kept]*bus.Bus{a: m.bus, b: other} {
			wg.Go(func() {
				if _, err := deadletter.Resend(t.Context(), by, k); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		eventually(t, "it is sent again", func() bool { return m.concluded(id + "-1-0") })
		want = append(want, id+"-1-0")
	}
	m.took(want...)
}

// It goes behind what waits for the contact now.
func TestWhatIsSentAgainGoesBehindWhatWaits(t *testing.T) {
	t.Parallel()
	m := newKeeping(t)
	m.send("m1", 1)
	m.kept("m1-0-0")
	m.news("m1", 0, 0, eventv1.Status_STATUS_FAILED)
	m.stop()
	m.send("m2", 1)
	m.resend("m1", true)
	m.serve()
	m.took("m1-0-0", "m2-0-0", "m1-1-0")
}

// One part failed by a receipt, the others were refused: each comes back by its own way, in whatever order, and none is lost.
func TestPartsThatFailedInBothWaysAllComeBack(t *testing.T) {
	t.Parallel()
	for name, receiptFirst := range map[string]bool{"the receipt's first": true, "the letters first": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newKeeping(t, "m1-0-1")
			m.send("m1", 3)
			letters := m.letters(2)
			m.kept("m1-0-0")
			for part, s := range []eventv1.Status{eventv1.Status_STATUS_FAILED, eventv1.Status_STATUS_FAILED, eventv1.Status_STATUS_FAILED} {
				m.news("m1", uint32(part), 0, s)
			}
			if receiptFirst {
				m.resend("m1", true)
				m.replay(letters, true)
				m.took("m1-0-0", "m1-1-0", "m1-1-1", "m1-1-2")
			} else {
				m.replay(letters, true)
				m.resend("m1", true)
				m.took("m1-0-0", "m1-1-1", "m1-1-2", "m1-1-0")
			}
			m.letters(0)
			if s := m.state("m1"); s.GetStatus() != 0 || s.GetGeneration() != 2 {
				t.Errorf("%v", s)
			}
		})
	}
}

// What is sent again and refused is a dead letter, which brings it back under the key that it had then.
func TestAResendThatIsRefusedIsADeadLetter(t *testing.T) {
	t.Parallel()
	m := newKeeping(t, "m1-1-0")
	m.send("m1", 1)
	m.kept("m1-0-0")
	m.news("m1", 0, 0, eventv1.Status_STATUS_FAILED)
	m.resend("m1", true)
	letters := m.letters(1)
	m.news("m1", 0, 1, eventv1.Status_STATUS_FAILED)
	if m.look("m1").Some() {
		t.Error("it was refused, and there is a text to send again beside its dead letter")
	}
	m.replay(letters, true)
	m.took("m1-0-0", "m1-2-0")
	if s := m.state("m1"); record.PartResent(s, 0) != 1 {
		t.Errorf("%v", s)
	}
}

// Texts that were stored as one message are found one by one: by when their sends were taken, and also where that is forgotten.
func TestWhatWasStoredTogetherIsSentAgain(t *testing.T) {
	t.Parallel()
	m := newKeeping(t)
	var ids, keys []string
	for i := range 20 {
		id := fmt.Sprintf("m%02d", i)
		ids, keys = append(ids, id), append(keys, id+"-0-0")
		m.send(id, 1)
	}
	m.kept(keys...)
	if state, err := m.bus.State(t.Context(), topology.Sent.Name); err != nil || state.Last >= 20 {
		t.Fatalf("nothing is stored together: %+v, %v", state, err)
	}
	if err := m.bus.Purge(t.Context(), topology.Outcomes(far).Name, topology.OutcomeSubject(far, channel, "m00-0-0"), 1<<40); err != nil {
		t.Fatal(err)
	}
	f := sent.NewFinder(m.bus)
	for _, id := range ids {
		m.news(id, 0, 0, eventv1.Status_STATUS_FAILED)
		k, err := deadletter.Look(t.Context(), m.bus, f, far, channel, id)
		if err != nil || !k.Some() {
			t.Fatalf("%s: %v", id, err)
		}
		if again, err := deadletter.Resend(t.Context(), m.bus, k); err != nil || !again {
			t.Fatalf("%s: %v", id, err)
		}
	}
	for _, id := range ids {
		keys = append(keys, id+"-1-0")
	}
	m.took(keys...)
}

func TestATextThatIsGone(t *testing.T) {
	t.Parallel()
	m := newMorgue(t) // its destination keeps nothing
	m.send("m1", 2)
	eventually(t, "sent", func() bool { return m.concluded("m1-0-1") })
	for part := range uint32(2) {
		m.news("m1", part, 0, eventv1.Status_STATUS_FAILED)
	}
	gone := func() {
		t.Helper()
		if _, err := deadletter.Look(t.Context(), m.bus, nil, far, channel, "m1"); !errors.Is(err, deadletter.ErrTextGone) {
			t.Errorf("%v", err)
		}
	}
	gone()
	// of one part there is a text: half a message is not sent
	publish(t, m.bus, bus.Post{Subject: topology.SentSubject(far, channel, "m1-0-0"), Body: event("m1", "ana", 0, 2)})
	gone()
	if _, err := deadletter.Look(t.Context(), m.bus, nil, far, channel, "nobody"); !errors.Is(err, deadletter.ErrFinal) {
		t.Errorf("%v", err)
	}
	m.s.Without(topology.Sent.Name, gone) // turned off
	m.took("m1-0-0", "m1-0-1")
}

// A network that drops repeats by itself, or hands our id back, is given another key each time; more than that many are not.
func TestHowOftenOneMessageIsSentAgain(t *testing.T) {
	t.Parallel()
	m := newMorgue(t)
	m.remember("m1", 1)
	index := record.New(m.bus)
	text := event("m1", "ana", 0, 1).GetMessage()
	for g := range uint32(record.MostResent + 1) {
		m.news("m1", 0, g, eventv1.Status_STATUS_FAILED)
		given := []record.Given{{Generation: g, Taken: true}}
		_, _, err := index.ReplayOutbound(t.Context(), text, given)
		if (g < record.MostResent) != (err == nil) || err != nil && !errors.Is(err, deadletter.ErrFinal) {
			t.Fatalf("%d: %v", g, err)
		}
		if err == nil { // interrupted, and done again
			if r, _, err := index.ReplayOutbound(t.Context(), text, given); r != record.ReplayResumed || err != nil {
				t.Fatalf("%d again: %v, %v", g, r, err)
			}
		}
	}
}
