package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"sync"

	"go.opentelemetry.io/otel/trace"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/directory"
)

// Environment is what a network's service is run in.
type Environment struct {
	Bus    *bus.Bus
	Log    *slog.Logger
	Tracer trace.Tracer
	// PublicURL is what networks call and media links start with, without a slash at its end.
	PublicURL string
	// AllowAddresses are private ranges that attachments may be fetched from.
	AllowAddresses []netip.Prefix
	// Tell shows a person something to do; nil logs it.
	Tell func(text string)
	// Started is called once the network is being served; nil for nobody.
	Started func()
}

// Run serves one network until the context ends: it declares the network, reads its calls and sends to its channels.
func Run(ctx context.Context, d Driver, env Environment) error {
	s := &runner{driver: d, description: d.Describe(), env: env}
	if err := s.description.validate(); err != nil {
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
	if err := s.openChannels(ctx); err != nil {
		return err
	}
	defer s.client.Close()
	if env.Started != nil {
		env.Started()
	}
	return s.serve(ctx)
}

// runner is a network being served.
type runner struct {
	driver      Driver
	description Description
	env         Environment
	client      *Client
	channels    map[string]*channel
}

// channel is one account at work.
type channel struct {
	directory.Channel
	sender Sender
	// account and credentials are digests: equal accounts share a budget, other credentials end a suspension.
	account, credentials string
}

func (s *runner) streams() []string {
	name := s.description.Name
	all := []string{bus.Messages.Name, bus.Egress(name).Name, bus.Outcomes(name).Name}
	if s.description.Webhook != nil {
		all = append(all, bus.Webhooks(name).Name)
	}
	return all
}

func (s *runner) openChannels(ctx context.Context) error {
	list, err := directory.List(ctx, s.env.Bus)
	if err != nil {
		return err
	}
	accounts := map[string]json.RawMessage{}
	configured := []string{s.env.PublicURL}
	for _, c := range list {
		if !s.description.Platform && c.Network != s.description.Name {
			continue
		}
		raw, err := directory.Account(ctx, s.env.Bus, s.description.Name, c.ID)
		if err != nil {
			return err
		}
		accounts[c.ID] = raw
		configured = append(configured, urls(raw)...)
	}
	s.client = NewClient(ClientOptions{Tracer: s.env.Tracer, Configured: configured, AllowAddresses: s.env.AllowAddresses})
	s.channels = map[string]*channel{}
	for _, c := range list {
		raw, ok := accounts[c.ID]
		if !ok {
			continue
		}
		sender, err := s.driver.open(raw, s.client)
		if err != nil {
			return fmt.Errorf("open channel %s: %w", c.ID, err)
		}
		digest := s.env.Bus.Digest("account", s.description.Name, string(raw))
		s.channels[c.ID] = &channel{Channel: c, sender: sender, account: digest, credentials: digest}
	}
	return nil
}

// urls are the addresses that stand in an account: they are configured, and exempt from the guard.
func urls(raw json.RawMessage) []string {
	var fields map[string]any
	_ = json.Unmarshal(raw, &fields)
	var out []string
	for _, v := range fields {
		if text, ok := v.(string); ok && (strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://")) {
			out = append(out, text)
		}
	}
	return out
}

// serve runs both ways until the context ends or one of them cannot go on.
func (s *runner) serve(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	errs := make([]error, 2)
	wg.Go(func() {
		defer cancel()
		errs[0] = s.env.Bus.Deliver(ctx, s.delivery())
	})
	if s.description.Webhook != nil {
		wg.Go(func() {
			defer cancel()
			errs[1] = s.env.Bus.Follow(ctx, bus.Follow{Stream: bus.Webhooks(s.description.Name), Verb: "receive", Split: s.split})
		})
	}
	for _, c := range s.channels {
		wg.Go(func() { s.setUp(ctx, c) })
	}
	wg.Wait()
	return errors.Join(errs...)
}
