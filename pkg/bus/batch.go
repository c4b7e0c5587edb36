package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"github.com/bonychat/puente/pkg/bus/internal/refusal"
	"github.com/bonychat/puente/pkg/bus/internal/valid"
	"github.com/bonychat/puente/pkg/topology"
)

// PublishAll stores all of the posts, one after the other, or none: the parts of a split message. They go to one stream, which
// has to allow batches ([topology.Stream].Batch). Parts that are already there mean that all are (they were stored together), and
// that is success, as long as the ids of the posts are remembered ([Post].ID). It takes [RequestTimeout] at most, and a request for
// each post; its errors are those of [Bus.Publish]. An empty list panics.
func (b *Bus) PublishAll(ctx context.Context, posts []Post) error {
	// a batch costs a millisecond on one server: most messages have one part, and need none
	if len(posts) == 1 {
		_, err := b.Publish(ctx, posts[0])
		return err
	}
	stream := topology.StreamOf(posts[0].Subject)
	ctx, span := b.StartSpan(b.About(ctx, posts[0].Subject, posts[0].Body), "publish", stream, trace.SpanKindProducer, attribute.Int("messaging.batch.message_count", len(posts)))
	defer span.End()
	begun := time.Now()
	err := b.publishAll(ctx, posts)
	b.meter.Published(ctx, stream, len(posts), err, time.Since(begun))
	if err != nil {
		err = publishError(stream, err)
		span.SetStatus(codes.Error, err.Error())
		return err
	}
	return nil
}

// publishAll speaks the server's atomic batch protocol (ADR-50): one batch id, numbered messages, the last one commits.
// Each is a request, so that a refusal is told at once. A batch that is never committed is forgotten by the server by itself.
// https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-50.md
func (b *Bus) publishAll(ctx context.Context, posts []Post) error {
	ctx, cancel := context.WithTimeout(ctx, RequestTimeout)
	defer cancel()
	batch := uuid.NewString()
	for i, p := range posts {
		m, err := message(ctx, p)
		if err == nil {
			err = valid.Subject(m.Subject)
		}
		if err != nil {
			return err
		}
		// the server holds what came until the last commits it; where one is refused or missing, it stores none
		m.Header.Set("Nats-Batch-Id", batch)
		m.Header.Set("Nats-Batch-Sequence", strconv.Itoa(i+1))
		m.Header.Set(jetstream.ExpectedStreamHeader, topology.StreamOf(p.Subject))
		last := i == len(posts)-1
		if last {
			m.Header.Set("Nats-Batch-Commit", "1")
		}
		answer, err := b.Conn().RequestMsgWithContext(ctx, m)
		if err != nil {
			return err
		}
		if err := batchAnswer(answer, last); err != nil {
			// a part with this id is in the stream, and parts are only ever stored together: an earlier try was confirmed to nobody
			if refusal.Repeated(err) {
				return nil
			}
			return fmt.Errorf("part %d of %d: %w", i+1, len(posts), err)
		}
	}
	return nil
}

// batchAnswer reads what the server says to one message of a batch: nothing but to the last, or an error.
func batchAnswer(m *nats.Msg, last bool) error {
	if len(m.Data) == 0 && !last {
		return nil
	}
	var a struct {
		Error    *jetstream.APIError `json:"error"`
		Sequence uint64              `json:"seq"`
	}
	if err := json.Unmarshal(m.Data, &a); err != nil {
		return errors.New("answer of the broker cannot be read")
	}
	if a.Error != nil {
		return a.Error
	}
	// success without a sequence is none: the parts may not be there
	if last && a.Sequence == 0 {
		return errors.New("the broker did not confirm the batch")
	}
	return nil
}
