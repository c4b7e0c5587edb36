package meter

import (
	"context"
	"strconv"
	"time"
)

// hops makes what OpenTelemetry's conventions name: HTTP both ways, and what goes over the broker.
// https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/
func (m *Meter) hops() {
	m.httpServed = m.histogram("http_server_request_duration_seconds", "How long requests on the public port took, in seconds.", shortTimes,
		"http_request_method", "http_route", "http_response_status_code")
	m.httpCalled = m.histogram("http_client_request_duration_seconds", "How long requests to a network, to the platform or for a file took until their answer began, in seconds.", shortTimes,
		"http_request_method", "http_response_status_code", "error_type")
	m.published = m.histogram("messaging_client_operation_duration_seconds", "How long it took until the broker had stored what was published, in seconds.", shortTimes,
		"messaging_operation_name", "messaging_destination_name", "error_type")
	m.processed = m.histogram("messaging_process_duration_seconds", "How long one try to handle what a stream holds took, in seconds.", shortTimes,
		"messaging_operation_name", "messaging_destination_name", "error_type")
	m.publishedMessages = m.counter("messaging_client_sent_messages_total", "Messages that were published on a stream.",
		"messaging_destination_name", "error_type")
}

// failed is the value of error_type; "" where there was none. What failed is in the log and in the span.
func failed(err error) string {
	if err == nil {
		return ""
	}
	return "_OTHER"
}

// Served measures a request on the public port. Method and route are of closed sets.
func (m *Meter) Served(ctx context.Context, method, route string, status int, took time.Duration) {
	if m != nil {
		m.httpServed.measure(ctx, took.Seconds(), values{method, route, strconv.Itoa(status)})
	}
}

// Called measures a request to a network or the platform. status is 0 if there was no answer; then kind says why, of a closed set.
func (m *Meter) Called(ctx context.Context, method string, status int, kind string, took time.Duration) {
	if m == nil {
		return
	}
	code := ""
	if status > 0 {
		code = strconv.Itoa(min(max(status, 100), 599))
	}
	m.httpCalled.measure(ctx, took.Seconds(), values{method, code, kind})
}

// Published measures the publishing of messages, together, on a stream.
func (m *Meter) Published(ctx context.Context, stream string, messages int, err error, took time.Duration) {
	if m != nil {
		m.published.measure(ctx, took.Seconds(), values{"publish", stream, failed(err)})
		m.publishedMessages.count(ctx, messages, values{stream, failed(err)})
	}
}

// Processed measures one try of a service to handle an entry of a stream; verb is that of its span.
func (m *Meter) Processed(ctx context.Context, verb, stream string, err error, took time.Duration) {
	if m != nil {
		m.processed.measure(ctx, took.Seconds(), values{verb, stream, failed(err)})
	}
}
