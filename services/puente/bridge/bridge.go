package bridge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/node"
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/pkg/telemetry"
	"github.com/bonychat/puente/services/control/auth"
	"github.com/bonychat/puente/services/ingress"
	"github.com/bonychat/puente/services/puente/apply"
	"github.com/bonychat/puente/services/puente/demonstration"
	"github.com/bonychat/puente/services/puente/networks"
	"github.com/bonychat/puente/services/puente/running"
)

// Options of [Up].
type Options struct {
	// Networks are those that channels may have. Required.
	Networks networks.Set
	// File is the configuration; "" runs the demonstration, which needs a network called phone.
	File string
	// Data, Listen and Internal stand in place of what the file, or the demonstration, says; "" leaves that.
	Data, Listen, Internal string
	// EndWithin is how long the process may take to end, beyond what the file gives to sends that have begun: then it is
	// ended. Required.
	EndWithin time.Duration
	Consent   apply.Consent
	// Trace sends traces to a collector on this machine, or to the one that the environment names.
	Trace bool

	localTraces bool // traces go to this machine
}

// bridge is the whole of it in one process.
type bridge struct {
	cfg      *config.Config // once it runs without its channels, which are at the broker then: there may be very many
	log      *slog.Logger
	public   net.Listener
	internal net.Listener
	node     *node.Node                   // nil with a broker of one's own
	demo     *demonstration.Demonstration // nil with a file
	reload   func() (*config.Config, error)
	health   *service.Health
	consent  apply.Consent
	networks networks.Set
	file     string // the configuration; "" for the demonstration

	traces string // where traces are sent to, for people; "" where that is not asked for

	announced *running.Announcement // nil where commands will not find this process
	tokens    auth.Tokens           // of the control API
	again     chan struct{}         // has room for one wish that the file be read again
}

// Up runs the bridge until the context ends, or until a part of it fails. SIGHUP reads the file again. What can go wrong at
// the start does so in one line, before anything runs: ports, folder, file. To out goes what is for people; with a log of
// JSON nothing does.
func Up(ctx context.Context, o Options, out io.Writer) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	var stopping atomic.Int64 // what the configuration gives to a stop, once it is known
	defer service.Overdue(ctx, func() time.Duration { return o.EndWithin + time.Duration(stopping.Load()) })()
	defer cancel()
	b := &bridge{health: service.NewHealth(), consent: o.Consent, networks: o.Networks, file: o.File, again: make(chan struct{}, 1)}
	changes := make(chan os.Signal, 1)
	if o.File != "" {
		signal.Notify(changes, syscall.SIGHUP) // before anything else: from then on it no longer ends the process
		defer signal.Stop(changes)
		b.reload = func() (*config.Config, error) {
			cfg, _, err := load(o)
			return cfg, err
		}
	}
	if o.Trace {
		if b.traces, err = telemetry.SendLocal(); err != nil {
			return fmt.Errorf("--trace: %w", err)
		}
		o.localTraces = b.traces == telemetry.Local
	}
	if b.cfg, b.demo, err = load(o); err != nil {
		return err
	}
	stopping.Store(int64(b.cfg.Stop.Longest()))
	defer b.demo.Remove() // last of all: the broker writes until it has stopped
	b.log = service.Logger(b.cfg)
	defer func() { err = service.Logged(b.cfg.Log, b.log, err) }()
	for _, w := range b.cfg.Warnings {
		b.log.Warn("configuration", "warning", w.String())
	}
	if b.public, err = service.Listen(b.cfg.Listen); err != nil {
		return err
	}
	defer b.public.Close()
	if b.internal, err = service.ListenInternal(b.cfg.Internal); err != nil {
		return err
	}
	defer b.internal.Close()
	if b.cfg.NATS.Embedded() {
		if b.node, err = startNode(b.cfg, b.log); err != nil {
			return err
		}
		defer b.node.Stop()
		b.health.Add("nats", func(context.Context) error { return b.node.Ready() })
		if b.demo == nil {
			warnOfDisk(b.log, b.cfg)
		}
	}
	if b.demo != nil {
		if err := b.demo.Open(b.cfg, b.public.Addr().String()); err != nil {
			return err
		}
	}
	b.takeTokens(b.cfg)
	if b.demo != nil {
		if err := b.demo.Connect(running.URLOf(b.internal.Addr()), filepath.Join(b.cfg.Data, running.TokenFile)); err != nil {
			return err
		}
	}
	b.announce(o.File)
	defer b.announced.Withdraw()
	return b.run(ctx, cancel, out, changes)
}

// announce has the commands of this machine find the bridge. Where its data folder cannot be written to, which a broker of
// one's own does not need, or where another process has it, they have to be told where the bridge is.
func (b *bridge) announce(file string) {
	err := os.MkdirAll(b.cfg.Data, 0o700)
	if err == nil {
		b.announced, err = running.Announce(running.Bridge{URL: running.URLOf(b.internal.Addr()), Data: b.cfg.Data, File: file})
	}
	if err != nil {
		b.log.Warn("commands on this machine will not find this process by themselves", "err", err)
	}
}

// load is the file's configuration, or the demonstration's.
func load(o Options) (*config.Config, *demonstration.Demonstration, error) {
	if o.File == "" {
		d := demonstration.Options{Networks: o.Networks, Data: o.Data, Listen: o.Listen, Internal: o.Internal}
		if o.localTraces {
			d.Jaeger = localJaeger
		}
		return demonstration.New(d)
	}
	cfg, err := config.Load(o.File, o.Networks.Known())
	if err != nil {
		return nil, nil, err
	}
	if o.Data != "" {
		cfg.Data = o.Data
	}
	if o.Listen != "" {
		cfg.Listen = o.Listen
	}
	if o.Internal != "" {
		cfg.Internal = o.Internal
	}
	if o.localTraces {
		cfg.Trace.Jaeger = cmp.Or(cfg.Trace.Jaeger, localJaeger)
	}
	return cfg, nil, nil
}

func startNode(cfg *config.Config, log *slog.Logger) (*node.Node, error) {
	n, err := node.Start(node.Options{Dir: filepath.Join(cfg.Data, "nats"), SyncAlways: cfg.NATS.SyncInterval == 0, Log: log.With("service", "nats")})
	if errors.Is(err, node.ErrInUse) {
		return nil, fmt.Errorf("data folder %s is in use by another puente", cfg.Data)
	}
	if errors.Is(err, os.ErrPermission) {
		return nil, fmt.Errorf("data folder %s cannot be written to", cfg.Data)
	}
	return n, err
}

// embedded is the embedded server as the services know it, nil where there is none.
func embedded(n *node.Node) bus.Node {
	if n == nil {
		return nil
	}
	return n
}

// ingress serves the public port; in the demonstration the sandbox shares it.
func (b *bridge) ingress(out io.Writer, greeted *greeted) service.Run {
	return func(ctx context.Context, env service.Env) error {
		return ingress.Serve(ctx, env, b.public, b.cfg.Stop.LingerOr(0), func(gateway http.Handler) http.Handler {
			b.greet(out, greeted)
			if b.demo != nil {
				return b.demo.Beside(gateway)
			}
			return gateway
		})
	}
}
