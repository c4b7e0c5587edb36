package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// open makes the session's consumer. What the stream held when the old consumer was gone is suspect: an earlier
// session may have acted on it.
func (q *queue) open(ctx context.Context) (c jetstream.Consumer, suspectUntil uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*requestTimeout)
	defer cancel()
	if err := q.fence(ctx); err != nil {
		return nil, 0, err
	}
	q.sessions++
	name := fmt.Sprintf("%s-%d-%d", q.unit.name, q.unit.at(), q.sessions)
	if err := errors.Join(checkName(name), checkFilter(q.unit.filter)); err != nil {
		return nil, 0, fmt.Errorf("consumer on %s: %w", q.stream, err)
	}
	if err := q.unit.change(ctx, func(r *unitRecord) { r.Consumers = []string{name} }); err != nil {
		return nil, 0, err
	}
	c, err = q.bus.js().CreateConsumer(ctx, q.stream, jetstream.ConsumerConfig{
		Durable: name, FilterSubject: q.unit.filter, AckPolicy: jetstream.AckExplicitPolicy, MaxDeliver: -1, MaxAckPending: -1,
		AckWait: 10 * time.Minute, MemoryStorage: true,
	})
	if err != nil {
		q.evict(ctx, err)
		return nil, 0, fmt.Errorf("create consumer on %s: %w", q.stream, err)
	}
	s, err := q.bus.stream(ctx, q.stream)
	if err != nil {
		return nil, 0, err
	}
	info, err := s.Info(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("state of %s: %w", q.stream, err)
	}
	return c, info.State.LastSeq, nil
}

// fence deletes every consumer that may still exist. A request that an election swallowed is not waited for: it is made
// again.
func (q *queue) fence(ctx context.Context) error {
	for _, old := range q.unit.consumers() {
		for {
			one, cancel := context.WithTimeout(ctx, time.Second)
			err := q.bus.js().DeleteConsumer(one, q.stream, old)
			cancel()
			if err == nil || errors.Is(err, jetstream.ErrConsumerNotFound) {
				break
			}
			if ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
				return fmt.Errorf("delete consumer %s: %w", old, err)
			}
		}
	}
	return nil
}

// retire deletes the consumer of the last session, so that whoever takes the unit next need not.
func (q *queue) retire() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(q.unit.hard), time.Second)
	defer cancel()
	if q.fence(ctx) == nil {
		_ = q.unit.change(ctx, func(r *unitRecord) { r.Consumers = nil })
	}
}

// evict deletes a consumer that is on nobody's list, such as one that an operator made: with it there, the unit could
// never be worked on.
func (q *queue) evict(ctx context.Context, cause error) {
	const overlapping = 10100
	if api, ok := errors.AsType[*jetstream.APIError](cause); !ok || api.ErrorCode != overlapping {
		return
	}
	s, err := q.bus.stream(ctx, q.stream)
	if err != nil {
		return
	}
	list := s.ListConsumers(ctx)
	for info := range list.Info() {
		if info.Config.FilterSubject == q.unit.filter {
			q.bus.log.Warn("foreign consumer deleted", "stream", q.stream, "consumer", info.Name)
			_ = q.bus.js().DeleteConsumer(ctx, q.stream, info.Name)
		}
	}
}
