package bus

import (
	"cmp"
	"context"
	"fmt"

	"go.opentelemetry.io/otel/attribute"

	"github.com/bonychat/puente/pkg/telemetry/label"
	"github.com/bonychat/puente/pkg/topology"
)

// About says which message the spans are of that begin under the context: by what is stored, where that tells it, and
// by its subject. body is a protobuf message, or nil. Without tracing it changes nothing.
func (b *Bus) About(ctx context.Context, subject string, body any) context.Context {
	if b.untraced {
		return ctx
	}
	network, channel := topology.PlaceOf(subject)
	if network == topology.Platform {
		network = "" // it is no network
	}
	about := topology.About(body)
	return label.With(ctx, cmp.Or(about.Network, network), cmp.Or(about.Channel, channel), about.ID)
}

// MessageID is the attribute that names a stored message: its Nats-Msg-Id, else the key of an outcome, else where it is
// stored. It is never empty.
// https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/#messaging-attributes
func MessageID(subject, id string, sequence uint64) attribute.KeyValue {
	if id == "" {
		id = topology.OutcomeKey(subject)
	}
	if id == "" {
		id = fmt.Sprintf("%s-%d", topology.StreamOf(subject), sequence)
	}
	return attribute.String("messaging.message.id", id)
}
