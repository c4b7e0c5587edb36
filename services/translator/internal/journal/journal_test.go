package journal

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/topology"

	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
)

// storedEntries are the ids of what the journal holds, by stored message, and the subjects of these.
func storedEntries(t *testing.T, s *bustest.Server) (ids [][]string, subjects []string) {
	t.Helper()
	for _, stored := range s.Stored(topology.Journal.Name, 0) {
		e := &journalv1.Entry{}
		stored.Into(t, e)
		of := []string{e.GetId()}
		for _, more := range e.GetMore() {
			of = append(of, more.GetId())
		}
		ids, subjects = append(ids, of), append(subjects, stored.Subject)
	}
	return ids, subjects
}

// Many entries are few stored messages, each within its bound, and each entry is there once, in the order in which they were told.
func TestEntriesAreStoredTogether(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, "a", "b")
	b := s.Connect("translator")
	j := New(b)
	const each = 500
	stored := make(chan string, 4*each)
	for i := range each {
		for _, network := range []string{"a", "b"} {
			id := fmt.Sprintf("%s%d", network, i)
			e := &journalv1.Entry{Id: id, Network: network, Channel: "ch1", Reason: strings.Repeat("r", 300)}
			for range 2 { // a repeat is stored once, and told to both
				if err := j.add(e, id, func() { stored <- id }, nil); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	j.Settle(t.Context())
	for range 4 * each {
		<-stored
	}
	if err := j.add(&journalv1.Entry{Id: "a0", Network: "a", Channel: "ch1"}, "a0", func() { stored <- "a0" }, nil); err != nil {
		t.Fatal(err)
	}
	<-stored
	j.Close()
	all, subjects := storedEntries(t, s)
	if len(all) > 2*each/10 {
		t.Errorf("%d entries are %d stored messages", 2*each, len(all))
	}
	next := map[string]int{}
	for i, ids := range all {
		network := strings.Split(subjects[i], ".")[1]
		if len(ids)*320 > gatherBytes+1000 {
			t.Errorf("a stored message has %d entries", len(ids))
		}
		for _, id := range ids {
			if want := fmt.Sprintf("%s%d", network, next[network]); id != want {
				t.Fatalf("%s is where %s should be", id, want)
			}
			next[network]++
		}
	}
	if next["a"] != each || next["b"] != each {
		t.Errorf("stored were %v", next)
	}
}

// An entry that can never be stored holds up none of those that would be stored with it. Those of several channels have a subject of
// their own.
func TestAnEntryThatCannotBeStoredIsLeftOut(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, "a")
	b := s.Connect("translator")
	j := New(b)
	stored := make(chan string, 10)
	add := func(e *journalv1.Entry) error {
		e.Network = "a"
		return j.add(e, e.GetId(), func() { stored <- e.GetId() }, nil)
	}
	for _, e := range []*journalv1.Entry{
		{Id: "1", Channel: "ch1"}, {Id: "bad", Channel: "ch1", Reason: "\xff"}, {Id: "2", Channel: "ch2"}, {Id: "large", Channel: "ch1", Reason: strings.Repeat("r", 9<<20)},
		{Id: "3", Channel: "ch1"}, {Id: "4", Channel: "ch2"},
	} {
		if err := add(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := add(&journalv1.Entry{Id: "5", Channel: "no channel"}); err == nil {
		t.Error("an entry that has no subject is taken")
	}
	j.Close()
	close(stored)
	n := 0
	for range stored {
		n++
	}
	all, _ := storedEntries(t, s)
	if got := slices.Concat(all...); !slices.Equal(got, []string{"1", "2", "3", "4"}) || n != 6 {
		t.Errorf("%v are stored, %d were told of", got, n)
	}
}

// TestWhatIsStoredTogetherSaysOfWhom: under the channel's subject stands only what is of the channel.
func TestWhatIsStoredTogetherSaysOfWhom(t *testing.T) {
	t.Parallel()
	of := func(channels ...string) bus.Post {
		var batch []*pending
		for i, c := range channels {
			batch = append(batch, &pending{id: fmt.Sprint(i), entry: &journalv1.Entry{Network: "a", Channel: c}})
		}
		return postOf("a", batch)
	}
	one, same, several := of("ch1"), of("ch1", "ch1"), of("ch1", "ch2")
	if one.Subject != "journal.a.ch1" || one.ID != "0" || same.Subject != "journal.a.ch1" || several.Subject != "journal.a.=several" {
		t.Errorf("%s %s, %s, %s", one.Subject, one.ID, same.Subject, several.Subject)
	}
	if same.ID == "0" || same.ID == of("ch1", "ch1").ID {
		t.Error("what is stored together has the id of something else")
	}
}

// While the broker does not take it, whoever waits for an entry hears so, what is kept is bounded, and it is stored in the end.
func TestAJournalThatIsAwayIsWaitedFor(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, "a")
	b := s.Connect("translator")
	j := New(b)
	defer j.Close()
	stored := make(chan struct{})
	s.Without(topology.Journal.Name, func() { unavailable(t, j, func() { close(stored) }) })
	<-stored
}

func unavailable(t *testing.T, j *Journal, stored func()) {
	entry := func() *journalv1.Entry { return &journalv1.Entry{Id: "1", Network: "a", Channel: "ch1"} }
	if err := j.add(entry(), idOf(entry(), ""), stored, nil); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := j.Write(context.Background(), entry()); err == nil {
			t.Fatal("an entry that is not stored was written")
		}
	}
	for i := range mostPending - 1 {
		if err := j.add(&journalv1.Entry{Network: "a", Channel: "ch1"}, fmt.Sprint(i), nil, nil); err != nil {
			t.Fatal(i, err)
		}
	}
	if err := j.add(&journalv1.Entry{Network: "a", Channel: "ch1"}, "one more", nil, nil); err != errFull {
		t.Errorf("one too many: %v", err)
	}
}
