package ledger

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/bonychat/puente/services/puente/ledger/history"
	"github.com/bonychat/puente/services/puente/ledger/vendors"
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
		flag.Parse()
		if flag.Lookup("test.parallel").Value.String() == fmt.Sprint(runtime.GOMAXPROCS(0)) {
			_ = flag.Set("test.parallel", "3") // runs wait most of the time, whatever the machine
		}
		return m.Run()
	}())
}

var built = sync.OnceValues(func() (string, error) {
	program := filepath.Join(folder, "puente")
	args := []string{"build", "-o", program}
	if raceEnabled {
		args = append(args, "-race")
	}
	out, err := exec.Command("go", append(args, "github.com/bonychat/puente/services/puente")...).CombinedOutput()
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

// hangs is when a run is given up: far beyond what a slow machine takes.
const hangs = 9 * time.Minute

// play runs the real program in a layout. Every invariant must hold, and all that was asked for must have happened. How
// long things took is the machine's: the command judges that, no test does.
func play(t *testing.T, o Options) history.Verdict {
	t.Helper()
	if testing.Short() {
		t.Skip("starts processes and kills them")
	}
	t.Parallel()
	if o.Program == "" {
		o.Program = build(t)
	}
	if raceEnabled {
		o.Messages /= 2
	}
	ctx, cancel := context.WithTimeout(t.Context(), hangs)
	defer cancel()
	var table bytes.Buffer
	v, err := Run(ctx, o, &table)
	t.Log(table.String())
	if err != nil {
		t.Fatal(err)
	}
	for _, what := range slices.Concat(v.Broken, v.Untried) {
		t.Error(what)
	}
	return v
}

func TestOneProcessKilledTwice(t *testing.T) {
	v := play(t, Options{Messages: 500, Contacts: 16, Channels: 2, Kills: 2, Pauses: 1, Rolls: 1, Layout: AllInOne, Seed: 7})
	if v.Doubled[history.Outbound][history.LostAnswer] == 0 {
		t.Error("no answer was lost: nothing was tried")
	}
}

func TestTheNetworkHonoursItsKey(t *testing.T) {
	v := play(t, Options{Messages: 300, Contacts: 16, Channels: 2, Kills: 1, Layout: AllInOne, Seed: 9, Idempotency: true})
	if n := history.Sum(v.Doubled[history.Outbound]); n > 0 {
		t.Errorf("%d doubled", n)
	}
}

func TestServicesOfTheirOwn(t *testing.T) {
	play(t, Options{Messages: 400, Contacts: 12, Channels: 3, Kills: 1, Pauses: 1, Rolls: 1, Nodes: 1, Layout: Services, Seed: 5})
}

func TestThreeServers(t *testing.T) {
	play(t, Options{Messages: 400, Contacts: 12, Channels: 3, Kills: 1, Pauses: 1, Rolls: 1, Nodes: 1, Layout: Cluster, Seed: 6})
}

func TestTheFarEndIsWhatsApp(t *testing.T) {
	play(t, Options{Messages: 300, Contacts: 16, Channels: 2, Kills: 1, Rolls: 1, Layout: AllInOne, Seed: 5, Network: vendors.WhatsApp})
}

func TestTheFarEndIsAnAppOfOnesOwn(t *testing.T) {
	v := play(t, Options{Messages: 300, Contacts: 16, Channels: 2, Kills: 1, Rolls: 1, Layout: AllInOne, Seed: 7, Network: vendors.Webhook, Idempotency: true})
	if n := history.Sum(v.Doubled[history.Outbound]); n > 0 {
		t.Errorf("%d doubled", n)
	}
}

func TestTheFarEndIsLINE(t *testing.T) {
	v := play(t, Options{Messages: 300, Contacts: 16, Channels: 2, Kills: 1, Rolls: 1, Layout: AllInOne, Seed: 6, Network: vendors.LINE, Idempotency: true})
	if n := history.Sum(v.Doubled[history.Outbound]); n > 0 {
		t.Errorf("%d doubled", n)
	}
}
