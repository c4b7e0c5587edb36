package bridge

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/telemetry"
)

// untraced takes everything about traces out of the environment.
func untraced(t *testing.T) {
	t.Helper()
	for _, name := range []string{"OTEL_SDK_DISABLED", "OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"} {
		t.Setenv(name, "")
	}
}

// greeting runs a demonstration until it has greeted, and returns what it said.
func greeting(t *testing.T, o Options) (said string, err error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out := &ear{until: "traces go to", heard: cancel}
	err = Up(ctx, o, out)
	return out.String(), err
}

// ear is an output that calls a function once it was told a word.
type ear struct {
	strings.Builder
	until string
	heard func()
}

func (e *ear) Write(p []byte) (int, error) {
	n, err := e.Builder.Write(p)
	if strings.Contains(e.String(), e.until) {
		e.heard()
	}
	return n, err
}

func TestTracingSaysHowToLookAtTheTraces(t *testing.T) {
	untraced(t)
	o := anywhere()
	o.Trace = true
	said, err := greeting(t, o)
	for _, want := range []string{"traces go to " + telemetry.Local, "docker run", jaegerImage, "on " + localJaeger} {
		if !strings.Contains(said, want) || err != nil {
			t.Errorf("%q is not said: %v\n%s", want, err, said)
		}
	}
	untraced(t)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user:hunter22@127.0.0.1:1")
	if said, err = greeting(t, o); err != nil || !strings.Contains(said, "traces go to the endpoint of OTEL_EXPORTER_OTLP_ENDPOINT\n") || strings.Contains(said, "docker") || strings.Contains(said, localJaeger) || strings.Contains(said, "hunter22") {
		t.Errorf("%v: %s", err, said)
	}
	t.Setenv("OTEL_TRACES_EXPORTER", "none")
	if _, err = greeting(t, o); err == nil || !strings.Contains(err.Error(), "--trace: OTEL_SDK_DISABLED or OTEL_TRACES_EXPORTER turns tracing off") {
		t.Errorf("where the environment says otherwise: %v", err)
	}
}

// The Jaeger that people are told to run is the one that a test reads traces from.
func TestTheJaegerThatIsToldIsTheOneThatIsTested(t *testing.T) {
	t.Parallel()
	_, version, _ := strings.Cut(jaegerImage, ":")
	for name, want := range map[string]string{
		"../e2e/internal/jaeger/go.mod": "github.com/jaegertracing/jaeger v" + version + " ",
		"../README.md":                  jaegerImage,
	} {
		text, err := os.ReadFile(filepath.FromSlash(name))
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s does not name %s: %v", name, want, err)
		}
	}
}
