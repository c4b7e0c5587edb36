package provision_test

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/topology"
)

// What an earlier version stored as it is can be read when its stream is compressed. A server compresses what comes after its next
// start.
func TestWhatIsKeptIsCompressed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server, stop := bustest.StartIn(t, dir)
	connect := func() *bus.Bus {
		t.Helper()
		b, err := bus.Connect(server.URL(), bus.Options{Name: "test"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { b.Close(context.WithoutCancel(t.Context())) })
		return b
	}
	b := connect()
	const store = 64 << 20
	apply := func() {
		t.Helper()
		if err := provision.Apply(t.Context(), b, []string{"toy"}, provision.Storage{Replicas: 1, Bytes: store}); err != nil {
			t.Fatal(err)
		}
	}
	apply()
	plain := topology.Journal
	plain.Compress = false
	plain.MaxBytes = topology.LimitsOf([]string{"toy"}, store, topology.KeepSent).ByName()[plain.Name]
	if err := provision.Remake(t.Context(), b, plain); err != nil {
		t.Fatal(err)
	}
	// nearly as much as it takes: a block is a quarter of that
	const before, after = 4, 30
	line := []byte("what became of a message, again and again; ")
	body := bytes.Repeat(line, int(plain.MaxBytes)/40/len(line))
	publish := func(n int) {
		t.Helper()
		for range n {
			if _, err := b.JetStream().Publish(t.Context(), "journal.toy", body); err != nil {
				t.Fatal(err)
			}
		}
	}
	publish(before)
	apply()
	stop()
	server, _ = bustest.StartIn(t, dir)
	b = connect()
	publish(after)
	stream, err := b.JetStream().Stream(t.Context(), plain.Name)
	if err != nil {
		t.Fatal(err)
	}
	for at := range uint64(before + after) {
		m, err := stream.GetMsg(t.Context(), at+1)
		if err != nil || !bytes.Equal(m.Data, body) {
			t.Fatalf("message %d: %v", at+1, err)
		}
	}
	var disk int64
	err = fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.Contains(path, "/"+plain.Name+"/") {
			if info, err := d.Info(); err == nil {
				disk += info.Size()
			}
		}
		return err
	})
	if whole := int64((before + after) * len(body)); err != nil || disk > whole*3/4 {
		t.Errorf("%d bytes take %d on the disk, %v", whole, disk, err)
	}
}
