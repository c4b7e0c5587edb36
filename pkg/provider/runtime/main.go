package runtime

import (
	"context"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/service"
)

// Main is the whole program of a network, egress-<name>, with the flags, configuration and exit status of [service.Main]. It returns when
// the process was told to stop and what had begun is finished. After an error it ends the process.
func Main(d provider.Driver) {
	service.Main(ServiceName(d), Service(d))
}

// ServiceName is the name of a network's service, such as "egress-telegram": in leases, dead letters, spans, metrics and at the broker. It
// must not change while a deployment lives: leases and positions are stored under it.
func ServiceName(d provider.Driver) string { return "egress-" + d.Describe().Name }

// Service makes a network a [service.Run], which runs it alone or beside others in one process.
func Service(d provider.Driver) service.Run {
	return func(ctx context.Context, env service.Env) error {
		return Run(ctx, d, Environment{
			Shards: env.Shards, StopGrace: env.Config.Stop.Grace, KeepSent: env.Config.Retention.Sent > 0,
			Bus: env.Bus, Log: env.Log, Tracer: env.Tracer, PublicURL: env.Config.PublicURL, AllowAddresses: env.Config.AllowAddresses,
			Started: env.Started, Tell: env.Tell,
		})
	}
}
