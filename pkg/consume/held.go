package consume

import "sync/atomic"

// HeldBytes bounds what all queues of the process keep in memory of messages whose turn has not come, in bytes; each may
// keep 64 kB besides. What is over it is read again when its turn comes: about 0.1 ms each.
const HeldBytes = 64 << 20

// Bounds of one queue, in bytes.
const (
	heldAlways = 64 << 10 // whatever the others keep: a channel that is sent to at once never reads anything twice
	heldAtMost = 16 << 20
)

// held is what is kept in the process: a channel that is suspended with a full backlog must not take the memory, or the
// place, of the others.
var held atomic.Int64

// share is what one queue keeps. Its user locks it.
type share struct{ bytes int }

// costOf is what a kept entry takes, in bytes: its event and header, decoded, are a few times its body.
func costOf(body []byte) int { return 1024 + 4*len(body) }

// take charges for an entry, unless that is too much.
func (s *share) take(bytes int) bool {
	mine, all := s.bytes+bytes, held.Add(int64(bytes))
	if mine > heldAlways && (mine > heldAtMost || all > HeldBytes) {
		held.Add(-int64(bytes))
		return false
	}
	s.bytes = mine
	return true
}

func (s *share) give(bytes int) {
	s.bytes -= bytes
	held.Add(-int64(bytes))
}
