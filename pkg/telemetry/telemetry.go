// Package telemetry is the only package that imports the OpenTelemetry SDK.
//
//	t, err := telemetry.Start(ctx, "ingress", version)
//	defer t.Shutdown(ctx)
//	ctx, span := t.Tracer().Start(ctx, "POST /message")
//
// Every service starts its own, in the all-in-one too; only the SDK's log is global ([LogTo]). A span names its service in service.name, or
// in puente.service if OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES give the process another name. Package label says which message a
// span is about.
//
// Tracing is on when OTEL_TRACES_EXPORTER is "otlp" or an OTLP endpoint is set, by OpenTelemetry's own variables; else
// spans cost nothing. Spans go over HTTP (OTLP's http/protobuf).
package telemetry

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Telemetry makes and sends the spans of one service. It is safe for concurrent use.
type Telemetry struct {
	tracer   trace.Tracer
	provider *sdktrace.TracerProvider // nil where tracing is off
}

// Start starts tracing if the environment asks for it. It does not wait for the collector, so one that is away is no error. A wrong
// variable of the environment is.
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
	return with(ctx, service, version, sdktrace.WithBatcher(exporter))
}

func with(ctx context.Context, service, version string, spans sdktrace.TracerProviderOption) (*Telemetry, error) {
	about, err := describe(ctx, service, version)
	if err != nil {
		return nil, err
	}
	p := sdktrace.NewTracerProvider(spans, sdktrace.WithSpanProcessor(labeller{}), sdktrace.WithResource(about))
	return &Telemetry{tracer: p.Tracer("github.com/bonychat/puente"), provider: p}, nil
}

// Local is where a collector on this machine takes traces by OTLP over HTTP: its usual port.
const Local = "http://127.0.0.1:4318"

// SendLocal makes services that start later send their traces to [Local], or to the endpoint that the environment names,
// and returns which. Where the environment turns tracing off it is an error. It changes the environment of the process:
// call it before anything runs.
func SendLocal() (endpoint string, err error) {
	for _, name := range []string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"} {
		if endpoint = strings.TrimSpace(os.Getenv(name)); endpoint != "" {
			break
		}
	}
	if endpoint == "" {
		endpoint = Local
		if err := os.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint); err != nil {
			return "", err
		}
	}
	on, err := enabled()
	if err == nil && !on {
		err = errors.New("OTEL_SDK_DISABLED or OTEL_TRACES_EXPORTER turns tracing off")
	}
	return endpoint, err
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
	for _, name := range []string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"} {
		if err := checkEndpoint(name, strings.TrimSpace(os.Getenv(name))); err != nil {
			return false, err
		}
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

// checkEndpoint refuses what the exporter would call by https, or elsewhere, without a word. It quotes no user and no
// password.
func checkEndpoint(name, value string) error {
	u, err := url.Parse(value)
	switch {
	case value == "" || err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "":
		return nil
	case strings.ContainsAny(value, "@/") || !strings.Contains(value, ":"):
		return fmt.Errorf("%s: must be a URL that begins with http:// or https://, such as http://127.0.0.1:4318", name)
	default:
		return fmt.Errorf("%s: %q has no scheme: write http://%[2]s, or https://%[2]s where it has a certificate", name, value)
	}
}

// Tracer makes spans under the service's name.
func (t *Telemetry) Tracer() trace.Tracer { return t.tracer }

// Shutdown sends the spans that were not sent yet, until the context ends.
func (t *Telemetry) Shutdown(ctx context.Context) error {
	if t.provider == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}
