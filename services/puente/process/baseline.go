package process

import (
	"context"
	"errors"

	"github.com/bonychat/puente/pkg/bus/floor"
	"github.com/bonychat/puente/pkg/bus/node"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/services/egress/phone"
)

// BaselineOptions of [Baseline].
type BaselineOptions struct {
	Dir      string // folder of an embedded server; "" where NATS is set
	Sync     string // of the embedded server: Always or Interval
	NATS     string // NATS servers, with commas between them
	Replicas int    // servers that hold each stream
	Listen   string // address of the public side
	Internal string // address of /readyz
	Far      string // base URL of both destinations
}

// Baseline is the bare relay that the bench compares the bridge with, in a process of its own, until the context ends.
func Baseline(ctx context.Context, o BaselineOptions) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	public, err := service.Listen(o.Listen)
	if err != nil {
		return err
	}
	defer public.Close()
	private, err := service.ListenInternal(o.Internal)
	if err != nil {
		return err
	}
	defer private.Close()
	relay := floor.Options{URL: o.NATS, Network: phone.Network.Name, Replicas: o.Replicas, Far: o.Far}
	if o.Dir != "" {
		n, err := node.Start(node.Options{Dir: o.Dir, SyncAlways: o.Sync == Always})
		if err != nil {
			return err
		}
		defer n.Stop()
		relay.Node = n
	}
	r, err := floor.Open(ctx, relay)
	if err != nil {
		return err
	}
	defer r.Close()
	health := service.NewHealth()
	health.Add("floor", r.Ready)
	serving := make(chan error, 1)
	go func() { serving <- service.ServeHTTP(ctx, private, health) }()
	err = service.ServeHTTP(ctx, public, r)
	stop()
	return errors.Join(err, <-serving)
}
