package ingress

import "sync"

// budget bounds how many bytes of bodies are held at once: in all, by each channel, and by each caller. Nobody waits for
// room: two half-read bodies that waited for each other's would wait for ever. It is safe for concurrent use.
type budget struct {
	all, channel, caller int64 // bounds in bytes

	mu   sync.Mutex
	held int64
	by   map[string]int64 // of those who hold any
}

// hold is what one call holds of a budget.
type hold struct {
	budget          *budget
	channel, caller string
	bytes           int64
}

// hold begins with nothing. It must be released.
func (b *budget) hold(channel, caller string) *hold {
	return &hold{budget: b, channel: "channel " + channel, caller: "caller " + caller}
}

// grow holds so many bytes in all; false where the budget has no room for them.
func (h *hold) grow(to int64) bool {
	b, more := h.budget, to-h.bytes
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.held+more > b.all || b.by[h.channel]+more > b.channel || b.by[h.caller]+more > b.caller {
		return false
	}
	h.add(more)
	return true
}

func (h *hold) release() {
	h.budget.mu.Lock()
	defer h.budget.mu.Unlock()
	h.add(-h.bytes)
}

func (h *hold) add(bytes int64) {
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
