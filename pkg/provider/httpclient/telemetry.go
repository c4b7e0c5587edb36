package httpclient

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// measure measures one request by what was answered. What the server holds says nothing: it answers when it has news.
func (c *Client) measure(ctx context.Context, r Request, method string, resp *http.Response, err error, took time.Duration) {
	switch {
	case r.Held:
	case err != nil:
		c.meter.Called(ctx, method, 0, errorType(err), took)
	default:
		c.meter.Called(ctx, method, resp.StatusCode, "", took)
	}
}

// startSpan begins the span of a request, which is in its context then. It follows OpenTelemetry's HTTP conventions, but for url.full:
// it may hold a token.
// https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span
func (c *Client) startSpan(r *http.Request) (*http.Request, trace.Span) {
	if c.untraced {
		return r, noop.Span{}
	}
	_, digits, _ := net.SplitHostPort(hostPort(r.URL))
	port, _ := strconv.Atoi(digits)
	ctx, span := c.tracer.Start(r.Context(), r.Method, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
		attribute.String("http.request.method", r.Method),
		attribute.String("server.address", r.URL.Hostname()),
		attribute.Int("server.port", port),
	))
	return r.WithContext(ctx), span
}

// errorType is the kind of a missing answer, of a closed set.
func errorType(err error) string {
	if t, ok := errors.AsType[net.Error](err); ok && t.Timeout() {
		return "timeout"
	}
	return "_OTHER"
}
