// Package label names, in spans, the message that they are about. It needs no OpenTelemetry SDK: whoever knows the
// message says so once, and package telemetry puts it on every span that is begun under that context.
//
//	ctx = label.Message(ctx, "telegram", "k7m2q9x4t8w1zb", mID)
package label

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// The attributes. Labels of metrics they are not: their values are without number.
const (
	Network   = attribute.Key("puente.network")    // of the channel, never the platform
	Channel   = attribute.Key("puente.channel")    // the channel's id
	MessageID = attribute.Key("puente.message_id") // the message's id, which the platform knows as mId
)

type key struct{}

// labels are known, or "".
type labels struct{ network, channel, id string }

// Message says what the span of the context, and all spans begun under the returned one, are about. What is "" is not
// known, and leaves what was said before. No value may be of a stranger's choosing. It is safe for concurrent use.
func Message(ctx context.Context, network, channel, id string) context.Context {
	ctx = With(ctx, network, channel, id)
	if span := trace.SpanFromContext(ctx); span.IsRecording() {
		span.SetAttributes(Attributes(ctx)...)
	}
	return ctx
}

// With is like [Message], but says nothing of the span of the context itself: it is about more than one message.
func With(ctx context.Context, network, channel, id string) context.Context {
	before, _ := ctx.Value(key{}).(labels)
	now := before
	set := func(to *string, value string) {
		if value != "" {
			*to = value
		}
	}
	set(&now.network, network)
	set(&now.channel, channel)
	set(&now.id, id)
	if now == before {
		return ctx
	}
	return context.WithValue(ctx, key{}, now)
}

// Attributes are what [Message] said under this context.
func Attributes(ctx context.Context) []attribute.KeyValue {
	l, _ := ctx.Value(key{}).(labels)
	return l.attributes()
}

func (l labels) attributes() []attribute.KeyValue {
	var out []attribute.KeyValue
	for _, a := range []attribute.KeyValue{Network.String(l.network), Channel.String(l.channel), MessageID.String(l.id)} {
		if a.Value.AsString() != "" {
			out = append(out, a)
		}
	}
	return out
}
