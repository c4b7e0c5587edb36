package node_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/bonychat/puente/pkg/bus/node"
	"github.com/bonychat/puente/pkg/topology"
)

// folder is a folder with a path that is short enough for a socket.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "n")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func serve(t *testing.T, dir string) *node.Node {
	t.Helper()
	n, err := node.Start(node.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Stop)
	return n
}

func TestAServerWithoutAPortIsReachedByItsFolder(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	if _, err := node.Reach(dir); !errors.Is(err, node.ErrNotRunning) {
		t.Errorf("before it runs: %v", err)
	}
	n := serve(t, dir)
	info, err := os.Stat(filepath.Join(dir, "socket"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the socket is open to others: %v, %v", info, err)
	}
	there, err := node.Reach(dir)
	if err != nil {
		t.Fatal(err)
	}
	var conns []*nats.Conn
	for range 3 {
		c, err := nats.Connect("", there.InProcess(), nats.MaxReconnects(0))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		conns = append(conns, c)
	}
	heard, err := conns[0].SubscribeSync("said")
	if err != nil || conns[0].Flush() != nil {
		t.Fatal(err)
	}
	large := strings.Repeat("x", topology.MaxPayload)
	if err := conns[1].Publish("said", []byte(large)); err != nil {
		t.Fatal(err)
	}
	if m, err := heard.NextMsgWithContext(t.Context()); err != nil || string(m.Data) != large {
		t.Fatalf("not heard: %v", err)
	}
	conns[2].Close()
	if err := conns[1].Flush(); err != nil {
		t.Errorf("one that goes takes another with it: %v", err)
	}
	n.Stop()
	if _, err := node.Reach(dir); !errors.Is(err, node.ErrNotRunning) {
		t.Errorf("after it has stopped: %v", err)
	}
}

// A process that was killed leaves its socket behind.
func TestASocketThatWasLeftBehindIsNoHindrance(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	if err := os.WriteFile(filepath.Join(dir, "socket"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	serve(t, dir)
	if _, err := node.Reach(dir); err != nil {
		t.Error(err)
	}
}

// A folder with a long path works, but for the socket.
func TestAPathThatIsTooLongForASocketIsSaid(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(folder(t), strings.Repeat("long", 40))
	serve(t, dir)
	if _, err := node.Reach(dir); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("%v", err)
	}
}
