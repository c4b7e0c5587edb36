// Package budget bounds what a process keeps in memory of messages whose turn has not come: all queues together have one bound, each one
// has another, and a little is everybody's. It counts bytes and holds nothing.
package budget

import (
	"cmp"
	"sync/atomic"
)

// Bounds, in bytes.
const (
	// All is what all shares keep together.
	All = 64 << 20
	// heldAlways is what one share keeps whatever the others keep: a channel that is sent to at once never reads anything twice.
	heldAlways = 64 << 10
	// heldAtMost keeps one share from taking the whole of it.
	heldAtMost = 16 << 20
	// OfChannel is what a channel's share keeps at most: some 700 texts. Channels may be held with a full backlog for days, and there
	// are many. It is enough for some thousand sends a second; with a third of it they were a fifth fewer.
	OfChannel = 1536 << 10
)

// held is what is kept in the process, in bytes: a channel that is suspended with a full backlog must not take the
// memory, or the place, of the others.
var held atomic.Int64

// Held is what all shares keep, in bytes.
func Held() int64 { return held.Load() }

// Share is what one queue keeps. The zero value keeps nothing. One goroutine at a time uses it.
type Share struct {
	// AtMost is how much it keeps at most, in bytes; 0 stands for 16 MB. It is set before the first Take.
	AtMost int

	bytes int
}

// Cost is what a kept entry takes, in bytes. It is an estimate: its event and header, decoded, are a few times its
// body.
func Cost(body []byte) int { return 1024 + 4*len(body) }

// Take charges for an entry and says whether there was room for it. Where it says no, nothing was charged.
func (s *Share) Take(bytes int) bool {
	mine, all := s.bytes+bytes, held.Add(int64(bytes))
	if mine > heldAlways && (mine > cmp.Or(s.AtMost, heldAtMost) || all > All) {
		held.Add(-int64(bytes))
		return false
	}
	s.bytes = mine
	return true
}

// Give takes back what Take has charged. It is called once for each charge.
func (s *Share) Give(bytes int) {
	s.bytes -= bytes
	held.Add(-int64(bytes))
}
