package delivery

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// What the log says of a message at level info and above: one line when it has its outcome, and one when it is first held
// up. Of a destination that does not answer: one line when that begins and one when it ends. Each further try is told at
// level debug.

// tryLog is where one try is told: at level debug, where a line has told the same already or the outcome's line will.
func (s *sender) tryLog(e *message, v result.Result) *slog.Logger {
	log := s.bus.Logger().With("far", s.config.Far, "channel", s.channel, "key", e.key, "attempt", e.attempts)
	first, loud := e.noted.first.IsZero(), false
	switch v.Class {
	case result.Sent, result.Rejected:
	case result.Waiting:
		loud = first
	default:
		if loud = first; v.Within == 0 { // else it is about this message alone
			s.mu.Lock()
			loud = s.outage.Failed(first, time.Now())
			s.mu.Unlock()
		}
	}
	if loud {
		return log
	}
	return slog.New(quiet{log.Handler()})
}

// quiet tells everything at level debug.
type quiet struct{ slog.Handler }

func (q quiet) Enabled(ctx context.Context, _ slog.Level) bool {
	return q.Handler.Enabled(ctx, slog.LevelDebug)
}

func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	r.Level = slog.LevelDebug
	return q.Handler.Handle(ctx, r)
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
	log.LogAttrs(ctx, slog.LevelInfo, strings.ToLower(strings.TrimPrefix(r.String(), "RESULT_")), args...)
}

// whyEnded is what the agent is told.
func (e *message) whyEnded() string {
	if e.ended == nil {
		return ""
	}
	return e.ended.why.String()
}

// waiting is how many messages of the channel wait. The lock is held.
func (s *sender) waiting() int {
	if s.queue == nil {
		return 0
	}
	return s.queue.Len()
}
