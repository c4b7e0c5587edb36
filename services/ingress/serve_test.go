package ingress_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace/noop"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/services/ingress"
)

// serving is the service at an open port, until stop, and so long after that as linger says.
func serving(t *testing.T, s *bustest.Server, linger time.Duration) (health *service.Health, url string, stop func()) {
	t.Helper()
	health = service.NewHealth()
	health.Expect("ingress")
	l, err := service.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := s.Connect("ingress") // before the cleanup below, which has to run while it is open
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() {
		ended <- ingress.Serve(ctx, service.Env{
			Config: &config.Config{}, Bus: served, Connect: func(name string) (*bus.Bus, error) { return s.Connect(name), nil },
			Log: slog.New(slog.DiscardHandler), Tracer: noop.NewTracerProvider().Tracer(""), Health: health,
			Started: func() { health.Add("ingress", func(context.Context) error { return nil }) },
		}, l, linger, func(h http.Handler) http.Handler { return h })
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return health, "http://" + l.Addr().String(), cancel
}

// TestWhoStopsLetsItsCallersGo: a caller that keeps its connection is answered as long as the process lingers, and each answer says
// that the connection ends. Otherwise the call that is under way at the end would have no answer.
func TestWhoStopsLetsItsCallersGo(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, "testnet")
	b := s.Connect("test")
	if err := directory.Fill(t.Context(), b, []directory.Entry{entry(custom, "testnet", "custom", token(custom), secret)}); err != nil {
		t.Fatal(err)
	}
	if err := directory.Declare(t.Context(), b, "testnet", provider.Description{Name: "testnet", Webhook: policy}); err != nil {
		t.Fatal(err)
	}
	_, url, stop := serving(t, s, 5*time.Second)
	calls := map[string]func() (*http.Response, error){
		"a message": func() (*http.Response, error) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/message", strings.NewReader(textTo("ana", "Hola")))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+token(custom))
			return http.DefaultClient.Do(r)
		},
		"what there is not": func() (*http.Response, error) { return http.Get(url + "/nothing") },
	}
	for name, call := range calls {
		eventually(t, name+" is answered, and the connection goes on", func() bool {
			resp, err := call()
			if err != nil {
				return false
			}
			resp.Body.Close()
			return resp.StatusCode != http.StatusServiceUnavailable && !resp.Close
		})
	}
	stop()
	for name, call := range calls {
		eventually(t, name+" is answered, and the connection ends", func() bool {
			resp, err := call()
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			return resp.Close
		})
	}
}

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
	health, url, _ := serving(t, s, 0)
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
	e := &edge{t: t, url: url}
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
