package bus_test

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/node"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/topology"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// A broker is started in a folder, is given its streams, stores a message, and remembers something of it. Of two who write the
// same record, one is refused.
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
	if err := provision.Apply(ctx, b, []string{"telegram"}, provision.Storage{Replicas: 1}); err != nil {
		fmt.Println(err)
		return
	}

	sequence, err := b.Publish(ctx, bus.Post{Subject: topology.MessageSubject("telegram", "shop", "ana"), Body: &messagev1.Message{Id: "m1"}})
	fmt.Println("stored at", sequence, err)

	record := topology.StateSubject("shop", "m1")
	first, err := b.Create(ctx, record, &indexv1.State{}, 0)
	fmt.Println("first revision:", first, err)
	_, err = b.Create(ctx, record, &indexv1.State{}, 0)
	fmt.Println("created twice:", errors.Is(err, bus.ErrExists))
	_, err = b.Replace(ctx, record, &indexv1.State{}, first, 0)
	fmt.Println("replaced:", err)
	_, err = b.Replace(ctx, record, &indexv1.State{}, first, 0)
	fmt.Println("replaced what had changed:", errors.Is(err, bus.ErrConflict))
	// Output:
	// stored at 1 <nil>
	// first revision: 1 <nil>
	// created twice: true
	// replaced: <nil>
	// replaced what had changed: true
}
