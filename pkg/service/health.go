package service

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"sync"
	"time"
)

// Health answers /healthz and /readyz on the internal port.
type Health struct {
	mux    *http.ServeMux
	mu     sync.Mutex
	checks map[string]func(context.Context) error
	notes  map[string]func(context.Context) error
}

// NewHealth has no checks: ready at once.
func NewHealth() *Health {
	h := &Health{mux: http.NewServeMux(), checks: map[string]func(context.Context) error{}, notes: map[string]func(context.Context) error{}}
	h.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	h.mux.HandleFunc("GET /readyz", h.ready)
	return h
}

// Add adds a check. The name is shown with what it says.
func (h *Health) Add(name string, check func(context.Context) error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.checks[name] = check
}

// Note adds what /readyz tells besides: what a part of the process cannot do while the rest does its work. It makes
// nothing unready.
func (h *Health) Note(name string, note func(context.Context) error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.notes[name] = note
}

// Expect says that a service will add its check: until it has, the process is not ready.
func (h *Health) Expect(name string) {
	h.Add(name, func(context.Context) error { return errStarting })
}

// errStarting is what a service lacks that does not serve yet.
var errStarting = errors.New("starting")

func (h *Health) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

// ready asks every check and answers 503 with what is missing. What is noted is told as degraded.
func (h *Health) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	h.mu.Lock()
	checks, notes := maps.Clone(h.checks), maps.Clone(h.notes)
	h.mu.Unlock()
	missing, degraded := ask(ctx, checks), ask(ctx, notes)
	w.Header().Set("Content-Type", "application/json")
	if len(missing) > 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"ready": len(missing) == 0, "missing": missing, "degraded": degraded})
}

// ask is what those say that have something to say.
func ask(ctx context.Context, all map[string]func(context.Context) error) map[string]string {
	said := map[string]string{}
	for name, one := range all {
		if err := one(ctx); err != nil {
			said[name] = err.Error()
		}
	}
	return said
}
