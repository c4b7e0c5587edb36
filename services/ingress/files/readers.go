package ingress

import (
	"context"
	"net/netip"
	"sync"
	"time"
)

// Bounds of those who read files at one time. Each holds a chunk or two of 128 kB.
const (
	maxReaders    = 64
	maxReadersOf  = 32 // one caller
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
	if s.all < maxReaders && s.of[caller] < maxReadersOf {
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
