package ingress

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/bonychat/puente/pkg/bus/media"
	"github.com/bonychat/puente/pkg/service"
)

// Run serves the public port until the context ends.
func Run(ctx context.Context, env service.Env) error {
	l, err := service.Listen(env.Config.Listen)
	if err != nil {
		return err
	}
	defer l.Close()
	linger := env.Config.Stop.LingerOr(lingerAlone)
	return Serve(ctx, env, l, linger, func(h http.Handler) http.Handler { return h })
}

// lingerAlone is how long an ingress of its own goes on answering after it was told to stop: whatever spreads the calls
// over several takes a moment to hear of it, and a call that finds nobody is lost to its caller.
const lingerAlone = 5 * time.Second

// Serve serves an open port until the context ends, and so long after that as linger says. What it serves is what around makes of
// the service, once its channels are known.
func Serve(ctx context.Context, env service.Env, l net.Listener, linger time.Duration, around func(http.Handler) http.Handler) error {
	files, err := env.Connect("ingress-files")
	if err != nil {
		return err
	}
	defer files.Close(context.WithoutCancel(ctx))
	in := New(Options{
		Bus: env.Bus, Files: media.New(files), Log: env.Log, Tracer: env.Tracer, PublicURL: env.Config.PublicURL,
		TrustCaller: env.Config.Trace.TrustCaller, TrustedProxies: env.Config.TrustedProxies,
	})
	defer in.Close()
	// Meanwhile each answer ends its connection: a caller that keeps one would go on with this process until the end, and the call
	// that is under way then would have no answer.
	defer context.AfterFunc(ctx, func() { in.leaving.Store(true) })()
	ctx, cancel := lingering(ctx, linger)
	defer cancel()
	following := make(chan error, 1)
	go func() {
		defer cancel()
		following <- in.Follow(ctx)
	}()
	select {
	case <-in.Loaded():
	case <-ctx.Done():
		return <-following
	}
	env.Health.Note("networks", in.channels.Undeclared)
	defer env.Bus.Meter().Observe(in.channels.Observe)()
	env.Started()
	err = service.ServeHTTP(ctx, l, around(in))
	cancel()
	return errors.Join(err, <-following)
}

// lingering is a context that ends so long after another.
func lingering(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(d, cancel) })
	return late, func() { stop(); cancel() }
}
