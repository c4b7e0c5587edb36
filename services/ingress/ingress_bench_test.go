package ingress_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/trace/noop"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/services/ingress"
)

// BenchmarkMessage is POST /message without a network: checked, stored by a broker in the same process, answered.
func BenchmarkMessage(b *testing.B) {
	s := bustest.Start(b, "testnet")
	c := s.Connect("ingress")
	if err := directory.Fill(b.Context(), c, []directory.Entry{{
		Channel: directory.Channel{ID: custom, Network: "testnet", ContactID: "custom"}, Account: json.RawMessage(`{}`),
		Platform: json.RawMessage(fmt.Sprintf(`{"api_token": %q}`, token(custom))),
	}}); err != nil {
		b.Fatal(err)
	}
	in := ingress.New(ingress.Options{Bus: c, Log: slog.New(slog.DiscardHandler), Tracer: noop.NewTracerProvider().Tracer("")})
	defer in.Close()
	ctx, cancel := context.WithCancel(b.Context())
	followed := make(chan error, 1)
	go func() { followed <- in.Follow(ctx) }()
	defer func() { cancel(); <-followed }()
	<-in.Loaded()
	body := textTo("ana", "¿Está abierto el sábado por la mañana?")
	post := func() int {
		r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/message", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+token(custom))
		w := httptest.NewRecorder()
		in.ServeHTTP(w, r)
		return w.Code
	}
	b.Run("alone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if code := post(); code != http.StatusOK {
				b.Fatal(code)
			}
		}
	})
	b.Run("many at once", func(b *testing.B) {
		b.ReportAllocs()
		b.SetParallelism(32)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if code := post(); code != http.StatusOK {
					b.Error(code)
					return
				}
			}
		})
	})
}
