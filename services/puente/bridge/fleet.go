package bridge

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/runtime"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/services/egress/bonychat"
	"github.com/bonychat/puente/services/puente/apply"
	"github.com/bonychat/puente/services/translator"
)

// run fills the broker and runs every service that the channels need, each under its own name, until the context ends
// or one of them fails: the bridge is whole or not at all. The broker outlives them all. Each of changes reads the
// file again, and cancel ends the context.
func (b *bridge) run(ctx context.Context, cancel context.CancelFunc, out io.Writer, changes <-chan os.Signal) error {
	first := b.cfg
	p, err := apply.Config(ctx, embedded(b.node), first, networksOf(first), b.consent)
	if err != nil {
		return err
	}
	// the services find the channels at the broker
	rest := *first
	rest.Channels, b.cfg = nil, &rest
	for _, line := range p.News() {
		b.log.Info(line)
	}
	f := &fleet{bridge: b, ctx: ctx, cancel: cancel, out: out, running: map[string]bool{}}
	f.expect("ingress", "translator", "control", runtime.ServiceName(bonychat.Platform)) // all of them, before anybody can ask
	f.expect(f.missing(first)...)
	f.spawn(func() error { return service.ServeInternal(ctx, b.internal, b.health) })
	f.start("translator", translator.Run)
	f.start("control", b.control)
	f.start("ingress", b.ingress(out, &greeted{first.Channels}))
	f.startDriver(bonychat.Platform)
	f.startNetworks(first)
	if b.demo != nil {
		f.spawn(func() error { return b.demo.Run(ctx) })
	}
	f.spawn(func() error { return f.follow(changes) })
	f.wg.Wait()
	return errors.Join(f.errs...)
}

// fleet is what runs in the process.
type fleet struct {
	*bridge
	ctx     context.Context
	cancel  context.CancelFunc
	out     io.Writer
	running map[string]bool // networks whose services run; one goroutine's at a time

	wg   sync.WaitGroup
	mu   sync.Mutex
	errs []error
}

func (f *fleet) spawn(run func() error) {
	f.wg.Go(func() {
		defer f.cancel()
		err := run()
		f.mu.Lock()
		defer f.mu.Unlock()
		f.errs = append(f.errs, err)
	})
}

// expect says that services will be there: until they are, the process is not ready.
func (f *fleet) expect(names ...string) {
	for _, name := range names {
		f.health.Expect(name)
	}
}

func (f *fleet) start(name string, run service.Run) {
	f.spawn(func() error {
		if err := service.Start(f.ctx, name, embedded(f.node), f.cfg, f.log, f.health, run); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
}

func (f *fleet) startDriver(d provider.Driver) {
	f.start(runtime.ServiceName(d), f.telling(f.out, runtime.Service(d)))
}

// startNetworks starts the services of the networks that have channels and no service yet. One without channels is not
// stopped: it waits for the next.
func (f *fleet) startNetworks(cfg *config.Config) {
	missing := f.missing(cfg)
	for _, d := range f.networks {
		if slices.Contains(missing, runtime.ServiceName(d)) {
			f.running[d.Describe().Name] = true
			f.startDriver(d)
		}
	}
}

// missing are the names of services that the channels need and that do not run.
func (f *fleet) missing(cfg *config.Config) (names []string) {
	used := networksOf(cfg)
	for _, d := range f.networks {
		if name := d.Describe().Name; slices.Contains(used, name) && !f.running[name] {
			names = append(names, runtime.ServiceName(d))
		}
	}
	return names
}

// networksOf are the networks that have channels, sorted.
func networksOf(cfg *config.Config) []string {
	var names []string
	for _, c := range cfg.Channels {
		names = append(names, c.Network)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
