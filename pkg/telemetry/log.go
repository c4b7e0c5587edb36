package telemetry

import (
	"context"
	"log/slog"

	"github.com/go-logr/logr"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
)

// LogTo makes the OpenTelemetry SDK of this process write to a log, a record for each thing it has to say; by itself it
// writes lines of its own to standard error. The last log that was given counts.
func LogTo(log *slog.Logger) {
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("tracing", "err", err) }))
	otel.SetLogger(logr.FromSlogHandler(sdkHandler{log.Handler()}))
}

// sdkHandler takes records of the SDK, whose levels are logr's: verbosity 1 is a warning, 4 and 8 are for debugging. Of
// what comes with a record it keeps what cannot be a credential: the SDK quotes headers that it cannot read.
type sdkHandler struct{ slog.Handler }

func level(sdk slog.Level) slog.Level {
	switch {
	case sdk >= slog.LevelError:
		return slog.LevelError
	case sdk > slog.LevelDebug && sdk < slog.LevelInfo:
		return slog.LevelWarn
	default:
		return slog.LevelDebug
	}
}

// Enabled implements [slog.Handler].
func (h sdkHandler) Enabled(ctx context.Context, l slog.Level) bool {
	return h.Handler.Enabled(ctx, level(l))
}

// Handle implements [slog.Handler].
func (h sdkHandler) Handle(ctx context.Context, r slog.Record) error {
	out := slog.NewRecord(r.Time, level(r.Level), "tracing", r.PC)
	out.AddAttrs(slog.String("what", r.Message))
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "err" || a.Key == "key" || a.Key == "file" {
			out.AddAttrs(a)
		}
		return true
	})
	return h.Handler.Handle(ctx, out)
}

// WithAttrs implements [slog.Handler]; the SDK's are left out.
func (h sdkHandler) WithAttrs([]slog.Attr) slog.Handler { return h }

// WithGroup implements [slog.Handler].
func (h sdkHandler) WithGroup(string) slog.Handler { return h }

// Traced adds trace_id to each record that is logged under a context with a span, so that a line leads to its trace.
func Traced(h slog.Handler) slog.Handler { return traced{h} }

type traced struct{ slog.Handler }

// Handle implements [slog.Handler].
func (t traced) Handle(ctx context.Context, r slog.Record) error {
	if span := trace.SpanContextFromContext(ctx); span.HasTraceID() {
		r = r.Clone()
		r.AddAttrs(slog.String("trace_id", span.TraceID().String()))
	}
	return t.Handler.Handle(ctx, r)
}

// WithAttrs implements [slog.Handler].
func (t traced) WithAttrs(attrs []slog.Attr) slog.Handler { return traced{t.Handler.WithAttrs(attrs)} }

// WithGroup implements [slog.Handler].
func (t traced) WithGroup(name string) slog.Handler { return traced{t.Handler.WithGroup(name)} }
