package consume

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// Bounds of what is kept of the entries that were read.
const (
	// asideAfter is how long an entry may be unfinished before it is set aside. After a crash so much of the traffic is read
	// again, at most.
	asideAfter = 5 * time.Second
	// openAtMost is how many entries may be behind the first unfinished one before that is set aside, of one partition.
	openAtMost = 32 << 10
)

// progress knows how far a partition is finished. The position passes an entry when it is finished, or set aside. It is safe
// for concurrent use: one goroutine begins entries, many finish them.
type progress struct {
	mu sync.Mutex
	// open are the entries that were read and that the position has not passed, in the stream's order.
	open []opened
	// done are those among them that are finished, and wait for one before them.
	done map[uint64]struct{}
	// position is the last entry that was passed.
	position uint64
	// aside counts the unfinished entries up to the position, by subject, and waiting all of them.
	aside   map[string]int
	waiting int
	// finished are the entries that are finished and still in the stream.
	finished []place
}

// opened is an entry that was read, and when.
type opened struct {
	place
	at time.Time
}

// place is where an entry is stored.
type place struct {
	sequence uint64
	subject  string
}

// newProgress is a progress behind the entry that was passed last, 0 for none.
func newProgress(position uint64) *progress {
	return &progress{position: position, done: map[uint64]struct{}{}, aside: map[string]int{}}
}

// begin notes that an entry was read. Entries are begun in the stream's order.
func (p *progress) begin(sequence uint64, subject string, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = append(p.open, opened{place{sequence, subject}, now})
	if len(p.open) > openAtMost {
		p.pass(func(opened) bool { return len(p.open) > openAtMost })
	}
}

// adopt notes that an entry was found that is not finished and was set aside before, by another process.
func (p *progress) adopt(subject string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.aside[subject]++
	p.waiting++
}

// finish notes that an entry is finished.
func (p *progress) finish(sequence uint64, subject string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finished = append(p.finished, place{sequence, subject})
	if sequence > p.position {
		p.done[sequence] = struct{}{}
		p.pass(func(opened) bool { return false })
		return
	}
	p.waiting--
	if p.aside[subject]--; p.aside[subject] <= 0 {
		delete(p.aside, subject)
	}
}

// setAside sets aside what was read before a time and is not finished.
func (p *progress) setAside(before time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pass(func(o opened) bool { return o.at.Before(before) })
}

// pass moves the position over what is finished, and over what is to be set aside. The lock is held.
func (p *progress) pass(aside func(opened) bool) {
	for len(p.open) > 0 {
		first := p.open[0]
		if _, done := p.done[first.sequence]; done {
			delete(p.done, first.sequence)
		} else if aside(first) {
			p.aside[first.subject]++
			p.waiting++
		} else {
			return
		}
		p.position = first.sequence
		p.open[0] = opened{}
		p.open = p.open[1:]
	}
}

// passed is the position, and whether something up to it is unfinished.
func (p *progress) passed() (position uint64, aside bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.position, p.waiting > 0
}

// leaving is what can be taken out of the stream: entries that are finished, up to a position.
type leaving struct {
	position uint64
	entries  []place
	// clear says that nothing up to the position is unfinished, and aside which subjects have something that is.
	clear bool
	aside map[string]bool
}

// leave takes the finished entries up to the position.
func (p *progress) leave() leaving {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := leaving{position: p.position, clear: p.waiting == 0, aside: map[string]bool{}}
	var later []place
	for _, f := range p.finished {
		if f.sequence > p.position {
			later = append(later, f)
			continue
		}
		l.entries = append(l.entries, f)
		if p.aside[f.subject] > 0 {
			l.aside[f.subject] = true
		}
	}
	p.finished = later
	return l
}

// stay takes back what could not be taken out.
func (p *progress) stay(entries []place) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finished = append(p.finished, entries...)
}

// bySubject are the entries of each subject, each as its sequences in their order.
func (l leaving) bySubject() map[string][]uint64 {
	all := map[string][]uint64{}
	for _, e := range l.entries {
		all[e.subject] = append(all[e.subject], e.sequence)
	}
	for sequences := range maps.Values(all) {
		slices.Sort(sequences)
	}
	return all
}
