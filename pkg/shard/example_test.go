package shard_test

import (
	"context"
	"fmt"
	"os"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/bus/node"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/topology"
)

// A process that is alone owns a partition, notes how far it has come in the lease record, and leaves it to the next.
func Example() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	n, err := node.Start(node.Options{Dir: dir})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer n.Stop()
	b, err := bus.Connect("", bus.Options{Name: "translator", Node: n})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer b.Close(context.Background())
	if err := provision.Apply(ctx, b, nil, provision.Storage{Replicas: 1}); err != nil {
		fmt.Println(err)
		return
	}

	leases := kv.Open(b, topology.Leases)
	g := shard.New(leases, shard.Options{Service: b.Name(), Instance: b.Instance(), Sole: true})
	defer g.Close(context.Background())
	mine := []shard.Shard{{Name: "MESSAGES-3", Filter: "message.3.>"}}
	err = g.Own(ctx, shard.Always("MESSAGES-", mine), func(own context.Context, l *shard.Lease) error {
		fmt.Println("owned:", l.Valid())
		if err := l.Update(own, func(r *shard.Record) { r.Position = 17 }); err != nil {
			return err
		}
		cancel() // the process is told to stop
		<-own.Done()
		return nil
	})
	fmt.Println("ended:", err)
	position, err := shard.Position(context.Background(), leases, b.Name(), "MESSAGES-3")
	fmt.Println("the next one begins behind", position, err)
	// Output:
	// owned: true
	// ended: <nil>
	// the next one begins behind 17 <nil>
}
