package bridge

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/config"
)

func TestADiskThatIsSmallerThanTheStoreIsSaid(t *testing.T) {
	t.Parallel()
	cfg := &config.Config{Data: t.TempDir()}
	if err := os.Mkdir(filepath.Join(cfg.Data, "nats"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		store int64
		warns bool
	}{{64 << 20, false}, {1 << 50, true}} { // no disk has a thousand terabytes
		var out bytes.Buffer
		cfg.NATS.Store = test.store
		warnOfDisk(slog.New(slog.NewTextHandler(&out, nil)), cfg)
		if got := strings.Contains(out.String(), "set nats.store to less"); got != test.warns {
			t.Errorf("%d: %q", test.store, out.String())
		}
	}
}
