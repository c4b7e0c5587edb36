package apply

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/services/puente/networks"
)

// WatchOptions of [Watch].
type WatchOptions struct {
	// Networks are those that channels may have. Required.
	Networks networks.Set
	// File is the configuration. Required.
	File string
	// Internal is the address of /healthz and /readyz, instead of the file's.
	Internal string
	// Every is how often all is compared again while no file changes. Required.
	Every time.Duration
	// RemoveAll allows a file without channels to remove those that are there.
	RemoveAll bool
}

// Times of a watch.
const (
	lookEvery  = 5 * time.Second  // how often the files are looked at
	retryEvery = 10 * time.Second // after what could not be applied
)

// Watch has a running NATS hold the streams, buckets and channels of a file until the context ends: at once, whenever a file
// changes that the configuration was read from, and every so often. What cannot be applied is logged and tried again; what
// was applied before stays. The process is ready once the file was applied for the first time.
func Watch(ctx context.Context, o WatchOptions) error {
	w := &watch{o: o, look: lookEvery, retry: retryEvery}
	w.log = slog.New(slog.NewTextHandler(os.Stderr, nil)).With("service", "apply")
	address := o.Internal
	if cfg, err := config.LoadShared(o.File); err == nil {
		w.log = service.Logger(cfg).With("service", "apply")
		if address == "" {
			address = cfg.Internal
		}
	} else if address == "" {
		return err
	}
	l, err := service.ListenInternal(address)
	if err != nil {
		return err
	}
	return w.serve(ctx, l)
}

// serve applies and answers until the context ends.
func (w *watch) serve(ctx context.Context, l net.Listener) error {
	w.health, w.last = service.NewHealth(), errors.New("nothing was applied yet")
	w.health.Add("applied", w.ready)
	w.health.Note("configuration", w.current)
	serving := make(chan error, 1)
	go func() { serving <- service.ServeHTTP(ctx, l, w.health) }()
	w.follow(ctx)
	return <-serving
}

type watch struct {
	o           WatchOptions
	look, retry time.Duration
	log         *slog.Logger
	health      *service.Health

	mu      sync.Mutex
	applied bool  // once at least
	last    error // of the last try; nil where it went well
}

// ready is why the services cannot start yet: nothing was applied.
func (w *watch) ready(context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.applied {
		return nil
	}
	return w.last
}

// current is why what is applied is not what the file says.
func (w *watch) current(context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}

func (w *watch) follow(ctx context.Context) {
	for ctx.Err() == nil {
		seen, err := w.apply(ctx)
		w.mu.Lock()
		w.applied, w.last = w.applied || err == nil, err
		w.mu.Unlock()
		wait := w.o.Every
		if err != nil {
			wait = w.retry
		}
		for next := time.Now().Add(wait); time.Now().Before(next); {
			if pause.For(ctx, min(w.look, time.Until(next))) != nil {
				return
			}
			if seen.changed() {
				break
			}
		}
	}
}

// apply applies the file once.
func (w *watch) apply(ctx context.Context) (files, error) {
	seen := filesOf([]string{w.o.File})
	cfg, err := config.Load(w.o.File, w.o.Networks.Known())
	if err == nil {
		// it is read again after its files were looked at, so that a change between the two is seen
		seen = filesOf(cfg.Files)
		cfg, err = config.Load(w.o.File, w.o.Networks.Known())
	}
	if err == nil && cfg.NATS.Embedded() {
		err = errors.New("nats.url is required: an embedded broker is provisioned by puente up")
	}
	if err != nil {
		w.log.Error("configuration not applied", "err", err)
		return seen, errors.New("the configuration cannot be used: see the log")
	}
	p, err := Config(ctx, nil, cfg, w.o.Networks.Names(), Consent{RemoveAll: w.o.RemoveAll})
	switch {
	case ctx.Err() != nil:
		return seen, ctx.Err()
	case err != nil:
		w.log.Error("configuration not applied", "err", err)
		return seen, err
	}
	if p.Small != "" {
		w.log.Warn(p.Small)
	}
	for _, line := range p.News() {
		w.log.Info(line)
	}
	different := p.Different
	if !different.Empty() {
		w.log.Info("configuration applied", "channels", len(cfg.Channels), "added", different.Added, "changed", different.Changed, "removed", different.Removed)
	}
	return seen, nil
}

// files are those that a configuration was read from, as they were then.
type files map[string]os.FileInfo

func filesOf(paths []string) files {
	f := files{}
	for _, path := range slices.Compact(slices.Sorted(slices.Values(paths))) {
		info, err := os.Stat(path) // what a link leads to: a mounted Secret changes by its links
		if err != nil {
			info = nil
		}
		f[path] = info
	}
	return f
}

// changed says that one of them is another file, or was written to, or came or went.
func (f files) changed() bool {
	for path, before := range f {
		now, err := os.Stat(path)
		switch {
		case err != nil || before == nil:
			if (err != nil) != (before == nil) {
				return true
			}
		case !os.SameFile(before, now), !before.ModTime().Equal(now.ModTime()), before.Size() != now.Size():
			return true
		}
	}
	return false
}
