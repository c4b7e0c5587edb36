package record

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

func TestReplay(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	at := timestamppb.New(now)
	const taken = indexv1.Standing_STANDING_TAKEN
	for _, test := range []struct {
		name  string
		state *indexv1.State
		parts []uint32
		want  Replay
		again []uint32
		left  *indexv1.State // nil for as it was
	}{
		{
			"the whole of a message", &indexv1.State{Standing: taken, Status: failed, Reason: "why", Parts: []eventv1.Status{failed}, OutcomeSequence: 5},
			[]uint32{0}, ReplayStarted, []uint32{0},
			&indexv1.State{Standing: taken, Generation: 1, Parts: []eventv1.Status{waiting}, PartGenerations: []uint32{1}, ReplayedAt: at},
		},
		{
			"its outcome was not read yet", &indexv1.State{Standing: taken, Parts: []eventv1.Status{waiting}, Contents: []*messagev1.Content{{}}},
			[]uint32{0}, ReplayStarted, []uint32{0},
			&indexv1.State{Standing: taken, Generation: 1, Parts: []eventv1.Status{waiting}, PartGenerations: []uint32{1}, ReplayedAt: at},
		},
		{
			"the parts behind one that arrived", &indexv1.State{Standing: taken, Status: failed, Reason: "why", Parts: []eventv1.Status{delivered, failed, failed}},
			[]uint32{1, 2}, ReplayStarted, []uint32{1, 2},
			&indexv1.State{Standing: taken, Generation: 1, Parts: []eventv1.Status{delivered, waiting, waiting}, PartGenerations: []uint32{0, 1, 1}, ReplayedAt: at},
		},
		{
			"a part that the network took and did not deliver stays failed",
			&indexv1.State{Standing: taken, Status: failed, Reason: "why", Parts: []eventv1.Status{failed, failed}},
			[]uint32{1}, ReplayStarted, []uint32{1},
			&indexv1.State{
				Standing: taken, Generation: 1, Status: failed, Reason: "why", Parts: []eventv1.Status{failed, waiting}, PartGenerations: []uint32{0, 1}, ReplayedAt: at,
			},
		},
		{"it arrived after all", inState(delivered), []uint32{0}, ReplayDone, nil, nil},
		{"it was replayed twice since", &indexv1.State{Standing: taken, Generation: 2, Parts: []eventv1.Status{failed}}, []uint32{0}, ReplayDone, nil, nil},
		{
			"an earlier replay was interrupted", &indexv1.State{Standing: taken, Generation: 1, Parts: []eventv1.Status{sent, waiting}, PartGenerations: []uint32{0, 1}},
			[]uint32{1}, ReplayResumed, []uint32{1}, nil,
		},
		{
			"an earlier replay published all: there is news", &indexv1.State{
				Standing: taken, Generation: 1, Parts: []eventv1.Status{waiting, failed}, PartGenerations: []uint32{1, 1},
			}, []uint32{0, 1}, ReplayDone, nil, nil,
		},
		{
			"the translator claimed its generation anew", &indexv1.State{Standing: taken, Generation: 1, Parts: []eventv1.Status{waiting}},
			[]uint32{0}, ReplayDone, nil, nil,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := proto.CloneOf(test.state)
			r, again := replay(s, ofGeneration(0, test.parts...), now)
			if r != test.want || !slices.Equal(again, test.again) {
				t.Errorf("%d, %v; want %d, %v", r, again, test.want, test.again)
			}
			if test.left == nil {
				test.left = test.state
			}
			if diff := cmp.Diff(test.left, s, protocmp.Transform()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// ofGeneration are parts that were given up in one generation.
func ofGeneration(g uint32, parts ...uint32) (given []Given) {
	for _, p := range parts {
		given = append(given, Given{Part: p, Generation: g})
	}
	return given
}

// A part that the network took is sent again without those that have dead letters, and these come back afterwards all the
// same: each part goes by its own generation, and the message's own goes up each time.
func TestPartsComeBackOneAfterTheOther(t *testing.T) {
	t.Parallel()
	s := &indexv1.State{Standing: indexv1.Standing_STANDING_TAKEN, Status: failed, Parts: []eventv1.Status{failed, failed, failed}}
	again := func(given []Given, want Replay, parts ...uint32) {
		t.Helper()
		if r, got := replay(s, given, time.Now()); r != want || !slices.Equal(got, parts) {
			t.Fatalf("%d, %v; want %d, %v", r, got, want, parts)
		}
	}
	taken := []Given{{Part: 0, Taken: true}}
	again(taken, ReplayStarted, 0)
	again(taken, ReplayResumed, 0)
	if s.GetStatus() != failed {
		t.Errorf("two parts are failed still, and it says %s", s.GetStatus())
	}
	again(ofGeneration(0, 1, 2), ReplayStarted, 1, 2)
	again(ofGeneration(0, 1, 2), ReplayResumed, 1, 2)
	if s.GetStatus() != waiting || !slices.Equal(s.GetPartGenerations(), []uint32{1, 1, 1}) || s.GetGeneration() != 2 {
		t.Errorf("%v", s)
	}
	s.Parts[0] = failed
	again(taken, ReplayDone)
	again([]Given{{Part: 0, Generation: 1, Taken: true}}, ReplayStarted, 0)
	if !slices.Equal(s.GetPartGenerations(), []uint32{2, 1, 1}) || s.GetGeneration() != 3 || !slices.Equal(s.GetPartResent(), []uint32{2, 0, 0}) {
		t.Errorf("%v", s)
	}
	// what is told of the time before is not of this one, whatever its clock says
	for resent, want := range map[uint32]Effect{0: Ignore, 1: Ignore, 3: Ignore, 2: Write} {
		n := News{Part: 0, Status: sent, AnyGeneration: true, Resent: resent, At: time.Now().Add(time.Hour), Sequence: 9}
		if got := advance(proto.CloneOf(s), n); got != want {
			t.Errorf("of the time %d: %d, want %d", resent, got, want)
		}
	}
}

// What was replayed as a whole, by the translator, is replayed in part: each part has the generation of its last send.
func TestASecondReplayLeavesTheGenerationsOfOtherParts(t *testing.T) {
	t.Parallel()
	s := &indexv1.State{Standing: indexv1.Standing_STANDING_TAKEN, Generation: 1, Parts: []eventv1.Status{sent, failed, failed}}
	for next, parts := range [][]uint32{2: {1, 2}, 3: {2}} {
		if len(parts) > 0 {
			s.Parts[2] = failed
			if r, again := replay(s, ofGeneration(uint32(next)-1, parts...), time.Now()); r != ReplayStarted || !slices.Equal(again, parts) {
				t.Errorf("to generation %d: %d, %v", next, r, again)
			}
		}
	}
	if want := []uint32{1, 2, 3}; !slices.Equal(s.GetPartGenerations(), want) || PartGeneration(s, 1) != 2 {
		t.Errorf("generations %v, want %v", s.GetPartGenerations(), want)
	}
}

func TestReplayOfAMessageToThePlatform(t *testing.T) {
	t.Parallel()
	for generation, want := range []Replay{ReplayStarted, ReplayStarted, ReplayResumed, ReplayDone} {
		s := &indexv1.Seen{Sequence: 3, Generation: uint32(generation)}
		if got := replaySeen(s, 2); got != want || s.GetGeneration() != max(2, uint32(generation)) || s.GetSequence() != 3 {
			t.Errorf("from generation %d: %d, %v", generation, got, s)
		}
	}
}

func TestEdits(t *testing.T) {
	t.Parallel()
	first := &indexv1.Seen{ContentDigest: "hola"}
	for i, test := range []struct {
		id, digest     string
		changes, write bool
	}{
		{"e1", "hola", false, false},
		{"e2", "hola!", true, true},
		{"e2", "hola!", true, false}, // handled again
		{"e3", "hola!", false, false},
		{"e4", "hola", true, true}, // as it was at first
	} {
		changes, write := edit(first, &messagev1.Message{Id: test.id, ContentDigest: test.digest})
		if changes != test.changes || write != test.write {
			t.Errorf("%d: %t, %t", i, changes, write)
		}
	}
}

// What failed is remembered longer than its dead letter is kept: a replay needs it.
func TestWhatFailedIsKeptLongerThanItsDeadLetter(t *testing.T) {
	t.Parallel()
	for _, s := range statuses {
		got := kept(&indexv1.State{Parts: []eventv1.Status{sent, s}})
		if (s == failed) != (got > topology.KeepDead) || got < topology.Webhooks("x").MaxAge {
			t.Errorf("%s: %s", s, got)
		}
	}
}
