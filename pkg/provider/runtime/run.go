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
	"github.com/bonychat/puente/pkg/consume"
	"github.com/bonychat/puente/pkg/delivery"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/topology"
)

// Environment is what a network's service is run in.
type Environment struct {
	Bus *bus.Bus
	// Shards shares the channels among the processes of the service.
	Shards *shard.Group
	// StopGrace is the longest that a send may go on after a stop; default 65 s.
	StopGrace time.Duration
	Log       *slog.Logger
	Tracer    trace.Tracer
	// PublicURL is what networks call and media links start with, without a slash at its end.
	PublicURL string
	// AllowAddresses are private ranges that attachments may be fetched from.
	AllowAddresses []netip.Prefix
	// Tell shows a person something to do; nil logs it.
	Tell func(text string)
	// Started is called once the network is being served; nil for nobody.
	Started func()
}

// Run serves one network until the context ends: it declares the network, reads its calls, listens and sends to its channels,
// whatever channels are configured meanwhile.
func Run(ctx context.Context, d provider.Driver, env Environment) error {
	s := &runner{driver: d, description: d.Describe(), env: env, sending: delivery.NewChannels()}
	if err := s.description.Validate(); err != nil {
		return err
	}
	if err := env.Bus.Await(ctx, s.streams()...); err != nil {
		return err
	}
	if !s.description.Platform {
		if err := directory.Declare(ctx, env.Bus, s.description.Name, s.description); err != nil {
			return err
		}
	}
	s.client = provider.NewClient(provider.ClientOptions{
		Tracer: env.Tracer, AllowAddresses: env.AllowAddresses, MaxConnections: min(1024, service.OwnConnections().Outbound),
	})
	defer s.client.Close()
	return s.serve(ctx)
}

// runner is a network being served.
type runner struct {
	driver      provider.Driver
	description provider.Description
	env         Environment
	client      *provider.Client
	channels    channels
	fetches     slots
	ignored     ignored
	sending     *delivery.Channels
}

func (s *runner) streams() []string {
	name := s.description.Name
	all := []string{topology.Messages.Name, topology.Egress(name).Name, topology.Outcomes(name).Name}
	if s.reads() {
		all = append(all, topology.Webhooks(name).Name)
	}
	return all
}

// reads says that the network is heard, by its calls or by listening.
func (s *runner) reads() bool { return s.description.Webhook != nil || s.description.Receives }

// serve follows the configuration and runs both ways, until the context ends or one of them cannot go on.
func (s *runner) serve(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer s.channels.beside.Wait()
	var (
		wg    sync.WaitGroup
		errs  [4]error
		known = make(chan struct{})
		once  sync.Once
	)
	defer cancel()
	wg.Go(func() {
		defer cancel()
		errs[0] = directory.Watch(ctx, s.env.Bus, s.description.Name, func(entries []directory.Entry) {
			s.take(ctx, entries)
			once.Do(func() { close(known) })
		})
	})
	select {
	case <-known:
		if s.env.Started != nil {
			s.env.Started()
		}
		wg.Go(func() {
			defer cancel()
			errs[1] = s.delivery().Run(ctx, s.env.Bus, s.env.Shards)
		})
		if s.reads() {
			wg.Go(func() {
				defer cancel()
				errs[3] = s.listening().Run(ctx, s.env.Bus, s.env.Shards)
			})
			wg.Go(func() {
				defer cancel()
				errs[2] = consume.Follow{Stream: topology.Webhooks(s.description.Name), Verb: "receive", Split: s.split}.Run(ctx, s.env.Bus, s.env.Shards)
			})
		}
	case <-ctx.Done():
	}
	wg.Wait()
	return errors.Join(errs[:]...)
}
