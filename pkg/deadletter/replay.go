package deadletter

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
)

// The reasons for which a dead letter is not brought back.
var (
	// ErrFinal means that the letter cannot be brought back, now or later.
	ErrFinal = record.ErrNotReplayable
	// ErrUnfinished means that the message is still being given up: its entry has not left its stream, or letters of its other parts are
	// missing. Try again later.
	ErrUnfinished = errors.New("it is still being worked on")
	// ErrCallTooOld means that the letter is about one event of a call whose other events were taken, so long ago that nobody
	// remembers it: reading the call again would bring them twice. It is an [ErrFinal]. It concerns letters of earlier versions only;
	// those of this version name what was made of their call.
	ErrCallTooOld = fmt.Errorf("%w: the other messages of its call would come twice", ErrFinal)
)

// replayer is one call of [Replay]; one goroutine uses it.
type replayer struct {
	bus   *bus.Bus
	index *record.Index
}

// Replay brings back one group of [Group], and then deletes its letters. again is true if the message is on its way now; it is false
// if the message was sent after all, or was brought back before.
//
// It can be called twice, even at once, without sending twice: it advances the generation in the message's record by compare-and-set
// (package record), publishes under keys of that generation, and marks what may have been published before, so that it is looked up before it
// is sent. If it is interrupted, call it again with the same letters.
//
// After an error the letters that are left can be replayed again. [ErrFinal] is the exception: such a letter stays until it is too old.
// [ErrUnfinished] usually passes by itself. Other errors are the broker's.
func Replay(ctx context.Context, b *bus.Bus, letters []Letter) (again bool, err error) {
	r := &replayer{b, record.New(b)}
	loaded, err := r.load(ctx, letters)
	// no letter is left: somebody else has brought them back
	if err != nil || len(loaded) == 0 {
		return false, err
	}
	first := loaded[0]
	ctx, span := b.StartSpan(b.About(ctx, first.subject, first.event), "replay", topology.Dead.Name, trace.SpanKindInternal)
	defer span.End()
	switch {
	case first.Kind == Call:
		again, err = r.replayCall(ctx, first)
	case first.Kind == Other || first.Kind == Status:
		err = fmt.Errorf("%w: a dead letter of the kind %q", ErrFinal, first.Kind)
	// it was split and ready: its parts go back to where they were
	case first.waits():
		again, err = r.replayParts(ctx, loaded)
	default:
		again, err = r.replayMessage(ctx, first)
	}
	if err != nil {
		return false, err
	}
	// in order: what is left of an interrupted removal is the end of the message, not a gap
	for _, l := range loaded {
		if err := b.Remove(ctx, topology.Dead.Name, l.Sequence); err != nil {
			return again, err
		}
	}
	return again, nil
}

// loadedLetter is a letter with its body. The body is content, and must not leave this package.
type loadedLetter struct {
	Letter
	// dead is the letter as it was stored, with the body of its entry.
	dead *eventv1.DeadLetter
	// event is what the body holds; nil for a call, and for what cannot be read.
	event *eventv1.Event
}

// message is the message of the event, or the one that an echo holds.
func (l loadedLetter) message() *messagev1.Message { return topology.MessageOf(l.event) }

