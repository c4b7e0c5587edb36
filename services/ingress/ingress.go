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

	"go.opentelemetry.io/otel/trace"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/directory"
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
	// ReadTimeout is how long a caller may take to send its body; default 10 s.
	ReadTimeout time.Duration
	// ChannelCap is how many messages of one channel may wait for its network; default [bus.ChannelCap].
	ChannelCap uint64
}

// Ingress is the service.
type Ingress struct {
	Options
	mux      *http.ServeMux
	keeper   *keeper
	channels map[string]*channel
	tokens   tokens
	backlogs backlogs

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
	if o.ReadTimeout == 0 {
		o.ReadTimeout = 10 * time.Second
	}
	if o.ChannelCap == 0 {
		o.ChannelCap = bus.ChannelCap
	}
	in := &Ingress{Options: o, mux: http.NewServeMux(), keeper: newKeeper(o.Bus, o.Log), policies: map[string]policy{}}
	for _, route := range []string{"/message", "/channels/{channel}/message"} {
		in.mux.HandleFunc("POST "+route, in.traced(route, in.message))
		in.mux.HandleFunc(route, notAllowed)
	}
	webhook := in.traced("/webhooks/{network}/{channel}", in.webhook)
	in.mux.HandleFunc("/webhooks/{network}/{channel}", webhook)
	in.mux.HandleFunc("/webhooks/{network}/{channel}/{suffix...}", webhook)
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
	asked := map[string]bool{}
	var errs []error
	for _, c := range in.channels {
		if asked[c.Network] {
			continue
		}
		asked[c.Network] = true
		if _, err := in.policy(ctx, c.Network); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Close ends what goes on after an answer, and waits for it. Call it when nothing is served any more.
func (in *Ingress) Close() { in.keeper.close() }

// ServeHTTP serves the public side. Until a body has been read, an answer ends the connection: the server would wait
// for the rest of the body before it answers, and a stranger's may never come.
func (in *Ingress) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength != 0 {
		w.Header().Set("Connection", "close")
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(in.ReadTimeout))
	}
	in.mux.ServeHTTP(w, r)
}
