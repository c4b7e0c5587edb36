package progress

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// openAtMost is how many entries may be behind the first unfinished one before that is set aside, of one partition.
const openAtMost = 32 << 10

// Progress knows how far a partition is finished of which some entries may wait for long: the position passes an entry when it is
// finished, or set aside. It is safe
// for concurrent use: one goroutine begins entries, many finish them.
type Progress struct {
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
	finished []Place
}

// opened is an entry that was read, and when.
type opened struct {
	Place
	at time.Time
}

// Place is where an entry is stored: its place in the stream, from 1, and its subject.
type Place struct {
	Sequence uint64
	Subject  string
}

// New is a progress behind the entry that was passed last, 0 for none.
func New(position uint64) *Progress {
	return &Progress{position: position, done: map[uint64]struct{}{}, aside: map[string]int{}}
}

// Begin notes that an entry was read. Entries are begun in the stream's order.
func (p *Progress) Begin(sequence uint64, subject string, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = append(p.open, opened{Place{sequence, subject}, now})
	if len(p.open) > openAtMost {
		p.pass(func(opened) bool { return len(p.open) > openAtMost })
	}
}

// Adopt notes that an entry was found that is not finished and was set aside before, by another process.
func (p *Progress) Adopt(subject string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.aside[subject]++
	p.waiting++
}

// Finish notes that an entry is finished.
func (p *Progress) Finish(sequence uint64, subject string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finished = append(p.finished, Place{sequence, subject})
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

// SetAside sets aside what was read before a time and is not finished.
func (p *Progress) SetAside(before time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pass(func(o opened) bool { return o.at.Before(before) })
}

// pass moves the position over what is finished, and over what is to be set aside. The lock is held.
func (p *Progress) pass(aside func(opened) bool) {
	for len(p.open) > 0 {
		first := p.open[0]
		if _, done := p.done[first.Sequence]; done {
			delete(p.done, first.Sequence)
		} else if aside(first) {
			p.aside[first.Subject]++
			p.waiting++
		} else {
			return
		}
		p.position = first.Sequence
		p.open[0] = opened{}
		p.open = p.open[1:]
	}
	p.open = nil // what held tens of thousands goes
}

// Passed is the position, and whether something up to it is unfinished.
func (p *Progress) Passed() (position uint64, aside bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.position, p.waiting > 0
}

// Begun is the last entry that was read, as far as it is known here: at least the position.
func (p *Progress) Begun() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.open) > 0 {
		return p.open[len(p.open)-1].Sequence
	}
	return p.position
}

// Leaving is what can be taken out of the stream: entries that are finished, up to a position.
type Leaving struct {
	Position uint64
	Entries  []Place
	// Clear says that nothing up to the position is unfinished, and Aside which subjects have something that is.
	Clear bool
	Aside map[string]bool
}

// Leave takes the finished entries up to the position.
func (p *Progress) Leave() Leaving {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := Leaving{Position: p.position, Clear: p.waiting == 0, Aside: map[string]bool{}}
	var later []Place
	for _, f := range p.finished {
		if f.Sequence > p.position {
			later = append(later, f)
			continue
		}
		l.Entries = append(l.Entries, f)
		if p.aside[f.Subject] > 0 {
			l.Aside[f.Subject] = true
		}
	}
	p.finished = later
	return l
}

// Stay takes back what could not be taken out.
func (p *Progress) Stay(entries []Place) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finished = append(p.finished, entries...)
}

// BySubject are the entries of each subject, each as its sequences in their order.
func (l Leaving) BySubject() map[string][]uint64 {
	all := map[string][]uint64{}
	for _, e := range l.Entries {
		all[e.Subject] = append(all[e.Subject], e.Sequence)
	}
	for sequences := range maps.Values(all) {
		slices.Sort(sequences)
	}
	return all
}
