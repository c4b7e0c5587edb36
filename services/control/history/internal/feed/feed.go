// Package feed tells subscribers what happens, while it happens: hops as they are written into the history. Who reads slowly holds nobody
// up: what finds no room is left out, and counted.
package feed

import (
	"sync"
	"time"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// Feed tells its subscribers. The zero value has none. It is safe for concurrent use.
type Feed struct {
	mu   sync.Mutex
	subs map[*Subscription]bool
}

// Subscription is told hops as they are written. It keeps at most [Waiting]; what comes while it is full is left out and counted. It is
// safe for concurrent use.
type Subscription struct {
	want  func(*controlv1.Hop) bool
	since time.Time
	feed  *Feed
	hops  chan Told

	mu   sync.Mutex
	left uint64
}

// Told is a hop, and how many were left out between the one before and it.
type Told struct {
	Hop     *controlv1.Hop
	LeftOut uint64
}

// Waiting is how many hops wait for a subscriber at most.
const Waiting = 256

// Subscribe begins to tell the hops that want chooses, from now on; what was stored before is not told. want is called under the feed's
// lock and has to be quick. The caller calls [Subscription.Close].
func (f *Feed) Subscribe(want func(*controlv1.Hop) bool) *Subscription {
	s := &Subscription{want: want, since: time.Now(), feed: f, hops: make(chan Told, Waiting)}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.subs == nil {
		f.subs = map[*Subscription]bool{}
	}
	f.subs[s] = true
	return s
}

// Hops are told here.
func (s *Subscription) Hops() <-chan Told { return s.hops }

// LeftOut is how many hops were left out since the last that was told, and starts to count anew.
func (s *Subscription) LeftOut() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.left
	s.left = 0
	return n
}

// Close ends it.
func (s *Subscription) Close() {
	s.feed.mu.Lock()
	defer s.feed.mu.Unlock()
	delete(s.feed.subs, s)
}

// Idle says that nobody has subscribed.
func (f *Feed) Idle() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.subs) == 0
}

// clocks is how far the broker's clock may be behind this process's for a new entry to be told.
const clocks = 5 * time.Second

// Tell tells a hop that the broker stored at a time.
func (f *Feed) Tell(hop *controlv1.Hop, stored time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for s := range f.subs {
		if stored.After(s.since.Add(-clocks)) && s.want(hop) {
			s.tell(hop)
		}
	}
}

func (s *Subscription) tell(hop *controlv1.Hop) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case s.hops <- Told{hop, s.left}:
		s.left = 0
	default:
		s.left++
	}
}
