package ingress

import (
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// traced measures a call, and makes its root span.
func (in *Ingress) traced(route string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		begun, method := time.Now(), r.Method
		if !methods[method] {
			method = "_OTHER"
		}
		r, span := in.root(r, method, route)
		defer span.End()
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		next(rec, r)
		in.Bus.Meter().Served(r.Context(), method, route, rec.status, time.Since(begun))
		span.SetAttributes(attribute.Int("http.response.status_code", rec.status))
		if rec.status >= 500 {
			span.SetStatus(codes.Error, "")
		}
	}
}

// root begins the root span of a call, which is in the request's context then. The caller's own trace is linked: a stranger must not
// decide what is sampled. Path and query are left out, since a network may put its credential there.
// https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server
func (in *Ingress) root(r *http.Request, method, route string) (*http.Request, trace.Span) {
	_, untraced := in.Tracer.(noop.Tracer)
	if untraced && !in.TrustCaller {
		return r, noop.Span{} // what nobody reads is not put together
	}
	ctx := r.Context()
	caller := propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(r.Header))
	if untraced {
		return r.WithContext(caller), noop.Span{}
	}
	name := method
	if !methods[method] {
		name = "HTTP"
	}
	options := []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		attribute.String("http.request.method", method), attribute.String("http.route", route))}
	if in.TrustCaller {
		ctx = caller
	} else if link := trace.LinkFromContext(caller); link.SpanContext.IsValid() {
		options = append(options, trace.WithLinks(link))
	}
	ctx, span := in.Tracer.Start(ctx, name+" "+route, options...)
	return r.WithContext(ctx), span
}

// methods that a span names: a caller may invent others without end.
var methods = map[string]bool{
	http.MethodGet: true, http.MethodHead: true, http.MethodPost: true, http.MethodPut: true, http.MethodPatch: true,
	http.MethodDelete: true, http.MethodOptions: true, http.MethodConnect: true, http.MethodTrace: true,
}

// recorder remembers the status.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController set deadlines.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
