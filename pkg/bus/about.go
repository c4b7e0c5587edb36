package bus

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/attribute"

	"github.com/bonychat/puente/pkg/telemetry/label"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// about says which message the spans are of that begin under the context: by what is stored, where that tells it, and
// by its subject.
func (b *Bus) about(ctx context.Context, subject string, body any) context.Context {
	if b.untraced {
		return ctx
	}
	network, channel := topology.PlaceOf(subject)
	if network == topology.Platform {
		network = "" // it is no network
	}
	ctx = label.With(ctx, network, channel, "")
	if e, ok := body.(*eventv1.Event); ok {
		body = ofEvent(e)
	}
	if m, ok := body.(interface {
		GetNetwork() string
		GetChannel() string
	}); ok {
		ctx = label.With(ctx, m.GetNetwork(), m.GetChannel(), "")
	}
	switch m := body.(type) {
	case *eventv1.Receipt:
		ctx = label.With(ctx, "", "", m.GetOwnId())
	case interface{ GetId() string }:
		ctx = label.With(ctx, "", "", m.GetId())
	}
	return ctx
}

// ofEvent is what an event is about, nil for nothing that is known.
func ofEvent(e *eventv1.Event) any {
	switch k := e.GetKind().(type) {
	case *eventv1.Event_Message, *eventv1.Event_Echo:
		return messageOf(e)
	case *eventv1.Event_Receipt:
		return k.Receipt
	case *eventv1.Event_Outcome:
		return k.Outcome
	case *eventv1.Event_Status:
		return k.Status
	default:
		return nil
	}
}

// messageID is the attribute that names a stored message: its Nats-Msg-Id, else the key of an outcome, else where it is
// stored. It is never empty.
// https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/#messaging-attributes
func messageID(subject, id string, sequence uint64) attribute.KeyValue {
	if id == "" {
		id = topology.OutcomeKey(subject)
	}
	if id == "" {
		id = fmt.Sprintf("%s-%d", topology.StreamOf(subject), sequence)
	}
	return attribute.String("messaging.message.id", id)
}
