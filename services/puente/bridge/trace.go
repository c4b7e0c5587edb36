package bridge

import (
	"fmt"
	"io"

	"github.com/bonychat/puente/pkg/telemetry"
)

// Where a Jaeger on this machine shows traces, and the one that tests read them from.
// https://www.jaegertracing.io/docs/1.76/getting-started/
const (
	localJaeger = "http://127.0.0.1:16686"
	jaegerImage = "jaegertracing/all-in-one:1.76.0"
)

// showTraces says where traces go, and how to look at them. It does not quote an endpoint of the environment, which may hold
// a password.
func (b *bridge) showTraces(w io.Writer) {
	if b.traces == "" {
		return
	}
	where := "the endpoint of OTEL_EXPORTER_OTLP_ENDPOINT"
	if b.traces == telemetry.Local {
		where = b.traces
	}
	if b.records() {
		b.log.Info("traces", "to", where, "jaeger", b.cfg.Trace.Jaeger)
		return
	}
	fmt.Fprintf(w, "traces go to %s", where)
	if b.traces == telemetry.Local {
		fmt.Fprintf(w, "; this runs a Jaeger that takes them:\n  docker run --rm -p 127.0.0.1:16686:16686 -p 127.0.0.1:4318:4318 %s\n", jaegerImage)
	} else {
		fmt.Fprintln(w)
	}
	if b.cfg.Trace.Jaeger != "" {
		fmt.Fprintf(w, "look at them on %s: the service is translator, the tag puente.message_id\n", b.cfg.Trace.Jaeger)
	}
}
