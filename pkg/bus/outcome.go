package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/lanes"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// final says that nothing replaces this result.
func final(r eventv1.Result) bool {
	return r == eventv1.Result_RESULT_SENT || r == eventv1.Result_RESULT_FAILED || r == eventv1.Result_RESULT_EXPIRED
}

type foundOutcome struct {
	*eventv1.Outcome
	revision uint64
}

// outcome reads the last record under a send's key from the stream's leader, or [ErrNotFound].
func (r *route) outcome(ctx context.Context, key string) (foundOutcome, error) {
	var e eventv1.Event
	revision, err := r.bus.Read(ctx, topology.OutcomeSubject(r.delivery.Far, r.Channel, key), &e)
	if err != nil {
		return foundOutcome{}, err
	}
	return foundOutcome{e.GetOutcome(), revision}, nil
}

// give ends an entry that no try was made for.
func (r *route) give(e *Entry, result eventv1.Result, reason string) lanes.Next {
	return r.giveWith(e.context(r.hard), e, result, reason)
}

// giveWith gives an entry up: the dead letter is stored before the outcome that says so.
func (r *route) giveWith(ctx context.Context, e *Entry, result eventv1.Result, reason string) lanes.Next {
	var unsent []uint32
	if m := e.Event.GetMessage(); m != nil {
		unsent = []uint32{m.GetPart().GetIndex()}
	}
	if err := r.bus.bury(ctx, e, e.key, reason, unsent); err != nil {
		r.bus.log.Warn("dead letter not stored", "far", r.delivery.Far, "channel", r.Channel, "err", err)
		return again(e)
	}
	return r.conclude(ctx, e, ending{result: result, reason: reason})
}

// conclude stores a final outcome and does not come back before it is stored, or the grace of a stop is over. Whoever
// finds a final outcome there keeps it.
func (r *route) conclude(ctx context.Context, e *Entry, end ending) lanes.Next {
	ctx, span := r.bus.startSpan(ctx, "publish", "OUTCOMES_"+r.delivery.Far, trace.SpanKindProducer, attribute.String("messaging.message.id", e.key))
	defer span.End()
	o, result := r.record(e, end.result), end.result
	o.Ref, o.Alias, o.Reason = readable(end.ref), readable(end.alias), readable(end.reason)
	e.ended = &end
	for try := 0; ; try++ {
		err := r.store(ctx, e, o)
		if errors.Is(err, ErrConflict) {
			found, readErr := r.outcome(ctx, e.key)
			if readErr == nil && final(found.GetResult()) {
				result, err = found.GetResult(), nil
			} else if readErr == nil {
				e.revision = found.revision
			}
		}
		if err == nil {
			r.finished.add(e.key, result)
			return lanes.Next{}
		}
		span.SetStatus(codes.Error, "outcome not stored")
		if try%10 == 0 {
			r.bus.log.Warn("outcome not stored, will be tried again", "far", r.delivery.Far, "channel", r.Channel, "key", e.key, "err", err)
		}
		if r.bus.over() {
			return lanes.Next{Keep: true, After: time.Minute}
		}
		if pause(r.hard, min(50*time.Millisecond<<min(try, 6), time.Second)) != nil {
			return lanes.Next{Keep: true, After: time.Minute}
		}
	}
}

// ending is an outcome that could not be stored while its process owned the channel. Should it own it again, it knows.
type ending struct {
	result             eventv1.Result
	ref, alias, reason string
}

// readable is a text that can be stored.
func readable(text string) string { return strings.ToValidUTF8(text, "?") }

// noteEvery bounds the records of one send.
const noteEvery = time.Minute

// note says that an entry is waiting: for the journal, and in place of an intent, for it was definitely not taken. For
// the journal alone it is no loss where it fails.
func (r *route) note(ctx context.Context, e *Entry) {
	if time.Since(e.noted) < noteEvery && !e.stands {
		return
	}
	e.noted = time.Now()
	o := r.record(e, eventv1.Result_RESULT_WAITING)
	o.Reason = readable(e.reason)
	if err := r.store(ctx, e, o); err != nil {
		r.bus.log.Debug("waiting not noted", "key", e.key, "err", err)
		e.suspect = true // the record under the key is not the one we know
		return
	}
	e.stands = false
}

func (r *route) store(ctx context.Context, e *Entry, o *eventv1.Outcome) error {
	data, err := proto.Marshal(&eventv1.Event{Kind: &eventv1.Event_Outcome{Outcome: o}})
	if err != nil {
		return fmt.Errorf("encode outcome: %w", err)
	}
	m := &nats.Msg{Subject: topology.OutcomeSubject(r.delivery.Far, r.Channel, e.key), Data: data, Header: nats.Header{}}
	inject(ctx, m.Header)
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	stream := "OUTCOMES_" + r.delivery.Far
	revision, err := r.bus.send(ctx, m, jetstream.WithExpectStream(stream), jetstream.WithExpectLastSequencePerSubject(e.revision))
	if err != nil {
		return publishError(stream, err)
	}
	e.revision = revision
	return nil
}

func (r *route) record(e *Entry, result eventv1.Result) *eventv1.Outcome {
	o := &eventv1.Outcome{
		Key: e.key, Channel: r.Channel, Result: result, Attempts: e.attempts, At: timestamppb.Now(), Parts: 1,
	}
	switch k := e.Event.GetKind().(type) {
	case *eventv1.Event_Message:
		describe(o, k.Message)
	case *eventv1.Event_Echo:
		describe(o, k.Echo.GetMessage())
	case *eventv1.Event_Status:
		o.Id, o.Generation, o.Address = k.Status.GetId(), k.Status.GetGeneration(), k.Status.GetAddress()
		o.AcceptedAt, o.Network = k.Status.GetAcceptedAt(), k.Status.GetNetwork()
	}
	return o
}

func describe(o *eventv1.Outcome, m *messagev1.Message) {
	o.Id, o.Generation, o.Address, o.AcceptedAt = m.GetId(), m.GetGeneration(), m.GetContact().GetAddress(), m.GetAcceptedAt()
	o.Direction, o.Network = m.GetDirection(), m.GetNetwork()
	if p := m.GetPart(); p != nil {
		o.Part, o.Parts = p.GetIndex(), p.GetCount()
	}
}

// finished remembers what this process concluded last, of all channels of a far end. What it has forgotten is found
// on OUTCOMES_*.
type finished struct {
	mu      sync.Mutex
	results map[string]eventv1.Result
	order   []string
}

const finishedKept = 1 << 16

func newFinished() *finished { return &finished{results: map[string]eventv1.Result{}} }

func (f *finished) add(key string, result eventv1.Result) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.results[key]; ok {
		return
	}
	if len(f.order) == finishedKept {
		delete(f.results, f.order[0])
		f.order = f.order[1:]
	}
	f.results[key] = result
	f.order = append(f.order, key)
}

func (f *finished) get(key string) (eventv1.Result, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r, ok := f.results[key]
	return r, ok
}

func (f *finished) has(key string) bool {
	_, ok := f.get(key)
	return ok
}
