package record_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

const (
	network = "testnet"
	channel = "ch1"

	sent      = eventv1.Status_STATUS_SENT
	delivered = eventv1.Status_STATUS_DELIVERED
	read      = eventv1.Status_STATUS_READ
	failed    = eventv1.Status_STATUS_FAILED
)

// busy is a store in which others change records: before runs ahead of each write, and says nothing.
type busy struct {
	record.Store
	before func(subject string)
	refuse int // so many creates are refused though there is nothing

	mu                       sync.Mutex
	creates, replaces, reads int
}

func (s *busy) Create(ctx context.Context, subject string, r proto.Message, keep time.Duration) (uint64, error) {
	s.count(&s.creates)
	if s.creates <= s.refuse {
		return 0, bus.ErrExists
	}
	if s.before != nil {
		s.before(subject)
	}
	return s.Store.Create(ctx, subject, r, keep)
}

func (s *busy) Replace(ctx context.Context, subject string, r proto.Message, revision uint64, keep time.Duration) (uint64, error) {
	s.count(&s.replaces)
	if s.before != nil {
		s.before(subject)
	}
	return s.Store.Replace(ctx, subject, r, revision, keep)
}

func (s *busy) Read(ctx context.Context, subject string, r proto.Message) (uint64, error) {
	s.count(&s.reads)
	return s.Store.Read(ctx, subject, r)
}

func (s *busy) count(n *int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*n++
}

func newIndex(t *testing.T) (*record.Index, *busy) {
	t.Helper()
	s := &busy{Store: bustest.Start(t, network).Connect("test")}
	return record.New(s), s
}

// put writes a record, whatever is there.
func (s *busy) put(t *testing.T, subject string, r proto.Message) {
	t.Helper()
	revision, err := s.Store.Read(t.Context(), subject, proto.CloneOf(r))
	if err != nil && !errors.Is(err, bus.ErrNotFound) {
		t.Fatal(err)
	}
	if _, err := s.Store.Replace(t.Context(), subject, r, revision, 0); err != nil {
		t.Fatal(err)
	}
}

// state is what is stored of a message.
func (s *busy) state(t *testing.T, id string) *indexv1.State {
	t.Helper()
	var state indexv1.State
	if _, err := s.Store.Read(t.Context(), topology.StateSubject(channel, id), &state); err != nil {
		t.Fatal(err)
	}
	return &state
}

func message(id string, generation uint32) *messagev1.Message {
	return &messagev1.Message{
		Id: id, Network: network, Channel: channel, Generation: generation, Contact: &messagev1.Contact{Address: "ana"},
		Direction: messagev1.Direction_DIRECTION_OUTBOUND, Content: text("hola"),
	}
}

func text(body string) *messagev1.Content {
	return &messagev1.Content{Kind: &messagev1.Content_Text{Text: &messagev1.Text{Body: body}}}
}

