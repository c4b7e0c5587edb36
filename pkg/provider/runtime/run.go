package runtime

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/media"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/delivery"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/runtime/internal/attachments"
	"github.com/bonychat/puente/pkg/provider/runtime/internal/declaration"
	"github.com/bonychat/puente/pkg/provider/runtime/internal/heard"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/topology"
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

// Environment is what a network's service is run in. Bus, Shards, Log and PublicURL are required.
type Environment struct {
	// Bus is the service's connection. It stays open after [Run] has returned.
	Bus *bus.Bus
	// Shards shares the channels among the processes of the service.
	Shards *shard.Group
	// StopGrace is the longest that a send may go on after a stop; default 65 s. What is cut off then may be sent twice.
	StopGrace time.Duration
	// KeepSent says that the texts of sent messages are kept, where the network may tell later of a failure.
	KeepSent bool
	// Log is told what the operator should know; it holds no text, no address of a contact and no credential.
	Log *slog.Logger
	// Tracer makes spans; nil makes none.
	Tracer trace.Tracer
	// PublicURL is what networks call and media links start with, without a slash at its end.
	PublicURL string
	// AllowAddresses are private ranges that attachments may be fetched from; nil for public addresses alone.
	AllowAddresses []netip.Prefix
	// KeysEvery is how often the keys are fetched that a vendor signs its calls with; default an hour.
	KeysEvery time.Duration
	// Tell shows a person something to do, such as a webhook to register; nil logs it. It is called by many goroutines.
	Tell func(text string)
	// Started is called once, when the channels are known and the network is being served; nil for nobody.
	Started func()
}

// Run serves one network until the context ends: it publishes what the network declares, reads its calls, listens to its channels and
// sends to them. It follows the configuration: a new channel is served when it appears, a removed one no longer. It waits for streams
// that are not there yet.
//
// It returns nil when the context has ended and what had begun is finished, which takes up to StopGrace. It fails where the
// declaration is wrong ([provider.Driver].Validate), where this version cannot work with the streams ([provision.ErrUnfit]), or where a
// part of it cannot go on. A panic in the network's code fails the one call in which it happened.
//
// Several processes may run the same network: Shards divides its channels among them. In one process each network is run once.
func Run(ctx context.Context, d provider.Driver, env Environment) error {
	s := newRunner(d, env)
	if err := d.Validate(); err != nil {
		return err
	}
	// a service in a cluster may be there before its streams are
	if err := provision.Await(ctx, env.Bus, s.streams()...); err != nil {
		return err
	}
	if !s.description.Platform {
		// an ingress of a version before does not find what this one stores
		if err := errors.Join(media.New(env.Bus).Await(ctx, s.description.Name), service.AwaitForm(ctx, env.Bus, "ingress", filesForm)); err != nil {
			return err
		}
	}
	// ingress and translator know of a network what is declared here; the platform is known to them by its contract
	if !s.description.Platform {
		if err := s.declaration.Publish(ctx); err != nil {
			return err
		}
	}
	// as many connections to one host as the process may have for all: most networks have one host
	s.client = httpclient.New(httpclient.Options{
		Tracer: env.Tracer, Meter: env.Bus.Meter(), AllowAddresses: env.AllowAddresses, MaxConnections: min(1024, service.OwnConnections().Outbound),
	})
	defer s.client.Close()
	return s.serve(ctx)
}

// filesForm is the form, see [directory.Form], since which the ids of files name their network.
const filesForm = 4

// runner is a network being served, by one call of [Run].
type runner struct {
	driver      provider.Driver
	description provider.Description // the driver's, asked for once
	env         Environment
	client      *httpclient.Client // one for all channels: they share the process's connections
	channels    channels           // as they are configured now
	sending     *delivery.Channels // the channels as package delivery knows them
	declaration declaration.Publisher
	attachments attachments.Intake // of the calls that are read
	ignored     heard.Ignored      // what was of no interest so far
}

func newRunner(d provider.Driver, env Environment) *runner {
	description := d.Describe()
	return &runner{
		driver: d, description: description, env: env, sending: delivery.NewChannels(),
		declaration: declaration.Publisher{Bus: env.Bus, Log: env.Log, Declared: description, Every: env.KeysEvery},
		attachments: attachments.Intake{Network: description.Name, Files: media.New(env.Bus), PublicURL: env.PublicURL, Log: env.Log},
	}
}

// streams are those of its own that the service works with. It does nothing before they are there. What it stores in those of all
// networks is looked after by the services that read them.
func (s *runner) streams() []string {
	name := s.description.Name
	all := []string{topology.Egress(name).Name, topology.Outcomes(name).Name}
	if s.reads() {
		all = append(all, topology.Webhooks(name).Name)
	}
	return all
}

// reads says that the network is heard, by its calls or by listening.
func (s *runner) reads() bool { return s.description.Webhook != nil || s.description.Receives }

// serve follows the configuration and runs both ways, until the context ends or one of them cannot go on: then it ends the others
// and waits for them. Nothing is sent or read before the channels are known, since a message of a channel that is not known would be
// taken for one of a channel that was removed.
func (s *runner) serve(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer s.channels.beside.Wait()
	defer cancel()
	var (
		wg    sync.WaitGroup
		mu    sync.Mutex
		errs  []error
		known = make(chan struct{})
		once  sync.Once
	)
	// spawn runs one part. Whichever ends, ends all: half a service would look like a whole one
	spawn := func(part func() error) {
		wg.Go(func() {
			defer cancel()
			err := part()
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, err)
		})
	}
	spawn(func() error {
		return directory.Watch(ctx, s.env.Bus, s.description.Name, func(entries []directory.Entry) {
			s.take(ctx, entries)
			once.Do(func() { close(known) })
		})
	})
	select {
	case <-known:
		if s.env.Started != nil {
			s.env.Started()
		}
		spawn(func() error { return s.delivery().Run(ctx, s.env.Bus, s.env.Shards) })
		if s.declaration.HasKeys() {
			spawn(func() error { s.declaration.Follow(ctx, s.client); return nil })
		}
		// a platform has no calls to decode and no set-up to check
		if !s.description.Platform {
			spawn(func() error { return s.answering(ctx) })
		}
		if s.reads() {
			spawn(func() error { return s.listening().Run(ctx, s.env.Bus, s.env.Shards) })
			spawn(func() error {
				return consume.Follow{Stream: topology.Webhooks(s.description.Name), Verb: "receive", Split: s.split}.Run(ctx, s.env.Bus, s.env.Shards)
			})
		}
	case <-ctx.Done():
	}
	wg.Wait()
	return errors.Join(errs...)
}
