// Package journal writes the stream JOURNAL, history for people: what happened to a message, or to a channel, as an entry. [Entry],
// [Send] and their like say what an entry holds; a [Journal] stores entries, many as one message of the stream, and each once.
//
//	j := journal.New(b)
//	defer j.Close()
//	err := j.Note(ctx, cause, journal.Routed(m, contact, 2))
//
// It knows no channel, no contact and no state: who is meant is a key that the caller makes.
package journal

import (
	"context"
	"errors"
	"hash/maphash"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"

	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
)

// Bounds of what is gathered for one stored message of JOURNAL.
const (
	// gatherFor is how long an entry that nobody waits for may wait for others.
	gatherFor = 25 * time.Millisecond
	// gatherBytes is how many bytes of entries are stored as one message; a larger entry is one of its own.
	gatherBytes = 64 << 10
	// mostPending is how many entries of a process may be not stored yet, 20 to 40 MB; one more is refused, and its cause
	// tried again.
	mostPending = 32 << 10
)

// errFull means that too many entries wait for the broker.
var errFull = errors.New("too much waits to be stored in the journal")

// Journal writes history for people. Several entries are stored as one message: of a message's cost at the broker its size is
// the smaller part. Each network has one such message under way at most; what is told meanwhile goes into the next. It is safe
// for concurrent use.
type Journal struct {
	bus *bus.Bus
	// seeds make the keys of told.
	seeds [2]maphash.Seed

	mu sync.Mutex
	// gathering are the entries that are not under way yet, by network.
	gathering map[string]*gathering
	// pending are all that are not known to be stored, by id.
	pending map[string]*pending
	// told are those that were stored last: a first net against repeats, as the broker's memory of ids is for single messages.
	told told
	// idle is closed when nothing is pending; nil while nobody waits for that.
	idle chan struct{}
	// ended says that nothing is tried again; writing counts the goroutines that write.
	ended   context.Context
	end     context.CancelFunc
	writing sync.WaitGroup
}

// pending is an entry that is not known to be stored.
type pending struct {
	entry *journalv1.Entry
	id    string
	size  int // what it adds to a stored message, in bytes
	// stored are called when it is; answers get nil then, or the error of the next try, each once.
	stored  []func()
	answers []chan<- error
}

// gathering is what waits of a network.
type gathering struct {
	entries []*pending
	bytes   int
	due     bool        // it is to be stored as soon as nothing else of the network is under way
	timer   *time.Timer // makes it due
	busy    bool        // something of the network is under way
}

// New is a journal that has nothing to write yet. The caller closes it.
func New(b *bus.Bus) *Journal {
	j := &Journal{bus: b, seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, gathering: map[string]*gathering{}, pending: map[string]*pending{}}
	j.ended, j.end = context.WithCancel(context.Background())
	return j
}

// add has an entry stored. stored is called when it is; answer gets nil then, or else the error of the next try, and with it
// the entry does not wait for others. Both may be nil. One whose id is pending, or was stored a short while ago, is not stored
// again. On an error nothing is stored, and neither is called: [bus.ErrName] where the entry can never be. It is encoded later: neither
// the entry nor what it points to may be changed any more.
func (j *Journal) add(e *journalv1.Entry, id string, stored func(), answer chan<- error) error {
	if err := bus.CheckSubject(topology.JournalSubject(e.GetNetwork(), e.GetChannel())); err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	p := j.pending[id]
	switch {
	case p != nil:
	case j.told.has(j.key(id)):
		if stored != nil {
			stored()
		}
		if answer != nil {
			answer <- nil
		}
		return nil
	case len(j.pending) >= mostPending:
		return errFull
	}
	g := j.gathering[e.GetNetwork()]
	if g == nil {
		g = &gathering{}
		j.gathering[e.GetNetwork()] = g
	}
	if p == nil {
		p = &pending{entry: e, id: id, size: proto.Size(e) + 8}
		j.pending[id] = p
		g.entries, g.bytes = append(g.entries, p), g.bytes+p.size
	}
	if stored != nil {
		p.stored = append(p.stored, stored)
	}
	if answer != nil {
		p.answers = append(p.answers, answer)
		g.due = true
	}
	j.next(e.GetNetwork(), g)
	return nil
}

// next begins to store what was gathered of a network, where it is time for that. The lock is held.
func (j *Journal) next(network string, g *gathering) {
	switch {
	case g.busy || len(g.entries) == 0:
		return
	case !g.due && g.bytes < gatherBytes:
		if g.timer == nil {
			g.timer = time.AfterFunc(gatherFor, func() { j.flush(network) })
		}
		return
	}
	if g.timer != nil {
		g.timer.Stop()
		g.timer = nil
	}
	taken, bytes := 0, 0
	for _, p := range g.entries {
		if taken > 0 && bytes+p.size > gatherBytes {
			break
		}
		taken, bytes = taken+1, bytes+p.size
	}
	batch := g.entries[:taken:taken]
	g.entries = g.entries[taken:]
	g.bytes, g.busy, g.due = g.bytes-bytes, true, len(g.entries) > 0
	j.writing.Go(func() {
		j.store(network, batch)
		j.mu.Lock()
		defer j.mu.Unlock()
		g.busy = false
		j.next(network, g)
	})
}

// flush stores what was gathered of a network without waiting for more.
func (j *Journal) flush(network string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if g := j.gathering[network]; len(g.entries) > 0 {
		g.due = true
		j.next(network, g)
	}
}

// Settle stores all that is pending without waiting for more, and returns when it is done or the context ends.
func (j *Journal) Settle(ctx context.Context) {
	j.mu.Lock()
	if len(j.pending) == 0 {
		j.mu.Unlock()
		return
	}
	if j.idle == nil {
		j.idle = make(chan struct{})
	}
	idle := j.idle
	for network, g := range j.gathering {
		g.due = len(g.entries) > 0
		j.next(network, g)
	}
	j.mu.Unlock()
	select {
	case <-idle:
	case <-ctx.Done():
	}
}

// Close stores what is pending, for [bus.RequestTimeout] at most, and ends. Nothing may be added any more.
func (j *Journal) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), bus.RequestTimeout)
	defer cancel()
	j.Settle(ctx)
	j.end()
	j.writing.Wait()
}
