package provider

import (
	"encoding/json"
	"sync"
)

// Shared is what the channels of one account ([Identity]) have in common within a process, such as one connection for all of them.
// Channels of one account that are listened to belong to one process at a time; for a moment, while they go from one process to
// another, both may have some. It lives as long as one of the channels is configured. Nothing is closed with it: what a channel's
// Listen opens ends with the Listen of the last that uses it. It is safe for concurrent use.
type Shared struct {
	mu       sync.Mutex
	value    any
	accounts []json.RawMessage // with credentials: never logged
}

// SharedOf is the one value that the account's channels share. The first that asks makes it; make does no I/O, and asks nothing of s.
// All senders of a network ask for the same type.
func SharedOf[T any](s *Shared, make func() T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.value == nil {
		s.value = make()
	}
	return s.value.(T)
}

// AccountsOf are the settings of the account's channels as they are configured now, in the order of the channels' ids: what is heard
// over one connection is for one of them, whether it is listened to already or not. It reads them anew each time, without I/O.
func AccountsOf[A any](s *Shared) []A {
	s.mu.Lock()
	accounts := s.accounts
	s.mu.Unlock()
	var all []A
	for _, raw := range accounts {
		if a, err := readAccount[A](raw); err == nil { // one that cannot be read is a channel that is suspended
			all = append(all, a)
		}
	}
	return all
}

// Configure replaces the settings: it is for whoever runs the network, and for tests. They must not be changed afterwards.
func (s *Shared) Configure(accounts ...json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts = accounts
}
