package snapshot_test

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/bus/node"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/bus/snapshot"
	"github.com/bonychat/puente/pkg/topology"
)

// A bucket is copied, deleted, and brought back.
func Example() {
	ctx := context.Background()
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
	b, err := bus.Connect("", bus.Options{Name: "example", Node: n})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer b.Close(ctx)
	if err := provision.Apply(ctx, b, nil, provision.Storage{Replicas: 1}); err != nil {
		fmt.Println(err)
		return
	}
	contacts := kv.Open(b, topology.Contacts)
	if err := contacts.Put(ctx, "shop.ana", []byte("+34600111222")); err != nil {
		fmt.Println(err)
		return
	}

	var file bytes.Buffer
	taken, err := snapshot.Take(ctx, b, "KV_"+topology.Contacts, &file)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := b.JetStream().DeleteKeyValue(ctx, topology.Contacts); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("brought back:", taken.Messages, snapshot.Put(ctx, b, taken, &file))
	address, _, err := contacts.Get(ctx, "shop.ana")
	fmt.Println(string(address), err)
	// Output:
	// brought back: 1 <nil>
	// +34600111222 <nil>
}
