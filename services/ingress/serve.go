package ingress

import (
	"context"

	"github.com/bonychat/puente/pkg/service"
)

// Open makes the service in an environment and loads its channels: it can be served at once.
func Open(ctx context.Context, env service.Env) (*Ingress, error) {
	in := New(Options{
		Bus: env.Bus, Log: env.Log, Tracer: env.Tracer, TrustCaller: env.Config.Trace.TrustCaller, TrustedProxies: env.Config.TrustedProxies,
	})
	if err := in.Load(ctx); err != nil {
		return nil, err
	}
	env.Health.Add("policies", in.Ready)
	env.Started()
	return in, nil
}

// Run serves the public port until the context ends.
func Run(ctx context.Context, env service.Env) error {
	l, err := service.Listen(env.Config.Listen)
	if err != nil {
		return err
	}
	defer l.Close()
	in, err := Open(ctx, env)
	if err != nil {
		return err
	}
	defer in.Close()
	return service.ServeHTTP(ctx, l, in)
}
