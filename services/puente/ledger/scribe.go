package ledger

import (
	"net/http"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/topology"
)

// scribe writes the book. It is safe for concurrent use.
type scribe struct {
	mu   sync.Mutex
	book Book
	open map[Lane]map[int]bool // accepted and not arrived
	late map[Lane]map[int]bool // arrived before the sender knew that it was accepted
	mids map[string]bool       // accepted outbound, without a status yet
	seen map[string]bool       // with a status
}

func newScribe() *scribe {
	return &scribe{
		book: Book{Faults: map[Fault]int{}, Healthy: map[Lane]bool{}, Asked: map[Kind]int{}},
		open: map[Lane]map[int]bool{}, late: map[Lane]map[int]bool{}, mids: map[string]bool{}, seen: map[string]bool{},
	}
}

func (s *scribe) accept(a Accepted) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.book.Accepted = append(s.book.Accepted, a)
	if !s.late[a.Lane][a.Seq] {
		put(s.open, a.Lane, a.Seq)
	}
	if a.MID != "" && !s.seen[a.MID] {
		s.mids[a.MID] = true
	}
}

func put(m map[Lane]map[int]bool, l Lane, seq int) {
	if m[l] == nil {
		m[l] = map[int]bool{}
	}
	m[l][seq] = true
}

// arrive writes down an arrival; the returned function that it was answered.
func (s *scribe) arrive(a Arrival) (answered func(*http.Request)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := len(s.book.Arrivals)
	s.book.Arrivals = append(s.book.Arrivals, a)
	delete(s.open[a.Lane], a.Seq)
	put(s.late, a.Lane, a.Seq)
	return func(r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.book.Arrivals[i].answer(r)
	}
}

// status writes down a receipt; the returned function that it was answered.
func (s *scribe) status(st Status) (answered func(*http.Request)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := len(s.book.Statuses)
	s.book.Statuses = append(s.book.Statuses, st)
	delete(s.mids, st.MID)
	s.seen[st.MID] = true
	return func(r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.book.Statuses[i].answer(r)
	}
}

// stored writes down when the outcome of each send was stored.
func (s *scribe) stored(network string, when func(far, send string) time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	mids := map[Lane]map[int]string{}
	for _, a := range s.book.Accepted {
		if mids[a.Lane] == nil {
			mids[a.Lane] = map[int]string{}
		}
		mids[a.Lane][a.Seq] = a.MID
	}
	for i := range s.book.Arrivals {
		a := &s.book.Arrivals[i]
		if mid := mids[a.Lane][a.Seq]; mid != "" {
			a.MID = mid // not every network's calls tell it
		}
		a.Stored = when(map[Way]string{Outbound: network, Inbound: topology.Platform}[a.Way], a.MID)
	}
	for i := range s.book.Statuses {
		st := &s.book.Statuses[i]
		st.Stored = when(topology.Platform, st.MID+" "+st.Value)
	}
}

func (s *scribe) told(t Told) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.book.Told = append(s.book.Told, t)
}

func (s *scribe) struck(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.book.Faults[f]++
}

func (s *scribe) refused() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.book.Refused++
}

// unfinished is how many messages have not arrived, and how many have no status at the platform.
func (s *scribe) unfinished() (messages, receipts int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, seqs := range s.open {
		messages += len(seqs)
	}
	return messages, len(s.mids)
}

// disrupt writes down the start of a disruption; the returned function its end.
func (s *scribe) disrupt(d Disruption) (ready func()) {
	open, _ := s.unfinished()
	s.mu.Lock()
	defer s.mu.Unlock()
	d.At, d.Open = time.Now(), max(d.Open, open)
	i := len(s.book.Disruptions)
	s.book.Disruptions = append(s.book.Disruptions, d)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.book.Disruptions[i].Until = time.Now()
	}
}

// events is how much has been written, to see when nothing happens any more.
func (s *scribe) events() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.book.Accepted) + len(s.book.Arrivals) + len(s.book.Statuses) + len(s.book.Told)
}
