package runtime

import (
	"context"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/service"
)

// Main is a network's whole program, egress-<name>, with the flags, the configuration and the exit status of
// [service.Main]. It returns when the process was told to stop and everything is finished; after an error it ends the process.
func Main(d provider.Driver) {
	service.Main(ServiceName(d), Service(d))
}

// ServiceName is the name of a network's service, "egress-telegram": it stands in leases, dead letters, spans and metrics, and at the
// broker. It does not change while a deployment lives: leases and positions stand under it.
func ServiceName(d provider.Driver) string { return "egress-" + d.Describe().Name }

// Service is a network as something that can be run, alone or beside others in one process. It does nothing until it is run.
func Service(d provider.Driver) service.Run {
	return func(ctx context.Context, env service.Env) error {
		return Run(ctx, d, Environment{
			Shards: env.Shards, StopGrace: env.Config.Stop.Grace, KeepSent: env.Config.Retention.Sent > 0,
			Bus: env.Bus, Log: env.Log, Tracer: env.Tracer, PublicURL: env.Config.PublicURL, AllowAddresses: env.Config.AllowAddresses,
			Started: env.Started, Tell: env.Tell,
		})
	}
}
