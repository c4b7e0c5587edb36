// Package ingress is the HTTP edge, the only public listener: it authenticates, bounds, stores and answers. It knows
// no network: it verifies by the policy that a network's service published, stores the call as it came, and answers as
// the policy says. Nothing is answered with success before it is stored.
package ingress

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
)

// Options of [New].
type Options struct {
	Bus    *bus.Bus
	Log    *slog.Logger
	Tracer trace.Tracer
	// TrustCaller continues the trace that a caller names; else it is linked.
	TrustCaller bool
	// TrustedProxies are whose X-Forwarded-For is believed, for the log.
	TrustedProxies []netip.Prefix
}

// Ingress is the service.
type Ingress struct {
	Options
	mux      *http.ServeMux
	channels map[string]*channel
	tokens   tokens

	mu       sync.Mutex
	policies map[string]policy
}

// channel is a channel with what is needed to verify its callers.
type channel struct {
	directory.Channel
	secrets map[string][]string
}

// New makes the service. It does no I/O; call [Ingress.Load] before it serves.
func New(o Options) *Ingress {
	in := &Ingress{Options: o, mux: http.NewServeMux(), policies: map[string]policy{}}
	in.mux.HandleFunc("POST /message", in.traced("POST /message", in.message))
	in.mux.HandleFunc("POST /channels/{channel}/message", in.traced("POST /channels/{channel}/message", in.message))
	in.mux.HandleFunc("/message", notAllowed)
	in.mux.HandleFunc("/channels/{channel}/message", notAllowed)
	in.mux.HandleFunc("/webhooks/{network}/{channel}", in.traced("/webhooks/{network}/{channel}", in.webhook))
	in.mux.HandleFunc("/webhooks/{network}/{channel}/{suffix...}", in.traced("/webhooks/{network}/{channel}", in.webhook))
	in.mux.HandleFunc("GET /media/{id}", in.media)
	in.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusNotFound, "not found") })
	return in
}

// Load reads channels and credentials from the buckets.
func (in *Ingress) Load(ctx context.Context) error {
	if err := in.Bus.Await(ctx, bus.Messages.Name, bus.Index.Name); err != nil {
		return err
	}
	list, err := directory.List(ctx, in.Bus)
	if err != nil {
		return err
	}
	channels, tokens := map[string]*channel{}, newTokens()
	for _, c := range list {
		var platform struct {
			Token string `json:"api_token"`
		}
		if err := in.account(ctx, bus.Platform, c.ID, &platform); err != nil {
			return err
		}
		var account map[string]any
		if err := in.account(ctx, c.Network, c.ID, &account); err != nil {
			return err
		}
		ch := &channel{Channel: c, secrets: map[string][]string{}}
		for field, value := range account {
			if text, ok := value.(string); ok {
				ch.secrets[field] = []string{text}
			}
		}
		channels[c.ID] = ch
		tokens.add(platform.Token, c.ID)
	}
	in.channels, in.tokens = channels, tokens
	return nil
}

func (in *Ingress) account(ctx context.Context, far, channel string, into any) error {
	raw, err := directory.Account(ctx, in.Bus, far, channel)
	if err != nil {
		return err
	}
	if json.Unmarshal(raw, into) != nil {
		return fmt.Errorf("credentials of channel %s cannot be read", channel) // the error would quote them
	}
	return nil
}

// Ready says which network has not declared itself yet: its calls are answered 503 until it has.
func (in *Ingress) Ready(ctx context.Context) error {
	var errs []error
	for _, c := range in.channels {
		if _, err := in.policy(ctx, c.Network); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (in *Ingress) ServeHTTP(w http.ResponseWriter, r *http.Request) { in.mux.ServeHTTP(w, r) }

// policy is a network's declaration, as of when it was read.
type policy struct {
	provider.Description
	read time.Time
}

// policyKept is how long a declaration is used before it is read again.
const policyKept = 10 * time.Second

func (in *Ingress) policy(ctx context.Context, network string) (provider.Description, error) {
	in.mu.Lock()
	known, ok := in.policies[network]
	in.mu.Unlock()
	if ok && time.Since(known.read) < policyKept {
		return known.Description, nil
	}
	fresh := policy{read: time.Now()}
	if err := directory.Declaration(ctx, in.Bus, network, &fresh.Description); err != nil {
		if ok {
			return known.Description, nil // better than to turn callers away
		}
		return provider.Description{}, err
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.policies[network] = fresh
	return fresh.Description, nil
}

// traced makes the root span of a call. The caller's own trace is linked: a stranger must not decide what is sampled.
func (in *Ingress) traced(route string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		caller := propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(r.Header))
		options := []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
			attribute.String("http.request.method", r.Method), attribute.String("http.route", route))}
		if in.TrustCaller {
			ctx = caller
		} else if link := trace.LinkFromContext(caller); link.SpanContext.IsValid() {
			options = append(options, trace.WithLinks(link))
		}
		ctx, span := in.Tracer.Start(ctx, route, options...)
		defer span.End()
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		next(rec, r.WithContext(ctx))
		span.SetAttributes(attribute.Int("http.response.status_code", rec.status))
		if rec.status >= 500 {
			span.SetStatus(codes.Error, "")
		}
	}
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
