package chat

import (
	"container/list"
	"slices"
	"sync"
)

// Limits bound a book. What is over them is forgotten, oldest first.
type Limits struct {
	Contacts int // threads; default 1,000
	Entries  int // entries of one thread; default 1,000
	Bytes    int // of all threads together, roughly; default 64 MB
}

func (l Limits) orDefaults() Limits {
	if l.Contacts == 0 {
		l.Contacts = 1000
	}
	if l.Entries == 0 {
		l.Entries = 1000
	}
	if l.Bytes == 0 {
		l.Bytes = 64 << 20
	}
	return l
}

// Book holds the threads of one side of one channel. It is safe for concurrent use.
type Book struct {
	limits  Limits
	changed func(contact string, e Entry)

	mu      sync.Mutex
	threads map[string]*thread
	recent  *list.List // of *thread, the latest at the front
	bytes   int
	seq     uint64
}

type thread struct {
	contact string
	name    string
	entries []Entry
	bytes   int
	place   *list.Element
}

// Contact is one thread of a book.
type Contact struct {
	Contact string `json:"contact"`
	Name    string `json:"name,omitempty"`
	Last    Entry  `json:"last"`
}

// New makes an empty book. Changed hears of every new and every changed entry in order; it is called with the book
// locked, so it must neither block nor call back. It may be nil.
func New(limits Limits, changed func(contact string, e Entry)) *Book {
	if changed == nil {
		changed = func(string, Entry) {}
	}
	return &Book{limits: limits.orDefaults(), changed: changed, threads: map[string]*thread{}, recent: list.New()}
}

// Add appends an entry to the contact's thread and returns it with its Seq.
func (b *Book) Add(contact string, e Entry) Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seq++
	e.Seq = b.seq
	if e.Warnings == nil {
		e.Warnings = []string{} // a list in JSON, never null
	}
	t := b.threads[contact]
	if t == nil {
		t = &thread{contact: contact}
		t.place = b.recent.PushFront(t)
		b.threads[contact] = t
	}
	b.recent.MoveToFront(t.place)
	t.entries = append(t.entries, e)
	b.count(t, e.size())
	for len(t.entries) > b.limits.Entries {
		b.count(t, -t.entries[0].size())
		t.entries[0] = Entry{} // the array lives on
		t.entries = t.entries[1:]
	}
	for len(b.threads) > 1 && (len(b.threads) > b.limits.Contacts || b.bytes > b.limits.Bytes) {
		b.forget(b.recent.Back().Value.(*thread))
	}
	b.changed(contact, e)
	return e
}

// Name says who the contact is.
func (b *Book) Name(contact, name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t := b.threads[contact]; t != nil {
		t.name = name
	}
}

// Update changes the entry that choose points at, by its index in the thread; -1 is none. It returns the entry as it
// is then, and whether there was one.
func (b *Book) Update(contact string, choose func([]Entry) int, change func(*Entry)) (Entry, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.threads[contact]
	if t == nil {
		return Entry{}, false
	}
	i := choose(t.entries)
	if i < 0 {
		return Entry{}, false
	}
	b.change(t, i, change)
	return t.entries[i], true
}

// UpdateAll changes every entry that which is true for, and returns them in order.
func (b *Book) UpdateAll(contact string, which func(*Entry) bool, change func(*Entry)) []Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.threads[contact]
	if t == nil {
		return nil
	}
	var out []Entry
	for i := range t.entries {
		if which(&t.entries[i]) {
			b.change(t, i, change)
			out = append(out, t.entries[i])
		}
	}
	return out
}

// List is a copy of the contact's thread in order of arrival; empty, not nil, where there is none.
func (b *Book) List(contact string) []Entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	if t := b.threads[contact]; t != nil {
		return slices.Clone(t.entries)
	}
	return []Entry{}
}

// Contacts are the threads, the latest first.
func (b *Book) Contacts() []Contact {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]Contact, 0, len(b.threads))
	for p := b.recent.Front(); p != nil; p = p.Next() {
		t := p.Value.(*thread)
		out = append(out, Contact{Contact: t.contact, Name: t.name, Last: t.entries[len(t.entries)-1]})
	}
	return out
}

func (b *Book) change(t *thread, i int, change func(*Entry)) {
	before := t.entries[i].size()
	change(&t.entries[i])
	b.count(t, t.entries[i].size()-before)
	b.changed(t.contact, t.entries[i])
}

func (b *Book) count(t *thread, bytes int) {
	t.bytes += bytes
	b.bytes += bytes
}

func (b *Book) forget(t *thread) {
	b.bytes -= t.bytes
	b.recent.Remove(t.place)
	delete(b.threads, t.contact)
}

// Newest returns a choice for [Book.Update]: the last entry that is is true for.
func Newest(is func(*Entry) bool) func([]Entry) int {
	return func(entries []Entry) int {
		for i := len(entries) - 1; i >= 0; i-- {
			if is(&entries[i]) {
				return i
			}
		}
		return -1
	}
}

// Oldest returns a choice for [Book.Update]: the first entry that is is true for.
func Oldest(is func(*Entry) bool) func([]Entry) int {
	return func(entries []Entry) int {
		for i := range entries {
			if is(&entries[i]) {
				return i
			}
		}
		return -1
	}
}
