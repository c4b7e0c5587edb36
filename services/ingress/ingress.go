// Package ingress is the HTTP edge, the only public listener: it authenticates, bounds, stores and answers. It knows
// no network: it verifies by the policy that a network's service published, stores the call as it came, and answers as
// the policy says. Nothing is answered with success before it is stored.
package ingress

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/media"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/bus/rpc"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/ingress/answer"
	"github.com/bonychat/puente/services/ingress/caller"
	"github.com/bonychat/puente/services/ingress/channels"
	"github.com/bonychat/puente/services/ingress/files"
	"github.com/bonychat/puente/services/ingress/intake"
	"github.com/bonychat/puente/services/ingress/refused"

	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// Options of [New].
type Options struct {
	Bus *bus.Bus
	// Files is what attachments are read by: a connection of its own, so that those who read them hold up no message.
	// Default: by Bus.
	Files  *media.Store
	Log    *slog.Logger
	Tracer trace.Tracer
	// PublicURL is scheme and host that networks call, which some of them sign; without it their calls are refused.
	PublicURL string
	// TrustCaller continues the trace that a caller names; else it is linked.
	TrustCaller bool
	// TrustedProxies are whose X-Forwarded-For is believed, for the log and for the bounds of each caller.
	TrustedProxies []netip.Prefix
	// ReadTimeout is how long a caller may take to send its body; default 10 s.
	ReadTimeout time.Duration
	// WriteTimeout is how long a caller may take for an answer, or for the next 32 kB of a file; default 15 s.
	WriteTimeout time.Duration
	// WrongAtOnce is how many wrong credentials of one caller (an IPv4 address, or a /64 of IPv6) are answered with what is
	// wrong; then one a second is, and the others 429. A right one passes whatever the count. Default 60.
	WrongAtOnce int
	// Bodies is how many bytes of webhook calls are held at once, and as many of messages from platforms: a message's
	// credential is known before its body, so that strangers, who can only begin calls, cost no platform its room.
	// ChannelBodies is how many of each are held for one channel; one caller holds at most half of Bodies. Further ones are
	// answered 503. Memory is needed for some times as much, since a body is copied on its way to the store. Defaults 64 MB
	// and 8 MB; what a network's largest call has must fit in ChannelBodies and half of Bodies, 7 MB at most.
	Bodies, ChannelBodies int64
	// ChannelCap is how many messages of one channel may wait for its network; default [topology.ChannelCap]. Fewer may
	// where they take much room.
	ChannelCap uint64
}

// Ingress is the service.
type Ingress struct {
	Options
	routes   []route
	keeper   *keeper
	index    *record.Index
	channels *channels.Set
	callers  caller.Trusted
	files    *files.Handler
	backlogs backlogs
	refusals refusals
	// refusedBook is what operators are told of them.
	refusedBook *refused.Book
	calls       intake.Budget // of networks, and of strangers
	messages    intake.Budget // of platforms
	leaving     atomic.Bool
}

// New makes the service. It does no I/O: [Ingress.Follow] brings its channels, and until they are [Ingress.Loaded] nobody
// is served.
func New(o Options) *Ingress {
	if o.ReadTimeout == 0 {
		o.ReadTimeout = 10 * time.Second
	}
	if o.WriteTimeout == 0 {
		o.WriteTimeout = 15 * time.Second
	}
	if o.WrongAtOnce == 0 {
		o.WrongAtOnce = 60
	}
	if o.Files == nil {
		o.Files = media.New(o.Bus)
	}
	if o.Bodies == 0 {
		o.Bodies = 64 << 20
	}
	if o.ChannelBodies == 0 {
		o.ChannelBodies = 8 << 20
	}
	if o.ChannelCap == 0 {
		o.ChannelCap = topology.ChannelCap
	}
	in := &Ingress{Options: o, keeper: newKeeper(o.Bus, o.Log), index: record.New(o.Bus), channels: channels.New(o.Bus, o.Log), callers: o.TrustedProxies, refusedBook: refused.New()}
	in.files = &files.Handler{Store: o.Files, Log: o.Log, Origin: in.callers.Origin}
	in.calls.All, in.calls.Channel, in.calls.Caller = o.Bodies, o.ChannelBodies, o.Bodies/2
	in.messages.All, in.messages.Channel, in.messages.Caller = o.Bodies, o.ChannelBodies, o.Bodies // who they are is known
	in.routes = []route{
		newRoute(messagePath, in.traced(messagePath, in.message), http.MethodPost),
		newRoute(channelMessagePath, in.traced(channelMessagePath, in.message), http.MethodPost),
		newRoute(webhookPath, in.traced("/webhooks/{network}/{channel}", in.webhook)),
		newRoute(mediaPath, in.files.ServeHTTP, http.MethodGet, http.MethodHead),
	}
	return in
}

// Follow keeps up to date whom it serves, and answers operators what was refused, until the context ends.
func (in *Ingress) Follow(ctx context.Context) error {
	if err := provision.Await(ctx, in.Bus, topology.Messages.Name, topology.Index.Name, topology.Files.Name); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	errs := make([]error, 2)
	wg.Go(func() {
		defer cancel()
		errs[0] = in.channels.Follow(ctx)
	})
	wg.Go(func() {
		defer cancel()
		errs[1] = rpc.Respond(ctx, in.Bus, topology.RefusalsSubject(in.Bus.Instance()), "", 0, func(_ context.Context, q *livev1.RefusalsQuestion) (proto.Message, error) {
			return in.refusedBook.All(q.GetNetwork(), q.GetBrief()), nil
		})
	})
	wg.Wait()
	return errors.Join(errs...)
}

// Loaded is closed once the channels are known: before, nobody is served.
func (in *Ingress) Loaded() <-chan struct{} { return in.channels.Loaded() }

// Undeclared names the networks that have channels and have not declared themselves; nil for none.
func (in *Ingress) Undeclared(ctx context.Context) error { return in.channels.Undeclared(ctx) }

// Close ends what goes on after an answer, and waits for it. Call it when nothing is served any more.
func (in *Ingress) Close() { in.keeper.close() }

// ServeHTTP serves the public side. Until a body has been read, an answer ends the connection: the server would wait
// for the rest of the body before it answers, and a stranger's may never come. Whoever does not take an answer is cut off.
func (in *Ingress) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength != 0 {
		w.Header().Set("Connection", "close")
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(in.ReadTimeout))
	}
	in.serveRoute(answer.Pace(w, in.WriteTimeout, &in.leaving), r)
}
