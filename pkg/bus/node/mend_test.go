package node_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus/node"
)

// disk is a small file system of its own in memory.
func disk(t *testing.T, size string) string {
	t.Helper()
	dir := folder(t)
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("a small disk needs the right to mount one: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// spoken is a log that a test reads while it is written.
type spoken struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *spoken) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *spoken) holds(part string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Contains(s.text.String(), part)
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 1200 {
		if ok() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("not seen within a minute: %s", what)
}

// A disk that was full leaves the server's streams dead for good: the server starts again by itself, with all that it
// acknowledged, and its clients find it.
func TestAFullDiskIsOverWhenItHasRoomAgain(t *testing.T) {
	t.Parallel()
	dir := disk(t, "80m")
	said := &spoken{}
	n, err := node.Start(node.Options{Dir: filepath.Join(dir, "nats"), SyncAlways: true, Log: slog.New(slog.NewTextHandler(said, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.Stop)
	nc, err := nats.Connect("", n.InProcess(), nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "S", Subjects: []string{"s.>"}}); err != nil {
		t.Fatal(err)
	}
	publish := func(i int) bool {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := js.Publish(ctx, fmt.Sprintf("s.%d", i), bytes.Repeat([]byte("x"), 4096), jetstream.WithRetryAttempts(0))
		return err == nil
	}
	var stored []int
	for i := range 50 {
		if publish(i) {
			stored = append(stored, i)
		}
	}
	if err := n.Ready(); err != nil || len(stored) != 50 {
		t.Fatalf("at the start: %v, %d stored", err, len(stored))
	}
	filler, err := os.Create(filepath.Join(dir, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	for chunk := make([]byte, 4096); err == nil; {
		_, err = filler.Write(chunk)
	}
	_ = filler.Close()
	for i := 50; n.Ready() == nil; i++ {
		if i == 1000 {
			t.Fatal("the disk is full and the server does not say so")
		}
		if publish(i) {
			stored = append(stored, i)
		}
	}
	if err := n.Ready(); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("the reason is not named: %v", err)
	}
	eventually(t, "what the server says is logged", func() bool { return said.holds("no space left") && said.holds("is not started again yet") })
	if err := os.Remove(filler.Name()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is ready again", func() bool { return n.Ready() == nil })
	eventually(t, "it takes messages again", func() bool { return publish(5000) })
	s, err := js.Stream(t.Context(), "S")
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range append(stored, 5000) {
		if _, err := s.GetLastMsgForSubject(t.Context(), fmt.Sprintf("s.%d", i)); err != nil {
			t.Errorf("message %d was acknowledged and is lost: %v", i, err)
		}
	}
}
