package history

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/control/history/internal/feed"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
)

// journal writes entries as services do.
func journal(t *testing.T, b *bus.Bus, entries ...*journalv1.Entry) {
	t.Helper()
	for _, e := range entries {
		if _, err := b.Publish(t.Context(), bus.Post{Subject: topology.JournalSubject(e.GetNetwork(), e.GetChannel()), Body: e}); err != nil {
			t.Fatal(err)
		}
	}
}

// following opens a history in a folder and has it follow; stop ends both.
func following(t *testing.T, b *bus.Bus, dir string) (h *History, stop func()) {
	t.Helper()
	h, err := Open(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.Follow(ctx, b) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(stop)
	return h, stop
}

// caughtUp waits until a history knows all that the journal holds.
func caughtUp(t *testing.T, h *History, b *bus.Bus) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	for {
		behind, err := h.Behind(ctx, b)
		if err != nil {
			t.Fatal(err)
		}
		state, err := b.State(ctx, topology.Journal.Name)
		if err != nil {
			t.Fatal(err)
		}
		if behind == 0 && h.applied.Load() == state.Last { // not ahead of it either
			return
		}
		_ = pause.For(ctx, 10*time.Millisecond)
	}
}

// all are the messages of a history, with their ways.
func all(t *testing.T, h *History) (list []*controlv1.Message) {
	t.Helper()
	page, _, err := h.List(t.Context(), &controlv1.ListMessagesRequest{PageSize: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range page {
		found, err := h.Find(t.Context(), digester{}, Query{Text: m.GetId(), Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, found.Messages[0].Message)
	}
	return list
}

func life(id string) []*journalv1.Entry {
	return []*journalv1.Entry{routed(id, 0), fails(entry(id, 1, hopWaiting)), entry(id, 2, hopSent), entry(id, 3, hopDelivered)}
}

// Several processes follow one journal, from different times on, and answer the same.
func TestTwoFollowersAnswerTheSame(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "telegram").Connect("control")
	one, _ := following(t, b, t.TempDir())
	for _, id := range []string{"m1", "m2", "m3"} {
		journal(t, b, life(id)...)
	}
	other, _ := following(t, b, "")
	journal(t, b, fails(entry("m4", 4, hopFailed)))
	caughtUp(t, one, b)
	caughtUp(t, other, b)
	first, second := all(t, one), all(t, other)
	if len(first) != 4 {
		t.Errorf("%d messages", len(first))
	}
	if diff := cmp.Diff(first, second, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

// A file that was left goes on where it was, and does not take an entry twice.
func TestItGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	b, dir := bustest.Start(t, "telegram").Connect("control"), t.TempDir()
	h, stop := following(t, b, dir)
	journal(t, b, life("m1")[:2]...)
	caughtUp(t, h, b)
	if _, err := Open(Options{Dir: dir}); err == nil {
		t.Error("two processes use one folder")
	}
	stop()
	journal(t, b, life("m1")[2:]...)
	h, _ = following(t, b, dir)
	caughtUp(t, h, b)
	if got := all(t, h); len(got) != 1 || got[0].GetState() != controlv1.State_STATE_DELIVERED || len(got[0].GetHops()) != 5 {
		t.Errorf("%v", got)
	}
}

// What is subscribed to is told while it happens, and what a slow reader misses is counted.
func TestASlowSubscriberIsToldHowMuchItMissed(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, "telegram").Connect("control")
	journal(t, b, entry("before", 0, hopSent))
	h, _ := following(t, b, "")
	caughtUp(t, h, b)
	s := h.Subscribe(func(hop *controlv1.Hop) bool { return hop.GetId() != "other" })
	defer s.Close()
	const written = feed.Waiting + 20
	for range written {
		journal(t, b, entry("m", 0, hopSent))
	}
	journal(t, b, entry("other", 0, hopSent))
	caughtUp(t, h, b)
	told := 0
	for range feed.Waiting {
		if x := <-s.Hops(); x.Hop.GetId() != "m" && x.Hop.GetId() != "before" {
			t.Errorf("%v", x.Hop)
		}
		told++
	}
	if left := s.LeftOut(); told+int(left) < written || left == 0 || s.LeftOut() != 0 {
		t.Errorf("%d told, %d left out of %d", told, left, written)
	}
}

// Several entries that are stored as one message are all there, each once, by whatever the reader is interrupted; two of one message
// keep their order. What is told twice is there once, whatever time it was told with.
func TestEntriesThatAreStoredTogether(t *testing.T) {
	t.Parallel()
	b, dir := bustest.Start(t, "telegram").Connect("control"), t.TempDir()
	together := func(entries ...*journalv1.Entry) {
		entries[0].More = entries[1:]
		journal(t, b, entries[0])
	}
	held := entry("", 1, journalv1.Hop_HOP_HELD)
	resumed := entry("", 1, journalv1.Hop_HOP_RESUMED)
	h, stop := following(t, b, dir)
	together(routed("m1", 0), routed("m2", 0), held, entry("m1", 1, hopSent), resumed, entry("m2", 2, hopWaiting), entry("m2", 3, hopWaiting))
	caughtUp(t, h, b)
	stop()
	h, _ = following(t, b, dir)
	together(entry("m2", 4, hopSent), routed("m1", 5), entry("m1", 1, hopSent))
	caughtUp(t, h, b)
	anew, _ := following(t, b, "")
	caughtUp(t, anew, b)
	for what, h := range map[string]*History{"as it came": h, "built anew": anew} {
		got := map[string][]string{}
		for _, m := range all(t, h) {
			for _, hop := range m.GetHops() {
				got[m.GetId()] = append(got[m.GetId()], hop.GetHop())
			}
		}
		want := map[string][]string{"m1": {"accepted", "routed", "sent"}, "m2": {"accepted", "routed", "waiting", "waiting", "sent"}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
		events, err := h.ChannelEvents(t.Context(), "tienda")
		if err != nil || len(events) != 2 || events[0].GetWhat() != "resumed" || events[1].GetWhat() != "held" {
			t.Errorf("%s: of the channel: %v, %v", what, events, err)
		}
	}
}

// Where much comes, more of it is written at once; where little comes, it is written as soon as ever.
func TestMoreIsGatheredWhereMuchComes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		entries int
		takes   func(time.Duration) bool
	}{
		{"little", busyEntries - 1, func(d time.Duration) bool { return d < busyWithin-batchWithin }},
		{"much", busyEntries, func(d time.Duration) bool { return d >= busyWithin-batchWithin }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := bustest.Start(t, "telegram").Connect("control")
			first := routed("m", 0)
			for range test.entries - 1 {
				first.More = append(first.More, entry("m", 1, hopSent))
			}
			journal(t, b, first)
			h, err := Open(Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = h.Close() })
			reader, err := b.Reader(t.Context(), topology.Journal.Name, topology.Journal.Subjects[0], 0)
			if err != nil {
				t.Fatal(err)
			}
			defer reader.Close()
			began := time.Now()
			items, err := h.batch(t.Context(), reader)
			if took := time.Since(began); err != nil || len(items) != test.entries || !test.takes(took) {
				t.Errorf("%d entries after %s, %v", len(items), took, err)
			}
		})
	}
}
