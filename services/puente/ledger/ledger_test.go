package ledger

import (
	"bytes"
	"context"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// play runs the real program in a layout; everything must hold.
func play(t *testing.T, o Options, within time.Duration) Verdict {
	t.Helper()
	if testing.Short() {
		t.Skip("starts processes and kills them")
	}
	o.Program = filepath.Join(t.TempDir(), "puente")
	if out, err := exec.Command("go", "build", "-o", o.Program, "github.com/bonychat/puente/services/puente").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	var table bytes.Buffer
	v, err := Run(ctx, o, &table)
	t.Log(table.String())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string(nil), v.Broken); diff != "" {
		t.Error(diff)
	}
	return v
}

func TestOneProcessKilledTwice(t *testing.T) {
	v := play(t, Options{Messages: 400, Contacts: 16, Channels: 2, Kills: 2, Layout: AllInOne, Seed: 7}, 2*time.Minute)
	if v.Doubled[Outbound][LostAnswer] == 0 {
		t.Error("no answer was lost: nothing was tried")
	}
}

func TestTheNetworkHonoursItsKey(t *testing.T) {
	v := play(t, Options{Messages: 300, Contacts: 16, Channels: 2, Kills: 1, Layout: AllInOne, Seed: 9, Idempotency: true}, 2*time.Minute)
	if n := sum(v.Doubled[Outbound]); n > 0 {
		t.Errorf("%d doubled", n)
	}
}

func TestServicesOfTheirOwnOneKilled(t *testing.T) {
	play(t, Options{Messages: 300, Contacts: 12, Channels: 3, Kills: 1, Layout: Services, Seed: 5}, 2*time.Minute)
}
