package journal

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/failpoint"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/pkg/topology"
)

// writePause is after what a message that was not stored is tried again; it doubles up to writePauseMax.
const writePause, writePauseMax = 100 * time.Millisecond, 5 * time.Second

// store stores entries of one network as one message, and tries that until it is done, or the journal ends. What cannot be
// stored with others is stored alone.
func (j *Journal) store(network string, batch []*pending) {
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
func (j *Journal) done(batch []*pending) {
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
func (j *Journal) failed(batch []*pending, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, p := range batch {
		for _, answer := range p.answers {
			answer <- fmt.Errorf("write the journal: %w", err)
		}
		p.answers = nil
	}
}
