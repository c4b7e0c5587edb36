package delivery

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/delivery/internal/outcomes"
	"github.com/bonychat/puente/pkg/failpoint"
	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// foundOutcome is a record of OUTCOMES_*, with the revision that the next write under its key has to name.
type foundOutcome struct {
	*eventv1.Outcome
	revision uint64
}

// outcome reads the last record under a send's key from the stream's leader, or [bus.ErrNotFound]. A replica that is
// behind could say that there is none.
func (s *sender) outcome(ctx context.Context, key string) (foundOutcome, error) {
	var e eventv1.Event
	revision, err := s.bus.Read(ctx, topology.OutcomeSubject(s.config.Far, s.channel, key), &e)
	if err != nil {
		return foundOutcome{}, err
	}
	return foundOutcome{e.GetOutcome(), revision}, nil
}

// give ends an entry that no try was made for, as failed or expired.
func (s *sender) give(e *message, result eventv1.Result, why reason.Reason) lanes.Next {
	return s.giveWith(e.Context(s.hard), e, result, why)
}

// giveWith gives an entry up: the dead letter is stored before the outcome that says so. The other way round a crash
// in between would leave a message that failed and that nobody could bring back. Where the letter cannot be stored
// the entry is kept.
func (s *sender) giveWith(ctx context.Context, e *message, result eventv1.Result, why reason.Reason) lanes.Next {
	// a letter says which part it holds, so that only what was not sent is replayed
	var unsent []uint32
	if m := e.Event.GetMessage(); m != nil {
		unsent = []uint32{m.GetPart().GetIndex()}
	}
	if err := deadletter.Bury(ctx, s.bus, deadletter.Burial{
		Subject: e.Subject, Sequence: e.Sequence, Key: e.key, Why: why, Body: e.Body, Event: e.Event, Unsent: unsent,
	}); err != nil {
		s.bus.Logger().Warn("dead letter not stored", "far", s.config.Far, "channel", s.channel, "err", err)
		return e.away()
	}
	return s.conclude(ctx, e, ending{result: result, why: why})
}

// conclude stores a final outcome and does not come back before it is stored, or the grace of a stop is over. Whoever
// finds a final outcome there keeps it: the first one counts, also where another process stored it. The next message
// of the contact waits meanwhile, which is the promise that an outcome comes first.
func (s *sender) conclude(ctx context.Context, e *message, end ending) lanes.Next {
	ctx, span := s.bus.StartSpan(ctx, "publish", topology.Outcomes(s.config.Far).Name, trace.SpanKindProducer, attribute.String("messaging.message.id", e.key))
	defer span.End()
	o, result := s.outcomeOf(e, end.result), end.result
	o.Ref, o.Alias, o.Reason, o.Why = readable(end.ref), readable(end.alias), readable(end.why.String()), end.why.Proto()
	e.past.End(time.Now())
	o.Holds = e.past.All()
	if end.result == eventv1.Result_RESULT_SENT && e.ended == nil {
		s.kept.Add(e.key, e.Event, len(e.Body)) // on its way while the outcome is stored
	}
	// remembered before it is stored: should the queue end first, the next one stores it and does not send again
	e.ended = &end
	ended := true // by this process
	for try := 0; ; try++ {
		err := s.store(ctx, e, o)
		// the record is not the one we know: read which it is
		if errors.Is(err, bus.ErrConflict) {
			found, readErr := s.outcome(ctx, e.key)
			if readErr == nil && record.Final(found.GetResult()) {
				result, err, ended = found.GetResult(), nil, false
				// a record that is not final, such as an earlier one of ours whose answer was lost: the next try replaces
				// it
			} else if readErr == nil {
				e.revision = found.revision
			} else if errors.Is(readErr, bus.ErrNotFound) {
				e.revision = 0 // the record was there and is purged: see package retention
			}
		}
		if err == nil {
			failpoint.OutcomeStored.Reach()
			s.finished.Add(e.key, result)
			if ended {
				s.ended(ctx, e, result)
			}
			return lanes.Next{}
		}
		span.SetStatus(codes.Error, "outcome not stored")
		if try%10 == 0 {
			s.bus.Logger().Warn("outcome not stored, will be tried again", "far", s.config.Far, "channel", s.channel, "key", e.key, "err", err)
		}
		// it will not be stored by this process; the entry stays in its queue for the next
		if s.bus.Over() {
			return e.stays(reason.BrokerAway, time.Minute)
		}
		if pause.For(s.hard, min(50*time.Millisecond<<min(try, 6), time.Second)) != nil {
			return e.stays(reason.BrokerAway, time.Minute)
		}
	}
}

// ending is what a message came to. It is kept where its outcome could not be stored while its process owned the
// channel: should it own it again, it knows. ref and alias are the destination's, see [result.Result]; why
// says nothing of what was sent.
type ending struct {
	result     eventv1.Result
	ref, alias string
	why        reason.Reason
}

// readable is a text that can be stored: protobuf takes only UTF-8, and a destination's answer may hold anything.
func readable(text string) string { return strings.ToValidUTF8(text, "?") }

// store writes a record under the entry's key where the last one is the one we know, else it fails with
// [bus.ErrConflict]. After any other error, which comes within [bus.RequestTimeout], the record may have been stored all the same.
func (s *sender) store(ctx context.Context, e *message, o *eventv1.Outcome) error {
	event := &eventv1.Event{Kind: &eventv1.Event_Outcome{Outcome: o}}
	revision, err := s.bus.Replace(ctx, topology.OutcomeSubject(s.config.Far, s.channel, e.key), event, e.revision, 0)
	if err != nil {
		return err
	}
	e.revision = revision
	return nil
}

// outcomeOf is a record of the entry with a result, as of now. It says whose message it is, so that whoever reads the
// outcome need not have the message.
func (s *sender) outcomeOf(e *message, result eventv1.Result) *eventv1.Outcome {
	o := outcomes.Of(e.Event, result)
	o.Key, o.Channel, o.Attempts = e.key, s.channel, e.attempts
	return o
}

// ended counts a send whose outcome is stored.
func (s *sender) ended(ctx context.Context, e *message, r eventv1.Result) {
	at := consume.AcceptedAt(e.Event)
	if at.IsZero() {
		at = e.Stored
	}
	s.bus.Meter().Ended(ctx, s.config.Far, outcomes.Word(r), time.Since(at))
	s.tellOutcome(ctx, e, r, time.Since(at))
}

// tellOutcome is the one line of a message that has its outcome.
func (s *sender) tellOutcome(ctx context.Context, e *message, r eventv1.Result, took time.Duration) {
	log, about := s.bus.Logger(), topology.About(e.Event)
	if !log.Enabled(ctx, slog.LevelInfo) {
		return
	}
	args := []slog.Attr{
		slog.String("far", s.config.Far), slog.String("network", about.Network), slog.String("channel", s.channel), slog.String("id", about.ID),
		slog.String("key", e.key), slog.Uint64("attempts", uint64(e.attempts)), slog.String("took", took.Round(time.Millisecond).String()),
	}
	if why := e.whyEnded(); why != "" {
		args = append(args, slog.String("reason", why))
	}
	if e.refused != nil && e.refused.Err != nil {
		args = append(args, slog.Any("err", e.refused.Err))
	}
	log.LogAttrs(ctx, slog.LevelInfo, outcomes.Word(r), args...)
}

// whyEnded is what the agent is told.
func (e *message) whyEnded() string {
	if e.ended == nil {
		return ""
	}
	return e.ended.why.String()
}
