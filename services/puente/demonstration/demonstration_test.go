package demonstration

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/services/egress/phone"
	"github.com/bonychat/puente/services/egress/webhook"
	"github.com/bonychat/puente/services/puente/networks"
)

// What a demonstration is set up with can be read as any other file, by its own user alone: puente trigger signs with it. It goes
// with the folder that was made for it.
func TestItsFileIsReadAsAnyOther(t *testing.T) {
	set := networks.Set{phone.Network, webhook.Network}
	t.Setenv("TMPDIR", t.TempDir())
	cfg, d, err := New(Options{Networks: set, Internal: "127.0.0.1:9"})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Open(cfg, "127.0.0.1:8080"); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(cfg.Data, File)
	read, err := config.Load(file, set.Known())
	if err != nil || read.Internal != "127.0.0.1:9" || read.PublicURL != "http://127.0.0.1:8080" || len(read.Channels) != 2 || len(cfg.Channels) != 2 {
		t.Fatalf("%+v, %v", read, err)
	}
	for i, c := range read.Channels {
		if c.ID != cfg.Channels[i].ID || string(c.Account.Reveal()) != string(cfg.Channels[i].Account.Reveal()) {
			t.Errorf("channel %s is read as another", cfg.Channels[i].ID)
		}
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	d.Remove()
	if _, err := os.Stat(cfg.Data); !os.IsNotExist(err) {
		t.Errorf("its folder is left: %v", err)
	}
}

// A folder that somebody named is theirs.
func TestAFolderThatWasGivenStays(t *testing.T) {
	t.Parallel()
	cfg, d, err := New(Options{Networks: networks.Set{phone.Network}, Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	d.Remove()
	if _, err := os.Stat(cfg.Data); err != nil {
		t.Error(err)
	}
	var none *Demonstration
	none.Remove()
	if _, _, err := New(Options{Networks: networks.Set{webhook.Network}}); err == nil {
		t.Error("there is no phone, and it begins")
	}
}

// The page and the far ends share the gateway's port, and take nothing else of it.
func TestTheGatewayKeepsItsPaths(t *testing.T) {
	t.Parallel()
	cfg, d, err := New(Options{Networks: networks.Set{phone.Network}, Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Open(cfg, "127.0.0.1:8080"); err != nil {
		t.Fatal(err)
	}
	h := d.Beside(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	for path, ours := range map[string]bool{"/": true, "/sandbox/nothing": true, "/message": false, "/webhooks/phone/demo": false, "/sandboxes": false} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if (w.Code != http.StatusTeapot) != ours {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
