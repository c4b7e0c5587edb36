package record_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/record"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

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
		{record.News{Part: 1, Status: failed, Why: reason.Untranslated("blocked"), Sequence: 21}, record.WriteAndTell},
		{record.News{Part: 1, Status: failed, Why: reason.Untranslated("blocked"), Sequence: 21}, record.TellAgain},
		{record.News{Part: 1, Status: failed, Why: reason.Untranslated("blocked"), Sequence: 22}, record.Ignore},
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
		r, again, err := ix.ReplayOutbound(t.Context(), m, []record.Given{{Part: 1}})
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
	if r, _, err := ix.ReplayOutbound(t.Context(), m, []record.Given{{Part: 1}}); r != record.ReplayDone || err != nil {
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
	if _, _, err := ix.ReplayOutbound(t.Context(), message("m1", 0), []record.Given{{}}); !errors.Is(err, record.ErrNotReplayable) || !strings.Contains(err.Error(), "not taken") {
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
	if _, _, err := ix.ReplayOutbound(t.Context(), message("m1", 0), []record.Given{{}}); !errors.Is(err, record.ErrNotReplayable) {
		t.Error(err)
	}
	if done, err := ix.Replayed(t.Context(), message("m1", 0)); done || err != nil {
		t.Errorf("%t, %v", done, err)
	}
	claim(t, ix, 7, message("m1", 0), text("ho"), text("la"))
	claim(t, ix, 8, message("m2", 0))
	for id, part := range map[string]uint32{"m1": 0, "m2": 1} {
		if _, _, err := ix.ReplayOutbound(t.Context(), message(id, 0), []record.Given{{Part: part}}); !errors.Is(err, record.ErrNotReplayable) || !strings.Contains(err.Error(), " parts") {
			t.Errorf("%s: %v", id, err)
		}
	}
}
