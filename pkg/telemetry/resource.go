package telemetry

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"github.com/bonychat/puente/pkg/telemetry/label"
)

// describe says who makes the spans. What the environment says counts more: OTEL_SERVICE_NAME, then
// OTEL_RESOURCE_ATTRIBUTES. https://opentelemetry.io/docs/specs/semconv/resource/service/
func describe(ctx context.Context, service, version string) (*resource.Resource, error) {
	r, err := resource.New(ctx,
		resource.WithAttributes(
			attribute.String("service.name", service),
			attribute.String("service.namespace", "puente"),
			attribute.String("service.version", version),
			attribute.String("service.instance.id", uuid.NewString()), // this start of it
		),
		resource.WithTelemetrySDK(),
		resource.WithFromEnv(),
		resource.WithAttributes(attribute.String("puente.service", service)),
	)
	if err != nil {
		return nil, errors.New("OTEL_RESOURCE_ATTRIBUTES: must be key=value pairs with commas between them, special characters percent-encoded")
	}
	return r, nil
}

// labeller puts on every span what package label knows of its message.
type labeller struct{}

// OnStart implements [sdktrace.SpanProcessor].
func (labeller) OnStart(parent context.Context, s sdktrace.ReadWriteSpan) {
	s.SetAttributes(label.Attributes(parent)...)
}

// OnEnd implements [sdktrace.SpanProcessor].
func (labeller) OnEnd(sdktrace.ReadOnlySpan) {}

// Shutdown implements [sdktrace.SpanProcessor].
func (labeller) Shutdown(context.Context) error { return nil }

// ForceFlush implements [sdktrace.SpanProcessor].
func (labeller) ForceFlush(context.Context) error { return nil }
