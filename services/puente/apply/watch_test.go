package apply

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/services/egress/phone"
	"github.com/bonychat/puente/services/puente/networks"
)

// TestAFileIsWatched: as Kubernetes mounts Secrets, by links that are exchanged. A broken file leaves what was applied.
func TestAFileIsWatched(t *testing.T) {
	t.Parallel()
	s := bustest.StartEmpty(t)
	dir := t.TempDir()
	version := 0
	mount := func(list string) {
		t.Helper()
		version++
		data := filepath.Join(dir, fmt.Sprintf("..%d", version))
		if err := os.Mkdir(data, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(data, "channels.yaml"), []byte(list), 0o600); err != nil {
			t.Fatal(err)
		}
		link := filepath.Join(dir, "..next")
		if err := os.Symlink(data, link); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(link, filepath.Join(dir, "..data")); err != nil {
			t.Fatal(err)
		}
	}
	channel := func(id string) string {
		return fmt.Sprintf("- {id: %s, network: phone, contact_id: phone, platform: {webhook_url: \"http://127.0.0.1:1/\", api_token: platform-token-%s}, account: {url: \"http://127.0.0.1:1\", secret: phone-secret-0123456789}}\n", id, id)
	}
	mount(channel("A"))
	if err := os.Symlink(filepath.Join("..data", "channels.yaml"), filepath.Join(dir, "channels.yaml")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "puente.yaml")
	if err := os.WriteFile(file, []byte(fmt.Sprintf("public_url: http://127.0.0.1:1\nnats: {url: %q}\nchannels_file: channels.yaml\n", s.URL())), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	internal := l.Addr().String()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		w := &watch{
			o:    WatchOptions{Networks: networks.Set{phone.Network}, File: file, Every: time.Hour},
			look: 20 * time.Millisecond, retry: 50 * time.Millisecond, log: slog.New(slog.DiscardHandler),
		}
		done <- w.serve(ctx, l)
	}()
	ready := func(want string) func() bool {
		return func() bool {
			response, err := http.Get("http://" + internal + "/readyz")
			if err != nil {
				return false
			}
			defer response.Body.Close()
			body, err := io.ReadAll(io.LimitReader(response.Body, 10_000))
			return err == nil && strings.Contains(string(body), want)
		}
	}
	bustest.Eventually(t, "ready", ready(`"ready":true`))
	b := s.Connect("test")
	holds := func(want string) func() bool {
		return func() bool {
			all, err := directory.List(t.Context(), b)
			if err != nil {
				return false
			}
			var ids []string
			for _, c := range all {
				ids = append(ids, c.ID)
			}
			return strings.Join(ids, " ") == want
		}
	}
	bustest.Eventually(t, "the first channel", holds("A"))
	mount(channel("A") + channel("B"))
	bustest.Eventually(t, "the second channel", holds("A B"))
	mount("[")
	bustest.Eventually(t, "a broken list is told", ready("see the log"))
	mount("[]")
	bustest.Eventually(t, "an empty list is refused", ready("none was removed"))
	if !holds("A B")() || !ready(`"ready":true`)() {
		t.Error("what was applied did not stay")
	}
	mount(channel("B"))
	bustest.Eventually(t, "a channel goes", holds("B"))
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
