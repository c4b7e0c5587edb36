package ingress_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/trace/noop"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/services/ingress"
)

// TestANetworkThatNeverDeclaredItselfMakesNothingUnready: it is named, its calls are answered 503, and the others are
// served.
func TestANetworkThatNeverDeclaredItselfMakesNothingUnready(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, "testnet", "silent")
	b := s.Connect("test")
	if err := directory.Fill(t.Context(), b, []directory.Entry{
		entry(custom, "testnet", "custom", token(custom), secret), entry(undeclared, "silent", "custom", token(undeclared), secret),
	}); err != nil {
		t.Fatal(err)
	}
	if err := directory.Declare(t.Context(), b, "testnet", provider.Description{Name: "testnet", Webhook: policy}); err != nil {
		t.Fatal(err)
	}
	health := service.NewHealth()
	health.Expect("ingress")
	l, err := service.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := s.Connect("ingress") // before the cleanup below, which has to run while it is open
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- ingress.Serve(ctx, service.Env{
			Config: &config.Config{}, Bus: served, Connect: func(name string) (*bus.Bus, error) { return s.Connect(name), nil },
			Log: slog.New(slog.DiscardHandler), Tracer: noop.NewTracerProvider().Tracer(""), Health: health,
			Started: func() { health.Add("ingress", func(context.Context) error { return nil }) },
		}, l, 0, func(h http.Handler) http.Handler { return h })
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	ready := func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		health.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		return w
	}
	eventually(t, "ready", func() bool { return ready().Code == http.StatusOK })
	var told struct{ Degraded map[string]string }
	if err := json.Unmarshal(ready().Body.Bytes(), &told); err != nil || !strings.Contains(told.Degraded["networks"], "silent") || strings.Contains(told.Degraded["networks"], "testnet") {
		t.Errorf("degraded: %v, %v", told, err)
	}
	e := &edge{t: t, url: "http://" + l.Addr().String()}
	for network, want := range map[string]int{"testnet": http.StatusAccepted, "silent": http.StatusServiceUnavailable} {
		channel := map[string]string{"testnet": custom, "silent": undeclared}[network]
		if status := e.calling(network, channel, secret); status != want {
			t.Errorf("%s: %d, want %d", network, status, want)
		}
	}
	if a := e.post(undeclared, textTo("ana", "Hola")); a.status != http.StatusOK {
		t.Errorf("a message to the network that is late: %d", a.status)
	}
}
