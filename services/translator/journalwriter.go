package translator

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"sync"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/failpoint"
	"github.com/bonychat/puente/pkg/pause"
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
	// writePause is after what a message that was not stored is tried again; it doubles up to writePauseMax.
	writePause, writePauseMax = 100 * time.Millisecond, 5 * time.Second
)

// errJournalFull means that too many entries wait for the broker.
var errJournalFull = errors.New("too much waits to be stored in the journal")

// journal writes history for people. Several entries are stored as one message: of a message's cost at the broker its size is
// the smaller part. Each network has one such message under way at most; what is told meanwhile goes into the next. It is safe
// for concurrent use.
type journal struct {
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

func newJournal(b *bus.Bus) *journal {
	j := &journal{bus: b, seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, gathering: map[string]*gathering{}, pending: map[string]*pending{}}
	j.ended, j.end = context.WithCancel(context.Background())
	return j
}

// add has an entry stored. stored is called when it is; answer gets nil then, or else the error of the next try, and with it
// the entry does not wait for others. Both may be nil. One whose id is pending, or was stored a short while ago, is not stored
// again. On an error nothing is stored, and neither is called: [bus.ErrName] where the entry can never be. It is encoded later: neither
// the entry nor what it points to may be changed any more.
func (j *journal) add(e *journalv1.Entry, id string, stored func(), answer chan<- error) error {
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
		return errJournalFull
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
func (j *journal) next(network string, g *gathering) {
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
func (j *journal) flush(network string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if g := j.gathering[network]; len(g.entries) > 0 {
		g.due = true
		j.next(network, g)
	}
}

// store stores entries of one network as one message, and tries that until it is done, or the journal ends. What cannot be
// stored with others is stored alone.
func (j *journal) store(network string, batch []*pending) {
	post := postOf(network, batch)
	for wait := writePause; ; wait = min(2*wait, writePauseMax) {
		err := j.bus.PublishLater(j.ended, post)(j.ended)
		switch {
		case err == nil:
			failpoint.Told.Reach()
			j.done(batch)
			return
		case !never(post.Body, err):
		case len(batch) > 1:
			for i := range batch {
				j.store(network, batch[i:i+1])
			}
			return
		default:
			j.bus.Logger().Error("an entry of the journal cannot be stored: it is left out", "err", err)
			j.done(batch)
			return
		}
		j.failed(batch, err)
		if pause.For(j.ended, wait) != nil {
			return
		}
	}
}

// never says that trying again is of no use.
func never(body proto.Message, err error) bool {
	if errors.Is(err, bus.ErrTooLarge) || errors.Is(err, bus.ErrName) {
		return true
	}
	_, err = proto.Marshal(body)
	return err != nil
}

// postOf is a batch as it is stored: the first entry, with the others in it. One alone has its own id, so that the broker drops a
// repeat after a restart too; several have a new one, since the broker would drop all for the sake of one.
func postOf(network string, batch []*pending) bus.Post {
	first := batch[0].entry
	post := bus.Post{Subject: topology.JournalSubject(network, first.GetChannel()), Body: first, ID: batch[0].id}
	if len(batch) == 1 {
		return post
	}
	whole := proto.CloneOf(first)
	for _, p := range batch[1:] {
		whole.More = append(whole.More, p.entry)
		if p.entry.GetChannel() != first.GetChannel() {
			post.Subject = topology.JournalOfSeveral(network)
		}
	}
	post.Body, post.ID = whole, "journal-"+uuid.NewString()
	return post
}

// done is the event "these are stored".
func (j *journal) done(batch []*pending) {
	j.mu.Lock()
	for _, p := range batch {
		delete(j.pending, p.id)
		j.told.add(j.key(p.id))
	}
	if len(j.pending) == 0 && j.idle != nil {
		close(j.idle)
		j.idle = nil
	}
	j.mu.Unlock()
	for _, p := range batch { // nobody else has them any more
		for _, stored := range p.stored {
			stored()
		}
		for _, answer := range p.answers {
			answer <- nil
		}
	}
}

// failed is the event "these could not be stored now": who waits for one hears so, and may come again.
func (j *journal) failed(batch []*pending, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, p := range batch {
		for _, answer := range p.answers {
			answer <- fmt.Errorf("write the journal: %w", err)
		}
		p.answers = nil
	}
}

// settle stores all that is pending without waiting for more, and returns when it is done or the context ends.
func (j *journal) settle(ctx context.Context) {
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

// close stores what is pending, for [bus.RequestTimeout] at most, and ends. Nothing may be added any more.
func (j *journal) close() {
	ctx, cancel := context.WithTimeout(context.Background(), bus.RequestTimeout)
	defer cancel()
	j.settle(ctx)
	j.end()
	j.writing.Wait()
}
