package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/bonychat/puente/pkg/bus/floor"
	"github.com/bonychat/puente/pkg/bus/node"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/services/egress/phone"
)

// runFloor is the bare relay that the bench compares the bridge with, as a process of its own.
func runFloor(args []string, stderr io.Writer) error {
	f := flags("floor", stderr)
	dir := f.String("dir", "", "folder of an embedded server; empty for -nats")
	sync := f.String("sync", "always", "of the embedded server: always or interval")
	urls := f.String("nats", "", "NATS servers, with commas between them")
	replicas := f.Int("replicas", 1, "servers that hold each stream")
	listen := f.String("listen", "127.0.0.1:8080", "address of the public side")
	internal := f.String("internal", "127.0.0.1:8081", "address of /readyz")
	far := f.String("far", "", "base URL of both far ends")
	if err := parse(f, args); err != nil {
		return err
	}
	if (*dir == "") == (*urls == "") {
		return errors.New("floor: one of -dir and -nats is required")
	}
	if *sync != "always" && *sync != "interval" {
		return fmt.Errorf("floor: -sync: %q is neither always nor interval", *sync)
	}
	ctx, stop := service.Signals()
	defer stop()
	public, err := service.Listen(*listen)
	if err != nil {
		return err
	}
	defer public.Close()
	private, err := service.ListenInternal(*internal)
	if err != nil {
		return err
	}
	defer private.Close()
	o := floor.Options{URL: *urls, Network: phone.Network.Name, Replicas: *replicas, Far: *far}
	if *dir != "" {
		n, err := node.Start(node.Options{Dir: *dir, SyncAlways: *sync == "always"})
		if err != nil {
			return err
		}
		defer n.Stop()
		o.Node = n
	}
	r, err := floor.Open(ctx, o)
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
