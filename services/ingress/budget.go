package ingress

import "sync"

// budget bounds how many bytes of bodies are held at once, in all and by each owner. It is safe for concurrent use.
type budget struct {
	all, each int64 // bounds in bytes

	mu   sync.Mutex
	held int64
	by   map[string]int64 // of those who hold any
}

// hold is what one call holds of a budget.
type hold struct {
	budget *budget
	owner  string
	bytes  int64
}

// hold begins with nothing. It must be released.
func (b *budget) hold(owner string) *hold { return &hold{budget: b, owner: owner} }

// grow holds so many bytes in all; false where the budget has no room for them.
func (h *hold) grow(to int64) bool {
	b, more := h.budget, to-h.bytes
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.held+more > b.all || b.by[h.owner]+more > b.each {
		return false
	}
	b.add(h.owner, more)
	h.bytes = to
	return true
}

func (h *hold) release() {
	h.budget.mu.Lock()
	defer h.budget.mu.Unlock()
	h.budget.add(h.owner, -h.bytes)
	h.bytes = 0
}

func (b *budget) add(owner string, bytes int64) {
	if b.by == nil {
		b.by = map[string]int64{}
	}
	b.held += bytes
	if b.by[owner] += bytes; b.by[owner] == 0 {
		delete(b.by, owner)
	}
}
