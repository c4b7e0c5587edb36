package ledger

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// folder is where the program is built, once.
var folder string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if folder, err = os.MkdirTemp("", "puente-ledger-test-"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(folder)
		return m.Run()
	}())
}

var built = sync.OnceValues(func() (string, error) {
	program := filepath.Join(folder, "puente")
	out, err := exec.Command("go", "build", "-o", program, "github.com/bonychat/puente/services/puente").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return program, nil
})

func build(t *testing.T) string {
	t.Helper()
	program, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// play runs the real program in a layout; every invariant must hold. How long things took is the machine's, and no
// matter of a test.
func play(t *testing.T, o Options, within time.Duration) Verdict {
	t.Helper()
	if testing.Short() {
		t.Skip("starts processes and kills them")
	}
	t.Parallel()
	o.Program = build(t)
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	var table bytes.Buffer
	v, err := Run(ctx, o, &table)
	t.Log(table.String())
	if err != nil {
		t.Fatal(err)
	}
	// Whether a repeat is a kill's is told by how soon it came, which is the machine's matter too: here the bound counts,
	// one for each lane at each kill.
	for _, broken := range v.Broken {
		if !strings.Contains(broken, "unexplained") {
			t.Error(broken)
		}
	}
	for _, way := range []Way{Outbound, Inbound} {
		if n, most := sum(v.Doubled[way])-v.Doubled[way][LostAnswer], 2*max(o.Kills, 1)*o.Contacts; n > most {
			t.Errorf("%d doubled %s, more than the %d that can have been on the wire", n, way, most)
		}
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
