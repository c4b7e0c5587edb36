package record

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

const (
	sent      = eventv1.Status_STATUS_SENT
	delivered = eventv1.Status_STATUS_DELIVERED
	read      = eventv1.Status_STATUS_READ
)

var statuses = []eventv1.Status{waiting, sent, delivered, read, failed}

func short(s eventv1.Status) string {
	if s == waiting {
		return "waiting"
	}
	return topology.StatusName(s)
}

// inState is a message of one part that has come so far, by the entry of OUTCOMES at 5.
func inState(s eventv1.Status) *indexv1.State {
	state := &indexv1.State{Sequence: 1, Standing: indexv1.Standing_STANDING_TAKEN, Status: s, Parts: []eventv1.Status{s}}
	if s != waiting {
		state.OutcomeSequence = 5
	}
	return state
}

// Every status of a message and everything that can be told of it.
func TestEveryStatusAndAllNews(t *testing.T) {
	t.Parallel()
	becomes := map[eventv1.Status][]eventv1.Status{
		//          told: waiting  sent       delivered  read       failed
		waiting:   {waiting, sent, delivered, read, failed},
		sent:      {sent, sent, delivered, read, failed},
		delivered: {delivered, delivered, delivered, read, delivered},
		read:      {read, read, read, read, read},
		failed:    {failed, failed, failed, failed, failed},
	}
	for _, have := range statuses {
		for i, news := range statuses {
			t.Run(short(have)+" and "+short(news), func(t *testing.T) {
				s := inState(have)
				effect := advance(s, News{Status: news, Sequence: 9, Why: reason.Untranslated("why")})
				want := becomes[have][i]
				wantEffect, wantSequence := Ignore, inState(have).GetOutcomeSequence()
				if want != have {
					wantEffect, wantSequence = WriteAndTell, 9
				}
				if s.GetStatus() != want || s.GetParts()[0] != want || effect != wantEffect || s.GetOutcomeSequence() != wantSequence {
					t.Errorf("%s, part %s, effect %d, sequence %d; want %s, effect %d, sequence %d",
						s.GetStatus(), s.GetParts()[0], effect, s.GetOutcomeSequence(), want, wantEffect, wantSequence)
				}
				if reason := s.GetReason(); (reason == "why") != (want == failed && have != failed) {
					t.Errorf("reason %q", reason)
				}
			})
		}
	}
}

// The entry that advanced a message is read again after a crash: it is told again, and nothing is written.
func TestTheEntryThatAdvancedAMessageTellsItAgain(t *testing.T) {
	t.Parallel()
	for _, have := range statuses[1:] {
		s := inState(have)
		if effect := advance(s, News{Status: have, Sequence: 5}); effect != TellAgain || !effect.Tells() || effect.Writes() {
			t.Errorf("%s: effect %d", have, effect)
		}
		if diff := cmp.Diff(inState(have), s, protocmp.Transform()); diff != "" {
			t.Error(diff)
		}
	}
}

// What a message is worth as a whole.
func TestAMessageIsAsFarAsItsParts(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		parts []eventv1.Status
		want  eventv1.Status
	}{
		{[]eventv1.Status{sent, waiting}, waiting},
		{[]eventv1.Status{read, sent, delivered}, sent},
		{[]eventv1.Status{read, read}, read},
		{[]eventv1.Status{read, failed, waiting}, failed},
	} {
		if got := Whole(test.parts); got != test.want {
			t.Errorf("%v: %s, want %s", test.parts, got, test.want)
		}
	}
}

// A part that comes further than the others is written and not told: its sequence must not hide that of the status before.
func TestAPartAloneIsWrittenAndNotTold(t *testing.T) {
	t.Parallel()
	s := &indexv1.State{
		Standing: indexv1.Standing_STANDING_TAKEN, Parts: []eventv1.Status{sent, waiting, waiting},
		Contents: []*messagev1.Content{{}, {}, {}},
	}
	sequence := uint64(10)
	for i, step := range []struct {
		part   uint32
		status eventv1.Status
		effect Effect
		whole  eventv1.Status
		told   uint64 // the entry that was told last
	}{
		{0, delivered, Write, waiting, 0},
		{1, sent, Write, waiting, 0},
		{2, sent, WriteAndTell, sent, 12},
		{2, delivered, Write, sent, 12},
		{1, failed, WriteAndTell, failed, 14},
		{0, read, Write, failed, 14},
	} {
		effect := advance(s, News{Part: step.part, Status: step.status, Sequence: sequence, Why: reason.Untranslated("why")})
		sequence++
		if effect != step.effect || s.GetStatus() != step.whole || s.GetOutcomeSequence() != step.told {
			t.Errorf("step %d: effect %d, %s, told by %d; want %+v", i, effect, s.GetStatus(), s.GetOutcomeSequence(), step)
		}
	}
	if s.GetReason() != "part 2 of 3: why" || s.GetContents() != nil {
		t.Errorf("reason %q, contents %v", s.GetReason(), s.GetContents())
	}
}