// load reads letters whole, by generation and part. One that is gone was replayed by somebody else, and is left out.
func (r *replayer) load(ctx context.Context, letters []Letter) ([]loadedLetter, error) {
	var loaded []loadedLetter
	for _, l := range letters {
		m, err := r.bus.At(ctx, topology.Dead.Name, l.Sequence)
		if errors.Is(err, bus.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		letter, dead, event := open(m)
		loaded = append(loaded, loadedLetter{letter, dead, event})
	}
	slices.SortStableFunc(loaded, func(a, b loadedLetter) int {
		// the highest generation comes last: only that can still be brought back
		if a.Generation != b.Generation {
			return int(a.Generation) - int(b.Generation)
		}
		return int(a.Part) - int(b.Part)
	})
	return loaded, nil
}

// replayCall has a network's call read again, for all that could not be read of it. The messages that were made of it before are
// named in the letter and not made again; without that they are dropped as repeats, by the ids that they had, for as long as it
// is remembered what was taken.
func (r *replayer) replayCall(ctx context.Context, l loadedLetter) (bool, error) {
	call := &webhookv1.Call{}
	if err := proto.Unmarshal(l.dead.GetBody(), call); err != nil {
		return false, fmt.Errorf("%w: the stored call cannot be read", ErrFinal)
	}
	if !call.GetMadeKnown() && l.ofSome() && forgotten(call) {
		return false, ErrCallTooOld
	}
	Renew(call)
	_, err := r.bus.Publish(ctx, bus.Post{Subject: topology.WebhookSubject(call.GetNetwork(), call.GetChannel()), ID: "replay-" + l.Key, Body: call})
	return err == nil, err
}

// ofSome says that a letter may be about some events of its call, the others having been taken. The first task of an entry has
// the entry's own key, and events that cannot be read come behind those that can: so the letter under that key is of a call of
// which nothing was taken, but where a task that could be read ended in it.
func (l loadedLetter) ofSome() bool {
	whole := fmt.Sprintf("%s-%d", topology.StreamOf(l.subject), l.dead.GetSequence())
	return l.Key != whole || l.Why.Code() == reason.BadName.Code()
}

// forgotten says that what was made of a call may not be remembered any more.
func forgotten(c *webhookv1.Call) bool {
	came := c.GetFirstAcceptedAt()
	if came == nil {
		came = c.GetAcceptedAt()
	}
	return time.Since(came.AsTime()) > record.Keep-12*time.Hour
}

// Renew prepares a call to be read once more: its validity begins anew. The time at which it came stays in it, because what was made of a
// call is remembered for [record.Keep] only.
func Renew(c *webhookv1.Call) {
	if c.GetFirstAcceptedAt() == nil {
		c.FirstAcceptedAt = c.GetAcceptedAt()
	}
	c.AcceptedAt = timestamppb.Now()
}

// replayMessage has the translator take a message or an echo again, which advances the generation itself: of two
// entries of one generation it drops the second. So two replays at once do no harm.
func (r *replayer) replayMessage(ctx context.Context, l loadedLetter) (bool, error) {
	if there, err := r.stillThere(ctx, l); err != nil || there {
		return false, errors.Join(err, unfinished(there))
	}
	replayed, err := r.index.Replayed(ctx, l.message())
	if err != nil || replayed {
		return false, err
	}
	event := renewed(l.event)
	m := topology.MessageOf(event)
	_, err = r.bus.Publish(ctx, bus.Post{
		Subject: topology.MessageSubject(m.GetNetwork(), m.GetChannel(), m.GetContact().GetAddress()), ID: topology.MessageKey(m), Body: event,
	})
	if err != nil {
		return false, err
	}
	return true, r.noteReplay(ctx, []*messagev1.Message{m})
}

// renewed is an event of the next generation, whose validity begins now: otherwise one that had expired would expire
// again at once. The event that it is made of is not changed.
func renewed(e *eventv1.Event) *eventv1.Event {
	e = proto.CloneOf(e)
	m := topology.MessageOf(e)
	if m.GetWrittenAt() == nil && m.GetDirection() == messagev1.Direction_DIRECTION_INBOUND {
		m.WrittenAt = m.GetAcceptedAt() // what the agent is shown does not become younger
	}
	m.Generation++
	m.AcceptedAt = timestamppb.New(time.Now())
	return e
}

// unfinished is [ErrUnfinished] where an entry is still there.
func unfinished(there bool) error {
	if there {
		return ErrUnfinished
	}
	return nil
}

// stillThere says that what the letter is about has not left its stream: the letter is stored before it does, and
// after a crash in between it is worked on again. To replay it then would send it twice.
func (r *replayer) stillThere(ctx context.Context, l loadedLetter) (bool, error) {
	// it does not say where it was, so there is nothing to look for
	if l.dead.GetSequence() == 0 {
		return false, nil
	}
	m, err := r.bus.At(ctx, topology.StreamOf(l.subject), l.dead.GetSequence())
	if errors.Is(err, bus.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return m.Subject == l.subject && (m.ID() == l.Key || m.ID() == ""), nil // else the stream was made anew
}

// noteReplay writes the journal's entries, one for each message or part, so that an operator sees who brought it back
// and when.
func (r *replayer) noteReplay(ctx context.Context, messages []*messagev1.Message) error {
	for _, m := range messages {
		e := &journalv1.Entry{
			Id: m.GetId(), Generation: m.GetGeneration(), Part: m.GetPart().GetIndex(), Network: m.GetNetwork(), Channel: m.GetChannel(),
			Service: r.bus.Name(), Hop: journalv1.Hop_HOP_REPLAYED, At: timestamppb.Now(), TraceId: bus.TraceID(ctx),
		}
		_, err := r.bus.Publish(ctx, bus.Post{Subject: topology.JournalSubject(e.GetNetwork(), e.GetChannel()), ID: "replay-" + topology.MessageKey(m), Body: e})
		if err != nil {
			return err
		}
	}
	return nil
}
