// Package telemetry is the project's only door to the OpenTelemetry SDK.
//
// Every service starts its own, under its own service.name, in the all-in-one too; nothing is global, so that a span
// always says which service made it. Tracing is on when OTEL_TRACES_EXPORTER is "otlp" or an OTLP endpoint is set, by
// OpenTelemetry's own variables; else spans cost nothing. Spans go over HTTP (OTLP's http/protobuf).
package telemetry

import (
	"context"
	"fmt"
	"os"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Telemetry is one service's.
type Telemetry struct {
	tracer   trace.Tracer
	provider *sdktrace.TracerProvider // nil where tracing is off
}

// Start starts what the environment asks for. The exporter connects on its own, so a collector that is away is no
// error here.
func Start(ctx context.Context, service, version string) (*Telemetry, error) {
	on, err := enabled()
	if err != nil {
		return nil, err
	}
	if !on {
		return &Telemetry{tracer: noop.NewTracerProvider().Tracer("")}, nil
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("trace exporter: %w", err)
	}
	return with(service, version, sdktrace.WithBatcher(exporter)), nil
}

func with(service, version string, spans sdktrace.TracerProviderOption) *Telemetry {
	p := sdktrace.NewTracerProvider(spans, sdktrace.WithResource(resource.NewSchemaless(
		attribute.String("service.name", service),
		attribute.String("service.namespace", "puente"),
		attribute.String("service.version", version),
	)))
	return &Telemetry{tracer: p.Tracer("github.com/bonychat/puente"), provider: p}
}

// enabled follows OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER and the OTLP endpoints and protocols.
func enabled() (bool, error) {
	if strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") {
		return false, nil
	}
	switch exporter := os.Getenv("OTEL_TRACES_EXPORTER"); exporter {
	case "otlp":
	case "none":
		return false, nil
	case "":
		if os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") == "" && os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") == "" {
			return false, nil
		}
	default:
		return false, fmt.Errorf("OTEL_TRACES_EXPORTER: %q is not supported, only otlp and none", exporter)
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"} {
		switch protocol := os.Getenv(name); protocol {
		case "":
		case "http/protobuf":
			return true, nil // the first of the two that is set counts
		default:
			return false, fmt.Errorf("%s: %q is not supported, only http/protobuf", name, protocol)
		}
	}
	return true, nil
}

// Tracer makes spans under the service's name.
func (t *Telemetry) Tracer() trace.Tracer { return t.tracer }

// Shutdown sends what is left, for at most as long as the context lives.
func (t *Telemetry) Shutdown(ctx context.Context) error {
	if t.provider == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}
