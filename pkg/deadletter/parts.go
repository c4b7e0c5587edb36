package deadletter

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// replayParts puts a message that was ready for its destination on its way again: all parts that were not sent, or
// none. Letters of a lower generation were replayed before; they only go. The result says whether anything was
// published.
func (r *replayer) replayParts(ctx context.Context, loaded []loadedLetter) (bool, error) {
	parts, err := r.unsent(ctx, loaded)
	if err != nil || len(parts) == 0 {
		return false, err
	}
	// first the record, then the messages: an interrupted replay is found in the record and resumed
	begun, parts, err := r.advance(ctx, parts)
	if err != nil || begun == record.ReplayDone {
		return false, err
	}
	var (
		posts    []bus.Post
		messages []*messagev1.Message
	)
	for _, l := range parts {
		event := renewed(l.event)
		messages = append(messages, topology.MessageOf(event))
		posts = append(posts, bus.Post{
			Subject: l.subject, ID: topology.MessageKey(topology.MessageOf(event)), Body: event, Repeat: begun == record.ReplayResumed,
		})
	}
	if err := r.bus.PublishAll(ctx, posts); err != nil {
		return false, err
	}
	return true, r.noteReplay(ctx, messages)
}

// advance takes the message's record to the generation after that of these letters. again are those that are to be
// published, begun whether an earlier replay may have published them. Of two replays at once only one advances it.
func (r *replayer) advance(ctx context.Context, letters []loadedLetter) (begun record.Replay, again []loadedLetter, err error) {
	m := letters[0].message()
	if letters[0].Kind != Outbound {
		begun, err = r.index.ReplayInbound(ctx, m)
		return begun, letters, err
	}
	var given []record.Given
	for _, l := range letters {
		given = append(given, record.Given{Part: l.Part, Generation: l.Generation})
	}
	begun, parts, err := r.index.ReplayOutbound(ctx, m, given)
	again = slices.DeleteFunc(letters, func(l loadedLetter) bool { return !slices.Contains(parts, l.Part) })
	return begun, again, err
}

// unsent are the letters of the parts that go again: of the highest generation, one for each part, without those that
// were sent after all. The parts of a message fail together from the first that does, so that all behind it have to
// be there; an echo's fail each for itself. [ErrUnfinished] means that one of them is missing, or that it is not
// known yet how it ended.
func (r *replayer) unsent(ctx context.Context, loaded []loadedLetter) ([]loadedLetter, error) {
	// they are sorted by generation: only the highest was not replayed yet
	last := loaded[len(loaded)-1]
	var parts []loadedLetter
	for _, l := range loaded {
		if l.Generation != last.Generation {
			continue
		}
		if n := len(parts); n > 0 && parts[n-1].Part == l.Part {
			// given up twice, after a crash: two letters of one part
			continue
		}
		sent, err := r.concluded(ctx, l)
		if err != nil {
			return nil, err
		}
		if !sent {
			parts = append(parts, l)
		}
	}
	// the parts of an echo fail each for itself
	if last.Kind == Echo || len(parts) == 0 {
		return parts, nil
	}
	// to publish some of them could bring the rest out of order later; the missing ones may still be on their way
	// here
	if want := last.Parts - parts[0].Part; uint32(len(parts)) != want {
		return nil, fmt.Errorf("%d of the %d parts that were not sent are here: %w", len(parts), want, ErrUnfinished)
	}
	return parts, nil
}

// concluded says how a send ended whose letter is here: the letter is stored before its outcome, and an outcome that
// was there already is kept. So a letter does not prove that the message was not sent. [ErrUnfinished] means that
// nobody knows yet.
func (r *replayer) concluded(ctx context.Context, l loadedLetter) (sent bool, err error) {
	far, channel := topology.PlaceOf(l.subject)
	var e eventv1.Event
	_, err = r.bus.Read(ctx, topology.OutcomeSubject(far, channel, l.Key), &e)
	if err != nil && !errors.Is(err, bus.ErrNotFound) {
		return false, err
	}
	switch r := e.GetOutcome().GetResult(); {
	case r == eventv1.Result_RESULT_SENT:
		return true, nil
	case record.Final(r):
		return false, nil
	}
	// none, or no longer: it left its queue only after it had one
	there, err := r.stillThere(ctx, l)
	return false, errors.Join(err, unfinished(there))
}
