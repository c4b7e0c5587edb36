package intake

import "sync"

// Budget bounds how many bytes of bodies are held at once: in all, by each channel, and by each caller. Nobody waits for
// room: two half-read bodies that waited for each other's would wait for ever. It is safe for concurrent use.
type Budget struct {
	// All, Channel and Caller are the bounds, in bytes. They are set before the first call of Hold.
	All, Channel, Caller int64

	mu   sync.Mutex
	held int64
	by   map[string]int64 // of those who hold any
}

// Hold is what one call holds of a budget. One goroutine at a time uses it.
type Hold struct {
	budget          *Budget
	channel, caller string
	bytes           int64
}

// Hold begins with nothing, for a call of a channel by a caller. It must be released.
func (b *Budget) Hold(channel, caller string) *Hold {
	return &Hold{budget: b, channel: "channel " + channel, caller: "caller " + caller}
}

// grow holds so many bytes in all; false where the budget has no room for them.
func (h *Hold) grow(to int64) bool {
	b, more := h.budget, to-h.bytes
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.held+more > b.All || b.by[h.channel]+more > b.Channel || b.by[h.caller]+more > b.Caller {
		return false
	}
	h.add(more)
	return true
}

// Release gives back what the call holds.
func (h *Hold) Release() {
	h.budget.mu.Lock()
	defer h.budget.mu.Unlock()
	h.add(-h.bytes)
}

func (h *Hold) add(bytes int64) {
	b := h.budget
	if b.by == nil {
		b.by = map[string]int64{}
	}
	h.bytes += bytes
	b.held += bytes
	for _, owner := range []string{h.channel, h.caller} {
		if b.by[owner] += bytes; b.by[owner] == 0 {
			delete(b.by, owner)
		}
	}
}
