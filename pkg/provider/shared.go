package provider

import (
	"encoding/json"
	"sync"
)

// Shared holds what the channels of one account ([Identity]) have in common within a process, such as one connection for all of them. The
// channels of one account that are listened to belong to one process; for a moment, while they move to another process, both may have
// some. Shared lives as long as one of the channels is configured. It closes nothing: what a channel's Listen opened has to be closed by
// the last Listen that uses it. It is safe for concurrent use.
type Shared struct {
	mu       sync.Mutex
	value    any
	accounts []json.RawMessage // with credentials: never logged
}

// SharedOf is the value that the account's channels share. The first call makes it with make, which must do no I/O and must not use s. All
// senders of a network have to ask for the same type.
func SharedOf[T any](s *Shared, make func() T) T {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.value == nil {
		s.value = make()
	}
	return s.value.(T)
}

// AccountsOf are the settings of all the account's channels as they are configured now, sorted by the channels' ids: a message that comes
// over a shared connection may be for any of them, even one whose Listen was not called yet. It parses them at each call, without I/O.
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

// Configure replaces the settings. The runtime and tests call it. accounts must not be changed afterwards.
func (s *Shared) Configure(accounts ...json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.accounts = accounts
}
