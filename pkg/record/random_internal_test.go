package record

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/reason"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// later says that a status may follow another one in one generation of a part.
func later(before, after eventv1.Status) bool {
	switch {
	case before == after:
		return true
	case before == failed || before == read:
		return false // final
	case after == failed:
		return before <= sent
	default:
		return after > before
	}
}

// life is a random life of a message: news of any generation in any order, and replays of any parts.
type life struct {
	*rand.Rand
	state *indexv1.State
	log   []string
}

func newLife(seed uint64) *life {
	l := &life{Rand: rand.New(rand.NewPCG(seed, 1))}
	l.state = &indexv1.State{Standing: indexv1.Standing_STANDING_TAKEN, Sequence: 1, Parts: make([]eventv1.Status, 1+l.IntN(3))}
	return l
}

// step makes one random thing happen, and returns the generation that news was of, or that of a replay's letters.
func (l *life) step(i int) (n News, replayed bool) {
	n = News{
		Part: uint32(l.IntN(len(l.state.GetParts()) + 1)), Status: statuses[l.IntN(len(statuses))], Sequence: uint64(10 + i),
		Generation: uint32(l.IntN(int(l.state.GetGeneration()) + 2)), AnyGeneration: l.IntN(6) == 0, Resent: uint32(l.IntN(2)), At: time.Unix(int64(i), 0),
	}
	if l.IntN(8) > 0 {
		l.log = append(l.log, fmt.Sprintf("part %d %s of %d: %d", n.Part, n.Status, n.Generation, advance(l.state, n)))
		return n, false
	}
	var parts []Given
	for p, status := range l.state.GetParts() {
		if l.IntN(2) == 0 {
			parts = append(parts, Given{Part: uint32(p), Generation: n.Generation, Taken: status == failed && l.IntN(2) == 0})
		}
	}
	r, again := replay(l.state, parts, time.Unix(int64(i), 0))
	l.log = append(l.log, fmt.Sprintf("replay %v: %d, %v", parts, r, again))
	return n, true
}

// Whatever happens in whatever order: a status never goes back, a final one of a generation stays, a generation never goes
// down, and parts of another generation change nothing.
func TestWhateverHappensNothingGoesBack(t *testing.T) {
	t.Parallel()
	told := 0
	for seed := range uint64(1000) {
		l := newLife(seed)
		for i := range 40 {
			before := proto.CloneOf(l.state)
			n, replayed := l.step(i)
			broken := func(what string) {
				t.Fatalf("seed %d: %s\nbefore %v\nafter  %v\n%v", seed, what, before, l.state, l.log)
			}
			if l.state.GetGeneration() < before.GetGeneration() || l.state.GetGeneration() > before.GetGeneration()+2 {
				broken("the generation went down, or leapt")
			}
			for p, status := range l.state.GetParts() {
				was, is := PartGeneration(before, uint32(p)), PartGeneration(l.state, uint32(p))
				switch {
				case is < was:
					broken("the generation of a part went down")
				case is == was && !later(before.GetParts()[p], status):
					broken("a part went back")
				case is > was && (status != waiting || before.GetParts()[p] == sent || before.GetParts()[p] == delivered || before.GetParts()[p] == read):
					broken("a part that arrived was replayed, or one did not start anew")
				}
				if !replayed && status != before.GetParts()[p] && (uint32(p) != n.Part || !n.AnyGeneration && n.Generation != was) {
					broken("a part was changed by news of another, or of another generation")
				}
			}
			if l.state.GetGeneration() == before.GetGeneration() && !later(before.GetStatus(), l.state.GetStatus()) {
				broken("the message went back")
			}
			if slices.Contains(l.state.GetParts(), failed) != (l.state.GetStatus() == failed) {
				broken("a part failed and the message did not, or the other way round")
			}
			if l.state.GetOutcomeSequence() == n.Sequence {
				told++
			}
		}
	}
	if told < 1000 {
		t.Errorf("only %d times was anything told: the test tries too little", told)
	}
}

// Handled again, each event ends in the same state: what was written stays, and what was told is told again at most.
func TestEachEventCanBeHandledTwice(t *testing.T) {
	t.Parallel()
	for seed := range uint64(500) {
		once, twice := newLife(seed), newLife(seed)
		for i := range 30 {
			n, replayed := once.step(i)
			twice.step(i)
			if !replayed {
				after := proto.CloneOf(twice.state)
				if effect := advance(twice.state, n); effect.Writes() {
					t.Fatalf("seed %d: the second time something was written: %v", seed, twice.log)
				}
				if !proto.Equal(after, twice.state) {
					t.Fatalf("seed %d: the second time it was changed: %v", seed, twice.log)
				}
			}
		}
		if !proto.Equal(once.state, twice.state) {
			t.Fatalf("seed %d: %v, and with every event twice %v", seed, once.state, twice.state)
		}
	}
}

// The outcome "sent" of each part and one receipt of each, in any order, end alike. (A failure and "delivered" do not: the
// first of them stays.)
func TestAnOutcomeAndAReceiptEndAlikeInAnyOrder(t *testing.T) {
	t.Parallel()
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 2))
		parts := 1 + r.IntN(3)
		var news []News
		for p := range parts {
			news = append(news,
				News{Part: uint32(p), Status: sent},
				News{Part: uint32(p), Status: []eventv1.Status{sent, delivered, read, failed}[r.IntN(4)], Why: reason.Untranslated("why"), AnyGeneration: r.IntN(2) == 0})
		}
		var ends []*indexv1.State
		for range 3 {
			s := &indexv1.State{Standing: indexv1.Standing_STANDING_TAKEN, Parts: make([]eventv1.Status, parts)}
			for i, n := range news {
				n.Sequence = uint64(10 + i)
				advance(s, n)
			}
			s.OutcomeSequence, s.Reason, s.Why = 0, "", nil // which of two failed parts was first is told by the order
			ends = append(ends, s)
			r.Shuffle(len(news), func(i, j int) { news[i], news[j] = news[j], news[i] })
		}
		if !proto.Equal(ends[0], ends[1]) || !proto.Equal(ends[0], ends[2]) {
			t.Fatalf("seed %d: %v: %v", seed, news, ends)
		}
	}
}
