package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/telemetry"
)

// Health answers on the internal port: /healthz, /readyz and /metrics, and what services add by [Health.Handle].
type Health struct {
	mux     *http.ServeMux
	metrics *telemetry.Metrics // of all services of the process
	mu      sync.Mutex
	checks  map[string]*check
	notes   map[string]*check
}

// Times of a check.
const (
	// readyWithin is after what /readyz is answered from what is known: an orchestrator waits a second.
	readyWithin = 800 * time.Millisecond
	// checkWithin bounds one check. Where it takes longer, what was known before counts no more.
	checkWithin = 5 * time.Second
)

// NewHealth makes a Health without checks, which is ready at once.
func NewHealth() *Health {
	h := &Health{mux: http.NewServeMux(), metrics: telemetry.NewMetrics(), checks: map[string]*check{}, notes: map[string]*check{}}
	h.mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	h.mux.HandleFunc("GET /readyz", h.ready)
	h.mux.Handle("GET /metrics", h.metrics)
	return h
}

// Add adds a check to /readyz. Its name is shown with its error. It is called when somebody asks for /readyz, one call at a time, with a
// context that ends after 5 seconds. The answer of /readyz takes less than a second: it does not wait for a slow check, but shows its
// last result.
func (h *Health) Add(name string, ask func(context.Context) error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.checks[name] = &check{ask: ask}
}

// Handle serves a pattern of [http.ServeMux] on the internal port. Anybody who reaches the port can call it, so the handler has to check
// its callers. It panics if the pattern is served already.
func (h *Health) Handle(pattern string, handler http.Handler) { h.mux.Handle(pattern, handler) }

// Note adds a check whose error /readyz shows as degraded: a part of the process cannot work while the rest does. It does not make the
// process unready.
func (h *Health) Note(name string, ask func(context.Context) error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.notes[name] = &check{ask: ask}
}

// Expect makes the process unready until a check with this name is added.
func (h *Health) Expect(name string) {
	h.Add(name, func(context.Context) error { return errStarting })
}

// errStarting is what a service lacks that does not serve yet.
var errStarting = errors.New("starting")

func (h *Health) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.mux.ServeHTTP(w, r) }

// ready asks every check, all at once, and answers 503 with what is missing. What is noted is told as degraded.
func (h *Health) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyWithin)
	defer cancel()
	h.mu.Lock()
	checks, notes := begin(h.checks), begin(h.notes)
	h.mu.Unlock()
	missing, degraded := answers(ctx, checks), answers(ctx, notes)
	w.Header().Set("Content-Type", "application/json")
	if len(missing) > 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"ready": len(missing) == 0, "missing": missing, "degraded": degraded})
}

// begin asks all.
func begin(all map[string]*check) map[string]*check {
	for _, c := range all {
		c.begin()
	}
	return maps.Clone(all)
}

// answers are what those say that have something to say.
func answers(ctx context.Context, all map[string]*check) map[string]string {
	said := map[string]string{}
	for name, c := range all {
		if err := c.answer(ctx); err != nil {
			said[name] = err.Error()
		}
	}
	return said
}

// check is one check and what it said last.
type check struct {
	ask func(context.Context) error

	mu      sync.Mutex
	done    chan struct{} // closed when the one that runs has answered; nil while none runs
	began   time.Time     // of the one that runs
	err     error         // what the last one said
	answers bool          // one has
}

// begin asks, unless somebody does already: a check that hangs is one goroutine, however often it is asked.
func (c *check) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done != nil {
		return
	}
	done := make(chan struct{})
	c.done, c.began = done, time.Now()
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), checkWithin)
		err := c.ask(ctx)
		cancel()
		c.mu.Lock()
		defer c.mu.Unlock()
		c.err, c.answers, c.done = err, true, nil
		close(done)
	}()
}

// answer waits for the one that runs, as long as the context lives; then it is what the last one said, if that is not too
// long ago.
func (c *check) answer(ctx context.Context) error {
	c.mu.Lock()
	done := c.done
	c.mu.Unlock()
	if done != nil {
		select {
		case <-done:
		case <-ctx.Done():
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.done != nil {
		if since := time.Since(c.began); !c.answers || since > checkWithin {
			return fmt.Errorf("no answer for %s", since.Round(100*time.Millisecond))
		}
	}
	return c.err
}
