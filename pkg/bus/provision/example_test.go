package provision_test

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/node"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/topology"
)

// Once the streams of a network are applied nothing differs; those of another are not there.
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

	networks := []string{"telegram"}
	if err := provision.Apply(ctx, b, networks, provision.Storage{Replicas: 1}); err != nil {
		fmt.Println(err)
		return
	}
	differences, err := provision.Verify(ctx, b, topology.Streams(networks)...)
	fmt.Println("differences:", len(differences), err)
	_, err = provision.Verify(ctx, b, topology.Egress("line"))
	fmt.Println("a network that is not there:", errors.Is(err, provision.ErrUnfit))
	// Output:
	// differences: 0 <nil>
	// a network that is not there: true
}
