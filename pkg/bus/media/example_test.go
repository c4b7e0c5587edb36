package media_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/media"
	"github.com/bonychat/puente/pkg/bus/node"
	"github.com/bonychat/puente/pkg/bus/provision"
)

// A file is stored, found by its id, and read from its fifth byte on.
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

	store := media.New(b)
	stored, err := store.Put(ctx, "telegram", "hola.txt", "text/plain", strings.NewReader("Hola, Ana"))
	if err != nil {
		fmt.Println(err)
		return
	}
	found, err := store.Stat(ctx, stored.ID)
	if err != nil {
		fmt.Println(err)
		return
	}
	reader := store.Open(ctx, found)
	_, _ = reader.Seek(6, io.SeekStart)
	rest, err := io.ReadAll(reader)
	fmt.Println(found.Name, found.Size, string(rest), err)
	// Output: hola.txt 9 Ana <nil>
}
