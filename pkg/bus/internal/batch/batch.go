// Package batch speaks the server's atomic batch protocol (ADR-50), for which the client has no call: messages that are stored
// together, one after the other, or not at all.
// https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-50.md
package batch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus/internal/refusal"
)

// Requester sends a request and waits for its answer: [nats.Conn].
type Requester interface {
	RequestMsgWithContext(ctx context.Context, m *nats.Msg) (*nats.Msg, error)
}

// Publish stores the messages in a stream that allows batches. They share one batch id and are numbered, and the last one commits; it sets
// headers that say so. Each is a request, so that a refusal is told at once. A batch that is never committed is forgotten by the server
// by itself.
//
// A message whose id is remembered means that all are in the stream, since they are only ever stored together: an earlier try was
// confirmed to nobody. That is success.
func Publish(ctx context.Context, c Requester, stream string, messages []*nats.Msg) error {
	id := uuid.NewString()
	for i, m := range messages {
		// the server holds what came until the last commits it; where one is refused or missing, it stores none
		m.Header.Set("Nats-Batch-Id", id)
		m.Header.Set("Nats-Batch-Sequence", strconv.Itoa(i+1))
		m.Header.Set(jetstream.ExpectedStreamHeader, stream)
		last := i == len(messages)-1
		if last {
			m.Header.Set("Nats-Batch-Commit", "1")
		}
		answer, err := c.RequestMsgWithContext(ctx, m)
		if err != nil {
			return err
		}
		if err := read(answer.Data, last); err != nil {
			if refusal.Repeated(err) {
				return nil
			}
			return fmt.Errorf("part %d of %d: %w", i+1, len(messages), err)
		}
	}
	return nil
}

// read reads what the server says to one message of a batch: nothing but to the last, or an error.
func read(answer []byte, last bool) error {
	if len(answer) == 0 && !last {
		return nil
	}
	var a struct {
		Error    *jetstream.APIError `json:"error"`
		Sequence uint64              `json:"seq"`
	}
	if err := json.Unmarshal(answer, &a); err != nil {
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