func claim(t *testing.T, ix *record.Index, sequence uint64, m *messagev1.Message, contents ...*messagev1.Content) record.Outbound {
	t.Helper()
	if len(contents) == 0 {
		contents = []*messagev1.Content{m.GetContent()}
	}
	out, err := ix.ClaimOutbound(t.Context(), sequence, m, contents)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// advance advances a message and writes it.
func advance(t *testing.T, ix *record.Index, id string, n record.News) record.Effect {
	t.Helper()
	next, err := ix.Advance(t.Context(), channel, id, n)
	if err == nil {
		err = ix.Commit(t.Context(), next)
	}
	if err != nil {
		t.Fatal(err)
	}
	return next.Effect
}

// One message through all that can happen to it, with everything handled twice.
func TestALifeOfAMessage(t *testing.T) {
	t.Parallel()
	ix, s := newIndex(t)
	m := message("m1", 0)
	parts := []*messagev1.Content{text("ho"), text("la")}
	if got := claim(t, ix, 7, m, parts...); got.Claim != record.Fresh || len(got.Contents) != 2 || got.OnTheirWay {
		t.Fatalf("the claim: %+v", got)
	}
	got := claim(t, ix, 7, m)
	if diff := cmp.Diff(parts, got.Contents, protocmp.Transform()); got.Claim != record.Resumed || diff != "" || got.OnTheirWay {
		t.Errorf("claimed again by its entry: %+v, %s", got, diff)
	}
	if got := claim(t, ix, 8, m); got.Claim != record.Repeated {
		t.Errorf("claimed by another entry: %+v", got)
	}
	if taken, err := ix.Void(t.Context(), channel, "m1"); !taken || err != nil {
		t.Errorf("a void beside it: %t, %v", taken, err)
	}
	for i, step := range []struct {
		news record.News
		want record.Effect
	}{
		{record.News{Part: 0, Status: sent, Sequence: 20}, record.Write},
		{record.News{Part: 1, Status: failed, Reason: "blocked", Sequence: 21}, record.WriteAndTell},
		{record.News{Part: 1, Status: failed, Reason: "blocked", Sequence: 21}, record.TellAgain},
		{record.News{Part: 1, Status: failed, Reason: "blocked", Sequence: 22}, record.Ignore},
	} {
		if got := advance(t, ix, "m1", step.news); got != step.want {
			t.Errorf("step %d: %d, want %d", i, got, step.want)
		}
	}
	if got := claim(t, ix, 7, m); got.Claim != record.Resumed || !got.OnTheirWay {
		t.Errorf("claimed again when there is news: %+v", got)
	}
	m.Part = &messagev1.Part{Index: 1, Count: 2}
	for _, want := range []record.Replay{record.ReplayStarted, record.ReplayResumed} {
		r, again, err := ix.ReplayOutbound(t.Context(), m, []uint32{1})
		if err != nil || r != want || !cmp.Equal(again, []uint32{1}) {
			t.Errorf("replay: %d, %v, %v, want %d", r, again, err, want)
		}
	}
	if done, err := ix.Replayed(t.Context(), m); !done || err != nil {
		t.Errorf("replayed: %t, %v", done, err)
	}
	if got := advance(t, ix, "m1", record.News{Part: 1, Status: sent, Sequence: 23}); got != record.Ignore {
		t.Errorf("news of the generation before the replay: %d", got)
	}
	if got := advance(t, ix, "m1", record.News{Part: 1, Generation: 1, Status: sent, Sequence: 24}); got != record.WriteAndTell {
		t.Errorf("news of the replay: %d", got)
	}
	if r, _, err := ix.ReplayOutbound(t.Context(), m, []uint32{1}); r != record.ReplayDone || err != nil {
		t.Errorf("replay of what was sent: %d, %v", r, err)
	}
	state := s.state(t, "m1")
	state.ReplayedAt = nil
	want := &indexv1.State{
		Sequence: 7, Standing: indexv1.Standing_STANDING_TAKEN, Generation: 1, Status: sent, Parts: []eventv1.Status{sent, sent}, OutcomeSequence: 24,
		Address: "ana", Network: network, PartGenerations: []uint32{0, 1},
	}
	if diff := cmp.Diff(want, state, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestAVoidIsForGood(t *testing.T) {
	t.Parallel()
	ix, s := newIndex(t)
	for range 2 {
		if taken, err := ix.Void(t.Context(), channel, "m1"); taken || err != nil {
			t.Errorf("%t, %v", taken, err)
		}
	}
	if got := claim(t, ix, 7, message("m1", 1)); got.Claim != record.Voided {
		t.Errorf("claimed: %+v", got)
	}
	if got := advance(t, ix, "m1", record.News{Status: sent, Sequence: 9}); got != record.Ignore {
		t.Errorf("news of it: %d", got)
	}
	if _, _, err := ix.ReplayOutbound(t.Context(), message("m1", 0), []uint32{0}); !errors.Is(err, record.ErrNotReplayable) || !strings.Contains(err.Error(), "not taken") {
		t.Errorf("replay: %v", err)
	}
	if _, err := ix.Replayed(t.Context(), message("m1", 0)); !errors.Is(err, record.ErrNotReplayable) {
		t.Errorf("replayed: %v", err)
	}
	if diff := cmp.Diff(&indexv1.State{Standing: indexv1.Standing_STANDING_VOID}, s.state(t, "m1"), protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

// What was given up before it was ready for its network comes back as an entry of a higher generation.
func TestAHigherGenerationIsClaimedAnew(t *testing.T) {
	t.Parallel()
	ix, s := newIndex(t)
	claim(t, ix, 7, message("m1", 0))
	if got := claim(t, ix, 9, message("m1", 1)); got.Claim != record.Fresh {
		t.Errorf("%+v", got)
	}
	if got := claim(t, ix, 7, message("m1", 0)); got.Claim != record.Repeated {
		t.Errorf("the entry before: %+v", got)
	}
	if state := s.state(t, "m1"); state.GetGeneration() != 1 || state.GetSequence() != 9 {
		t.Error(state)
	}
	in := message("i1", 0)
	for i, want := range []record.Claim{record.Fresh, record.Resumed, record.Repeated} {
		sequence := []uint64{7, 7, 8}[i]
		if got, err := ix.ClaimInbound(t.Context(), sequence, in); got != want || err != nil {
			t.Errorf("inbound, %d: %d, %v", i, got, err)
		}
	}
	for _, want := range []record.Replay{record.ReplayStarted, record.ReplayResumed} {
		if got, err := ix.ReplayInbound(t.Context(), in); got != want || err != nil {
			t.Errorf("replay inbound: %d, %v", got, err)
		}
	}
	in.Direction = messagev1.Direction_DIRECTION_INBOUND
	if done, err := ix.Replayed(t.Context(), in); !done || err != nil {
		t.Errorf("replayed: %t, %v", done, err)
	}
}

// A replay whose message has been forgotten, or has another number of parts.
func TestWhatCannotBeReplayed(t *testing.T) {
	t.Parallel()
	ix, _ := newIndex(t)
	if _, _, err := ix.ReplayOutbound(t.Context(), message("m1", 0), []uint32{0}); !errors.Is(err, record.ErrNotReplayable) {
		t.Error(err)
	}
	if done, err := ix.Replayed(t.Context(), message("m1", 0)); done || err != nil {
		t.Errorf("%t, %v", done, err)
	}
	claim(t, ix, 7, message("m1", 0), text("ho"), text("la"))
	claim(t, ix, 8, message("m2", 0))
	for id, part := range map[string]uint32{"m1": 0, "m2": 1} {
		if _, _, err := ix.ReplayOutbound(t.Context(), message(id, 0), []uint32{part}); !errors.Is(err, record.ErrNotReplayable) || !strings.Contains(err.Error(), " parts") {
			t.Errorf("%s: %v", id, err)
		}
	}
}

// A state that this index wrote is advanced without being read. One that another process has changed is refused, and read.
func TestAStateIsAdvancedFromTheCache(t *testing.T) {
	t.Parallel()
	ix, s := newIndex(t)
	claim(t, ix, 7, message("m1", 0))
	advance(t, ix, "m1", record.News{Status: sent, Sequence: 20})
	if s.reads != 0 {
		t.Errorf("it was read %d times", s.reads)
	}
	next, err := ix.Advance(t.Context(), channel, "m1", record.News{Status: delivered, Sequence: 21})
	if err != nil {
		t.Fatal(err)
	}
	other := record.New(s.Store)
	advance(t, other, "m1", record.News{Status: read, Sequence: 22})
	if err := ix.Commit(t.Context(), next); !errors.Is(err, bus.ErrConflict) || !strings.Contains(err.Error(), "m1") {
		t.Errorf("the commit: %v", err)
	}
	if got := advance(t, ix, "m1", record.News{Status: delivered, Sequence: 21}); got != record.Ignore {
		t.Errorf("decided anew: %d", got)
	}
	if s.reads == 0 || s.state(t, "m1").GetStatus() != read {
		t.Errorf("%d reads, %v", s.reads, s.state(t, "m1"))
	}
}

// A change that is not committed leaves nothing behind: the history of its news could not be written, and it comes again.
func TestAChangeThatIsNotCommittedIsForgotten(t *testing.T) {
	t.Parallel()
	ix, _ := newIndex(t)
	claim(t, ix, 7, message("m1", 0), text("ho"), text("la"))
	if next, err := ix.Advance(t.Context(), channel, "m1", record.News{Part: 0, Status: sent, Sequence: 20}); next.Effect != record.Write || err != nil {
		t.Fatal(next.Effect, err)
	}
	if got := advance(t, ix, "m1", record.News{Part: 1, Status: sent, Sequence: 21}); got != record.Write {
		t.Errorf("the other part: effect %d", got)
	}
	if got := advance(t, ix, "m1", record.News{Part: 0, Status: sent, Sequence: 20}); got != record.WriteAndTell {
		t.Errorf("the same news again: effect %d", got)
	}
}

// News of what this index does not remember has no effect, and writes nothing.
func TestNewsOfWhatIsNotRemembered(t *testing.T) {
	t.Parallel()
	ix, s := newIndex(t)
	if got := advance(t, ix, "m1", record.News{Status: sent, Sequence: 20}); got != record.Ignore || s.replaces != 0 {
		t.Errorf("%d, %d writes", got, s.replaces)
	}
}

// A record that others change again and again is read again a few times, and then it is an error that says which.
func TestARecordThatIsAlwaysChangedIsAnError(t *testing.T) {
	t.Parallel()
	ix, s := newIndex(t)
	m := message("m1", 0)
	claim(t, ix, 7, m)
	s.put(t, topology.SeenSubject(network, channel, "i1"), &indexv1.Seen{})
	s.before = func(subject string) {
		if strings.HasPrefix(subject, "state.") {
			s.put(t, subject, s.state(t, "m1"))
		} else {
			s.put(t, subject, &indexv1.Seen{})
		}
	}
	before := s.replaces
	if _, _, err := ix.ReplayOutbound(t.Context(), m, []uint32{0}); !errors.Is(err, bus.ErrConflict) {
		t.Errorf("replay: %v", err)
	}
	if n := s.replaces - before; n < 2 || n > 20 {
		t.Errorf("%d tries", n)
	}
	if _, err := ix.ClaimInbound(t.Context(), 7, message("i1", 1)); !errors.Is(err, bus.ErrConflict) || !strings.Contains(err.Error(), "i1") {
		t.Errorf("claim: %v", err)
	}
	// once they leave it alone it goes on
	changes := 3
	s.before = func(subject string) {
		if changes--; changes > 0 {
			s.put(t, subject, &indexv1.Seen{})
		}
	}
	if r, err := ix.ReplayInbound(t.Context(), message("i1", 0)); r != record.ReplayStarted || err != nil {
		t.Errorf("replay: %d, %v", r, err)
	}
}

// Two that create a record at once can both be refused while there is nothing yet: each tries again.
func TestACreateThatIsRefusedForNothing(t *testing.T) {
	t.Parallel()
	ix, s := newIndex(t)
	s.refuse = 2
	if taken, err := ix.Void(t.Context(), channel, "m1"); taken || err != nil || s.creates != 3 {
		t.Errorf("%t, %v after %d tries", taken, err, s.creates)
	}
	s.creates, s.refuse = 0, 1000
	if _, err := ix.Void(t.Context(), channel, "m2"); !errors.Is(err, bus.ErrConflict) || s.creates > 20 {
		t.Errorf("%v after %d tries", err, s.creates)
	}
}

// Of many processes that claim, void or replay a message at once, one has it.
func TestOfManyAtOnceOneHasIt(t *testing.T) {
	t.Parallel()
	_, s := newIndex(t)
	const processes = 8
	ask := func(f func(ix *record.Index, i int) bool) (yes int) {
		var wg sync.WaitGroup
		var mu sync.Mutex
		for i := range processes {
			wg.Go(func() {
				if f(record.New(s.Store), i) {
					mu.Lock()
					defer mu.Unlock()
					yes++
				}
			})
		}
		wg.Wait()
		return yes
	}
	claims := ask(func(ix *record.Index, i int) bool {
		out, err := ix.ClaimOutbound(t.Context(), uint64(i+1), message("m1", 0), []*messagev1.Content{text("hola")})
		return err == nil && out.Claim == record.Fresh
	})
	replays := ask(func(ix *record.Index, _ int) bool {
		r, _, err := ix.ReplayOutbound(t.Context(), message("m1", 0), []uint32{0})
		return err == nil && r == record.ReplayStarted
	})
	admissions := ask(func(ix *record.Index, i int) bool {
		a, err := ix.Admit(t.Context(), network, channel, "credential", string(rune('a'+i)), time.Hour)
		return err == nil && !a.Another
	})
	if claims != 1 || replays != 1 || admissions != 1 {
		t.Errorf("%d claims, %d replays, %d admissions", claims, replays, admissions)
	}
}
