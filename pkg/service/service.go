package service

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/telemetry"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/version"
)

// Env is what a service runs in.
type Env struct {
	Config *config.Config
	// File is where Config was read from, "" where that is no file: for a service that reads more of it, or reads it again.
	File string
	Bus  *bus.Bus
	// Shards shares the work among the processes of the service.
	Shards *shard.Group
	// Connect makes a further connection to the broker, under a name of its own, for what must not hold up what goes over
	// Bus. The service closes it.
	Connect func(name string) (*bus.Bus, error)
	Log     *slog.Logger
	Tracer  trace.Tracer
	// Health takes the service's own checks.
	Health *Health
	// Tell shows a person something to do, several lines perhaps; nil where nobody watches: it is logged then.
	Tell func(text string)
	// Started is called by the service once it serves: before, it is not ready.
	Started func()
}

// Run is a service: it works until the context ends, finishes what it has begun, and returns.
type Run func(ctx context.Context, env Env) error

// Main is the whole program of one service. It ends with status 0 after SIGTERM or SIGINT, 1 on an error and 2 on
// wrong flags.
func Main(name string, run Run) {
	err := main(name, os.Args[1:], run)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return
	case errors.Is(err, errFlags):
		os.Exit(2)
	case IsLogged(err):
		os.Exit(1)
	default:
		fmt.Fprintln(os.Stderr, name+": "+err.Error())
		os.Exit(1)
	}
}

// errFlags means that the flags are wrong, and that this has been said.
var errFlags = errors.New("wrong flags")

func main(name string, args []string, run Run) (err error) {
	defer Memory()()
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	file := flags.String("f", "puente.yaml", "configuration `file`; listen, internal, public_url, nats and log are read from it")
	listen := flags.String("listen", "", "`address` of the public side, instead of the file's")
	internal := flags.String("internal", "", "`address` of health checks, instead of the file's")
	about := flags.Bool("version", false, "say which version this is")
	flags.Usage = func() { usage(flags) }
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return err
	} else if err != nil {
		return errFlags
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(flags.Output(), "unexpected argument: %q\n", flags.Arg(0))
		flags.Usage()
		return errFlags
	}
	if *about {
		fmt.Print(version.About())
		return nil
	}
	cfg, err := config.Load(*file, nil)
	if err != nil {
		return err
	}
	log := Logger(cfg)
	defer func() { err = Logged(cfg.Log, log.With("service", name), err) }()
	if *listen != "" {
		cfg.Listen = *listen
	}
	if *internal != "" {
		cfg.Internal = *internal
	}
	if cfg.NATS.Embedded() {
		return fmt.Errorf("%s: nats.url is required: only the all-in-one has a server of its own", *file)
	}
	ctx, stop := Signals()
	defer stop()
	defer Overdue(ctx, func() time.Duration { return EndWithin + cfg.Stop.Longest() })()
	health := NewHealth()
	health.Expect(name)
	listener, err := ListenInternal(cfg.Internal)
	if err != nil {
		return err
	}
	serving := make(chan error, 1)
	go func() { serving <- ServeInternal(ctx, listener, health) }()
	err = Start(ctx, name, nil, cfg, log, health, func(ctx context.Context, env Env) error {
		env.File = *file
		return run(ctx, env)
	})
	stop()
	return errors.Join(err, <-serving)
}

// usage shows the flags as documents write them: with two dashes where the name has more than one letter. Package flag takes
// one dash as well.
func usage(flags *flag.FlagSet) {
	fmt.Fprintf(flags.Output(), "Usage of %s:\n", flags.Name())
	flags.VisitAll(func(f *flag.Flag) {
		dashes := "--"
		if len(f.Name) == 1 {
			dashes = "-"
		}
		kind, text := flag.UnquoteUsage(f)
		if kind != "" {
			kind = " " + kind
		}
		fmt.Fprintf(flags.Output(), "  %s%s%s\n    \t%s", dashes, f.Name, kind, text)
		if f.DefValue != "" && f.DefValue != "false" {
			fmt.Fprintf(flags.Output(), " (default %s)", f.DefValue)
		}
		fmt.Fprintln(flags.Output())
	})
}

// Signals is a context that ends with SIGTERM or SIGINT. A second signal kills at once.
func Signals() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	context.AfterFunc(ctx, stop) // until then a second signal would be swallowed
	return ctx, stop
}

// Start connects one service, under its own name at the broker and in traces, runs it and disconnects it. n is the
// embedded server, nil for the configured one. It returns the service's error as it is, and nil after a stop: who runs
// several of them adds which one it was.
func Start(ctx context.Context, name string, n bus.Node, cfg *config.Config, log *slog.Logger, health *Health, run Run) error {
	log = log.With("service", name)
	tel, err := telemetry.Start(ctx, name, version.String())
	if err != nil {
		return err
	}
	measure := health.metrics.Service(name, version.String())
	connect := func(name string) (*bus.Bus, error) {
		return bus.Connect(cfg.NATS.URL, bus.Options{
			Name: name, Node: n, Access: Access(cfg.NATS), Wait: true, Log: log, Tracer: tel.Tracer(), Meter: measure,
		})
	}
	b, err := connect(name)
	if err != nil {
		return errors.Join(err, tel.Shutdown(ctx))
	}
	defer b.Measure()()
	var serving atomic.Bool
	health.Add(name, func(ctx context.Context) error {
		err := b.Ready(ctx, streamOf(name))
		if err == nil && !serving.Load() {
			return errStarting
		}
		return err
	})
	shards := shard.New(kv.Open(b, topology.Leases), shard.Options{Service: name, Instance: b.Instance(), Sole: n != nil, Done: b.Done(), Log: log, Meter: measure})
	presence, gone := context.WithCancel(ctx)
	var presents sync.WaitGroup
	presents.Go(func() { present(presence, b) })
	err = run(ctx, Env{Config: cfg, Bus: b, Shards: shards, Connect: connect, Log: log, Tracer: tel.Tracer(), Health: health, Started: func() {
		serving.Store(true)
		log.Info("started")
	}})

	gone()
	presents.Wait()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	shards.Close(last)
	b.Close(last)
	if err := tel.Shutdown(last); err != nil {
		log.Warn("last spans not sent", "err", err)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	log.Info("stopped")
	return nil
}

// streamOf is the stream that says whether a service can work: of whoever sends its own queue, so that it needs to ask for no other.
func streamOf(service string) string {
	if far, ok := strings.CutPrefix(service, "egress-"); ok {
		return topology.Egress(far).Name
	}
	return topology.Messages.Name
}

// Listen opens a public port, and says in one line which one is taken. It lets in as many callers at once as
// [OwnConnections] says.
func Listen(address string) (net.Listener, error) { return listen(address, OwnConnections().Public) }

// ListenInternal is [Listen] for a port of health checks.
func ListenInternal(address string) (net.Listener, error) {
	return listen(address, OwnConnections().Internal)
}

func listen(address string, most int) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is in use by another program", address)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, errors.Unwrap(err))
	}
	return newCrowd(l, most), nil
}
