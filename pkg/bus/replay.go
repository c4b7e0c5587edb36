package bus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/topology"
	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
	webhookv1 "github.com/bonychat/puente/proto/gen/puente/webhook/v1"
)

// Why a dead letter stays where it is.
var (
	// ErrFinal means that there is nothing to bring back, now or later.
	ErrFinal = errors.New("it cannot be brought back")
	// ErrUnfinished means that it is still being given up: later it can be brought back.
	ErrUnfinished = errors.New("it is still being worked on")
)

// Replay brings back what [Together] put together, and then takes its letters out of the list. again says that it is on
// its way; it is not where it was sent after all, or brought back before.
//
// It can be done twice, at once too, without sending twice: it raises the generation in the record of the message by
// compare-and-set, publishes under keys that derive from it, and marks what may have been published before, which is
// looked up before it is sent. An interrupted one is done again from the start.
func (b *Bus) Replay(ctx context.Context, letters []Letter) (again bool, err error) {
	loaded, err := b.loadLetters(ctx, letters)
	if err != nil || len(loaded) == 0 {
		return false, err
	}
	first := loaded[0]
	ctx, span := b.startSpan(b.about(ctx, first.subject, first.event), "replay", topology.Dead.Name, trace.SpanKindInternal)
	defer span.End()
	switch {
	case first.Kind == LetterCall:
		again, err = b.replayCall(ctx, first)
	case first.Kind == LetterOther || first.Kind == LetterStatus:
		err = fmt.Errorf("%w: a dead letter of the kind %q", ErrFinal, first.Kind)
	case first.waits():
		again, err = b.replayParts(ctx, loaded)
	default:
		again, err = b.replayMessage(ctx, first)
	}
	if err != nil {
		return false, err
	}
	// in order: what is left of an interrupted removal is the end of the message, not a gap
	for _, l := range loaded {
		if err := b.removeLetter(ctx, l.Sequence); err != nil {
			return again, err
		}
	}
	return again, nil
}

// loadedLetter is a letter with what it holds.
type loadedLetter struct {
	Letter
	dead  *eventv1.DeadLetter
	event *eventv1.Event // nil for a call
}

func (l loadedLetter) message() *messagev1.Message { return messageOf(l.event) }

// messageOf is the message of an event, or of an echo.
func messageOf(e *eventv1.Event) *messagev1.Message {
	if echo := e.GetEcho(); echo != nil {
		return echo.GetMessage()
	}
	return e.GetMessage()
}

// loadLetters reads letters whole, by generation and part. One that is gone was replayed by somebody else.
func (b *Bus) loadLetters(ctx context.Context, letters []Letter) ([]loadedLetter, error) {
	s, err := b.stream(ctx, topology.Dead.Name)
	if err != nil {
		return nil, err
	}
	var loaded []loadedLetter
	for _, l := range letters {
		m, err := s.GetMsg(ctx, l.Sequence)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", topology.Dead.Name, err)
		}
		letter, dead, event := openLetter(m)
		loaded = append(loaded, loadedLetter{letter, dead, event})
	}
	slices.SortStableFunc(loaded, func(a, b loadedLetter) int {
		if a.Generation != b.Generation {
			return int(a.Generation) - int(b.Generation)
		}
		return int(a.Part) - int(b.Part)
	})
	return loaded, nil
}

func (b *Bus) removeLetter(ctx context.Context, sequence uint64) error {
	s, err := b.stream(ctx, topology.Dead.Name)
	if err != nil {
		return err
	}
	if err := s.DeleteMsg(ctx, sequence); err != nil && !errors.Is(err, jetstream.ErrMsgNotFound) && !errors.Is(err, jetstream.ErrMsgDeleteUnsuccessful) {
		return fmt.Errorf("remove dead letter %d: %w", sequence, err)
	}
	return nil
}

// replayCall has a network's call read again: its events have the ids they had, and what was taken before is dropped
// as a repeat.
func (b *Bus) replayCall(ctx context.Context, l loadedLetter) (bool, error) {
	call := &webhookv1.Call{}
	if err := proto.Unmarshal(l.dead.GetBody(), call); err != nil {
		return false, fmt.Errorf("%w: the stored call cannot be read", ErrFinal)
	}
	call.AcceptedAt = timestamppb.Now() // its validity begins anew
	_, err := b.Publish(ctx, Post{Subject: topology.WebhookSubject(call.GetNetwork(), call.GetChannel()), ID: "replay-" + l.Key, Body: call})
	return err == nil, err
}

// replayMessage has the translator take a message or an echo again, which raises the generation itself: of two entries
// of one generation it drops the second.
func (b *Bus) replayMessage(ctx context.Context, l loadedLetter) (bool, error) {
	if there, err := b.stillThere(ctx, l); err != nil || there {
		return false, errors.Join(err, unfinished(there))
	}
	taken, err := b.takenSince(ctx, l.message())
	if err != nil || taken {
		return false, err
	}
	event := renewed(l.event)
	m := messageOf(event)
	_, err = b.Publish(ctx, Post{
		Subject: topology.MessageSubject(m.GetNetwork(), m.GetChannel(), m.GetContact().GetAddress()), ID: topology.MessageKey(m), Body: event,
	})
	if err != nil {
		return false, err
	}
	return true, b.noteReplay(ctx, []*messagev1.Message{m})
}

// renewed is an event of the next generation, whose validity begins now.
func renewed(e *eventv1.Event) *eventv1.Event {
	e = proto.CloneOf(e)
	m := messageOf(e)
	if m.GetWrittenAt() == nil && m.GetDirection() == messagev1.Direction_DIRECTION_INBOUND {
		m.WrittenAt = m.GetAcceptedAt() // what the agent is shown does not become younger
	}
	m.Generation++
	m.AcceptedAt = timestamppb.New(time.Now())
	return e
}

func unfinished(there bool) error {
	if there {
		return ErrUnfinished
	}
	return nil
}

// stillThere says that what the letter is about has not left its work queue: the letter is stored before it does, and
// after a crash in between it is worked on again.
func (b *Bus) stillThere(ctx context.Context, l loadedLetter) (bool, error) {
	if l.dead.GetSequence() == 0 {
		return false, nil
	}
	name := topology.StreamOf(l.subject)
	s, err := b.stream(ctx, name)
	if err != nil {
		return false, err
	}
	m, err := s.GetMsg(ctx, l.dead.GetSequence())
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read %s: %w", name, err)
	}
	key := m.Header.Get(headerID)
	return m.Subject == l.subject && (key == l.Key || key == ""), nil // else the stream was made anew
}

// noteReplay writes the journal's entries.
func (b *Bus) noteReplay(ctx context.Context, messages []*messagev1.Message) error {
	for _, m := range messages {
		e := &journalv1.Entry{
			Id: m.GetId(), Generation: m.GetGeneration(), Part: m.GetPart().GetIndex(), Network: m.GetNetwork(), Channel: m.GetChannel(),
			Service: b.name, Hop: journalv1.Hop_HOP_REPLAYED, At: timestamppb.Now(), TraceId: TraceID(ctx),
		}
		_, err := b.Publish(ctx, Post{Subject: topology.JournalSubject(e.GetNetwork(), e.GetChannel()), ID: "replay-" + topology.MessageKey(m), Body: e})
		if err != nil {
			return err
		}
	}
	return nil
}
