package history

import (
	"sync"
	"time"

	"github.com/bonychat/puente/services/control/history/store"

	controlv1 "github.com/bonychat/puente/proto/gen/puente/control/v1"
)

// feed tells subscribers what was written.
type feed struct {
	mu   sync.Mutex
	subs map[*Subscription]bool
}

// Subscription is told hops as they are written. It keeps at most [subscriptionHops]; what comes while it is full is left out
// and counted.
type Subscription struct {
	want  func(*controlv1.Hop) bool
	since time.Time
	feed  *feed
	hops  chan Told

	mu   sync.Mutex
	left uint64
}

// Told is a hop, and how many were left out between the one before and it.
type Told struct {
	Hop     *controlv1.Hop
	LeftOut uint64
}

// subscriptionHops is how many hops wait for a subscriber.
const subscriptionHops = 256

// Subscribe begins to tell the hops that want chooses, from now on; what the journal held before is not told. want is called
// by one goroutine and has to be quick. The caller calls [Subscription.Close].
func (h *History) Subscribe(want func(*controlv1.Hop) bool) *Subscription {
	s := &Subscription{want: want, since: time.Now(), feed: &h.feed, hops: make(chan Told, subscriptionHops)}
	h.feed.mu.Lock()
	defer h.feed.mu.Unlock()
	if h.feed.subs == nil {
		h.feed.subs = map[*Subscription]bool{}
	}
	h.feed.subs[s] = true
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

// clocks is how far the broker's clock may be behind this process's for a new entry to be told.
const clocks = 5 * time.Second

// tell tells what was written.
func (f *feed) tell(items []store.Item) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.subs) == 0 {
		return
	}
	for _, i := range items {
		if i.Entry == nil {
			continue
		}
		hop := hopOf(i.Entry)
		for s := range f.subs {
			if i.Stored.After(s.since.Add(-clocks)) && s.want(hop) {
				s.tell(hop)
			}
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
