package ingress

import (
	"context"
	"errors"
	"net"
	"net/http"

	"github.com/bonychat/puente/pkg/service"
)

// Run serves the public port until the context ends.
func Run(ctx context.Context, env service.Env) error {
	l, err := service.Listen(env.Config.Listen)
	if err != nil {
		return err
	}
	defer l.Close()
	return Serve(ctx, env, l, func(h http.Handler) http.Handler { return h })
}

// Serve serves an open port until the context ends. What it serves is what around makes of the service, once its
// channels are known.
func Serve(ctx context.Context, env service.Env, l net.Listener, around func(http.Handler) http.Handler) error {
	files, err := env.Connect("ingress-files")
	if err != nil {
		return err
	}
	defer files.Close(context.WithoutCancel(ctx))
	in := New(Options{
		Bus: env.Bus, Files: files, Log: env.Log, Tracer: env.Tracer, PublicURL: env.Config.PublicURL,
		TrustCaller: env.Config.Trace.TrustCaller, TrustedProxies: env.Config.TrustedProxies,
	})
	defer in.Close()
	ctx, cancel := context.WithCancel(ctx)
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
	env.Health.Note("networks", in.Undeclared)
	env.Started()
	err = service.ServeHTTP(ctx, l, around(in))
	cancel()
	return errors.Join(err, <-following)
}
