package ingress

import (
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// traced makes the root span of a call. The caller's own trace is linked: a stranger must not decide what is sampled.
// Path and query are left out, since a network may put its credential there.
// https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server
func (in *Ingress) traced(route string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, begun := r.Context(), time.Now()
		method, name := r.Method, r.Method
		if !methods[method] {
			method, name = "_OTHER", "HTTP"
		}
		caller := propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(r.Header))
		options := []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
			attribute.String("http.request.method", method), attribute.String("http.route", route))}
		if in.TrustCaller {
			ctx = caller
		} else if link := trace.LinkFromContext(caller); link.SpanContext.IsValid() {
			options = append(options, trace.WithLinks(link))
		}
		ctx, span := in.Tracer.Start(ctx, name+" "+route, options...)
		defer span.End()
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		next(rec, r.WithContext(ctx))
		in.Bus.Meter().Served(ctx, method, route, rec.status, time.Since(begun))
		span.SetAttributes(attribute.Int("http.response.status_code", rec.status))
		if rec.status >= 500 {
			span.SetStatus(codes.Error, "")
		}
	}
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
