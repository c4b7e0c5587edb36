//go:build unix

package history

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/services/control/history/store"

	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
)

// What BenchmarkWriter writes: as many messages a second as two cores bring through the whole bridge, and what the translator's
// journal stores together.
const (
	writtenEach      = time.Second / 1100 // between two messages
	writtenGathering = 25 * time.Millisecond
	writtenMessages  = 40_000
)

// BenchmarkWriter writes the entries of messages that come at a steady rate, in the batches in which they would be read, and prints
// what a message costs: in CPU, and on the disk.
//
//	go test -run '^$' -bench Writer -count 6 ./services/control/history
func BenchmarkWriter(b *testing.B) {
	batches := arriving(writtenMessages)
	var spent time.Duration
	var size int64
	for b.Loop() {
		h, err := Open(Options{Dir: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		w, err := h.file.Writer()
		if err != nil {
			b.Fatal(err)
		}
		began := used()
		for _, batch := range batches {
			if err := w.Write(batch); err != nil {
				b.Fatal(err)
			}
		}
		spent += used() - began
		if size, err = h.file.Size(b.Context()); err != nil {
			b.Fatal(err)
		}
		w.Close()
		_ = h.Close()
	}
	b.ReportMetric(float64(spent.Microseconds())/float64(b.N)/writtenMessages, "µs-CPU/message")
	b.ReportMetric(float64(size)/writtenMessages, "B/message")
}

// arriving are the entries of so many messages as the journal has them, cut into batches as they would be read.
func arriving(messages int) [][]store.Item {
	t := &traffic{random: rand.New(rand.NewPCG(1, 2)), from: time.Now().Add(-time.Hour), step: writtenEach, channels: 100, messages: messages}
	var entries []*journalv1.Entry
	for n := range messages {
		of := t.message(n)
		for _, e := range of[1:] {
			if e.GetHop() == journalv1.Hop_HOP_SENT || e.GetHop() == journalv1.Hop_HOP_FAILED { // who is in health answers soon
				e.At = timestamppb.New(of[0].GetAt().AsTime().Add(20*time.Millisecond + time.Duration(t.random.IntN(130))*time.Millisecond))
			}
		}
		entries = append(entries, of...)
	}
	slices.SortStableFunc(entries, func(a, b *journalv1.Entry) int { return a.GetAt().AsTime().Compare(b.GetAt().AsTime()) })
	var sequence uint64
	var items []store.Item
	last := map[string]store.Item{} // of a network
	for _, e := range entries {
		i := last[e.GetNetwork()]
		i.Entry, i.Place = e, i.Place+1
		if at := e.GetAt().AsTime(); !at.Before(i.Stored) {
			sequence++
			i.Sequence, i.Place, i.Stored = sequence, 0, at.Add(writtenGathering)
		}
		last[e.GetNetwork()] = i
		items = append(items, i)
	}
	slices.SortFunc(items, func(a, b store.Item) int {
		return cmp.Or(cmp.Compare(a.Sequence, b.Sequence), cmp.Compare(a.Place, b.Place))
	})
	return cut(items)
}

// cut cuts items into batches, as they would be read if reading took no time.
func cut(items []store.Item) (batches [][]store.Item) {
	for len(items) > 0 {
		n := 0
		within := func(d time.Duration) {
			for n < len(items) && (items[n].Place > 0 || n < batchEntries && items[n].Stored.Before(items[0].Stored.Add(d))) {
				n++
			}
		}
		if within(batchWithin); n >= busyEntries {
			within(busyWithin)
		}
		batches, items = append(batches, items[:n]), items[n:]
	}
	return batches
}
