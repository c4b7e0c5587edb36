package files

import (
	"context"
	"net/netip"
	"sync"
	"time"
)

// Bounds of those who read files at one time. Each holds a chunk or two of 128 kB.
const (
	// most is how many read at once, and MostOfCaller how many of them one caller may be.
	most         = 64
	MostOfCaller = 32
	// waitForReader is how long one waits for a place.
	waitForReader = 5 * time.Second
)

// readers are those who read files. The zero value has none.
type readers struct {
	mu    sync.Mutex
	all   int
	of    map[netip.Prefix]int
	freed chan struct{} // closed when a place becomes free
}

// enter takes a place for a caller, which leave gives back. It waits a moment for one; false means that there is none.
func (s *readers) enter(ctx context.Context, caller netip.Prefix) (leave func(), ok bool) {
	ctx, cancel := context.WithTimeout(ctx, waitForReader)
	defer cancel()
	for {
		freed := s.try(caller)
		if freed == nil {
			return func() { s.leave(caller) }, true
		}
		select {
		case <-freed:
		case <-ctx.Done():
			return nil, false
		}
	}
}

// try takes a place and returns nil, or what is closed when there may be one.
func (s *readers) try(caller netip.Prefix) (freed <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all < most && s.of[caller] < MostOfCaller {
		if s.of == nil {
			s.of = map[netip.Prefix]int{}
		}
		s.all++
		s.of[caller]++
		return nil
	}
	if s.freed == nil {
		s.freed = make(chan struct{})
	}
	return s.freed
}

func (s *readers) leave(caller netip.Prefix) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all--
	if s.of[caller]--; s.of[caller] == 0 {
		delete(s.of, caller)
	}
	if s.freed != nil {
		close(s.freed)
		s.freed = nil
	}
}

// Reading is how many files are being read.
func (h *Handler) Reading() int {
	h.readers.mu.Lock()
	defer h.readers.mu.Unlock()
	return h.readers.all
}