// News of no message that was taken, of no part of it, or of another generation.
func TestNewsThatConcernsNobody(t *testing.T) {
	t.Parallel()
	replayed := time.Date(2026, 5, 1, 12, 0, 0, 700_000_000, time.UTC)
	second := &indexv1.State{ // its second part was replayed twice, its first never
		Standing: indexv1.Standing_STANDING_TAKEN, Generation: 2, Parts: []eventv1.Status{sent, waiting}, PartGenerations: []uint32{0, 2},
		ReplayedAt: timestamppb.New(replayed),
	}
	for _, test := range []struct {
		name  string
		state *indexv1.State
		news  News
		want  Effect
	}{
		{"nothing is remembered", &indexv1.State{}, News{Status: sent}, Ignore},
		{"a void", &indexv1.State{Standing: indexv1.Standing_STANDING_VOID, Parts: []eventv1.Status{waiting}}, News{Status: sent}, Ignore},
		{"a part that it does not have", inState(sent), News{Part: 1, Status: delivered}, Ignore},
		{"the generation before", second, News{Part: 1, Generation: 1, Status: sent}, Ignore},
		{"the generation after", second, News{Part: 1, Generation: 3, Status: sent}, Ignore},
		{"its generation", second, News{Part: 1, Generation: 2, Status: sent}, WriteAndTell},
		{"a part that kept its generation", second, News{Part: 0, Generation: 0, Status: delivered}, Write},
		{"a part that kept its generation, in the message's", second, News{Part: 0, Generation: 2, Status: delivered}, Ignore},
		{"only the id, sent", second, News{Part: 1, AnyGeneration: true, Status: sent}, WriteAndTell},
		{"only the id, failed before the replay", second, News{Part: 1, AnyGeneration: true, Status: failed, At: replayed.Add(-time.Minute)}, Ignore},
		{"only the id, failed in the replay's second", second, News{Part: 1, AnyGeneration: true, Status: failed, At: replayed.Truncate(time.Second)}, WriteAndTell},
		{"only the id, failed after it", second, News{Part: 1, AnyGeneration: true, Status: failed, At: replayed.Add(time.Second)}, WriteAndTell},
		{"only the id, a part that was never replayed", second, News{Part: 0, AnyGeneration: true, Status: failed, At: replayed.Add(-time.Hour)}, WriteAndTell},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := proto.CloneOf(test.state)
			test.news.Sequence = 9
			if got := advance(s, test.news); got != test.want {
				t.Errorf("effect %d, want %d", got, test.want)
			}
			if test.want == Ignore {
				if diff := cmp.Diff(test.state, s, protocmp.Transform()); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestClaims(t *testing.T) {
	t.Parallel()
	next := &indexv1.State{Standing: indexv1.Standing_STANDING_TAKEN, Sequence: 7, Generation: 1}
	for _, test := range []struct {
		name  string
		there *indexv1.State
		want  Claim
	}{
		{"the same entry", &indexv1.State{Standing: indexv1.Standing_STANDING_TAKEN, Sequence: 7, Generation: 1}, Resumed},
		{"another entry", &indexv1.State{Standing: indexv1.Standing_STANDING_TAKEN, Sequence: 6, Generation: 1}, Repeated},
		{"a lower generation", &indexv1.State{Standing: indexv1.Standing_STANDING_TAKEN, Sequence: 6}, Fresh},
		{"a lower generation of the same sequence", &indexv1.State{Standing: indexv1.Standing_STANDING_TAKEN, Sequence: 7}, Fresh},
		{"a higher generation", &indexv1.State{Standing: indexv1.Standing_STANDING_TAKEN, Sequence: 7, Generation: 2}, Repeated},
		{"a void", &indexv1.State{Standing: indexv1.Standing_STANDING_VOID}, Voided},
	} {
		if got := claimOutbound(test.there, next); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}

// What an earlier try made of a message is gone on with, however it would be split now.
func TestContentsAreThoseOfTheClaim(t *testing.T) {
	t.Parallel()
	text := func(body string) *messagev1.Content {
		return &messagev1.Content{Kind: &messagev1.Content_Text{Text: &messagev1.Text{Body: body}}}
	}
	m := &messagev1.Message{Id: "m1", Content: text("uno dos")}
	parts := []*messagev1.Content{text("uno"), text("dos")}
	three := []*messagev1.Content{text("u"), text("no"), text("dos")}
	asWritten := []*messagev1.Content{m.GetContent()}
	for _, test := range []struct {
		name               string
		then, today, wants []*messagev1.Content
	}{
		{"in one piece then and now", asWritten, asWritten, asWritten},
		{"in one piece then, split now", asWritten, parts, asWritten},
		{"split then, in one piece now", parts, asWritten, parts},
		{"split otherwise now", parts, three, parts},
	} {
		found := taken(1, m, test.then)
		if diff := cmp.Diff(test.wants, contentsOf(found, m, test.today), protocmp.Transform()); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
	if s := taken(1, m, asWritten); len(s.GetContents()) > 0 {
		t.Error("a message that goes as it was written is remembered twice")
	}
}
