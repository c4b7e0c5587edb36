package ledger

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/bonychat/puente/pkg/failpoint"
	"github.com/bonychat/puente/services/puente/ledger/history"
)

var builtWithFailpoints = sync.OnceValues(func() (string, error) {
	program := filepath.Join(folder, "puente-failpoints")
	out, err := exec.Command("go", "build", "-tags", "failpoints", "-o", program, "github.com/bonychat/puente/services/puente").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return program, nil
})

// TestAProcessEndsBetweenAnyTwoSteps: at each point in turn, with messages under way both ways. The network honours its key:
// it gets nothing twice.
func TestAProcessEndsBetweenAnyTwoSteps(t *testing.T) {
	v := endsItself(t, Options{Messages: 700, Contacts: 16, Channels: 2, Layout: AllInOne, Seed: 31, Rate: 10, Idempotency: true})
	if n := history.Sum(v.Doubled[history.Outbound]); n > 0 {
		t.Errorf("%d doubled", n)
	}
}

// TestAServiceEndsBetweenAnyTwoSteps, and another process of it takes over. The network has no keys: what comes twice is
// only what was being sent when a process ended.
func TestAServiceEndsBetweenAnyTwoSteps(t *testing.T) {
	// of so many channels each process has some, however the partitions are shared
	endsItself(t, Options{Messages: 700, Contacts: 32, Channels: 16, Layout: Services, Seed: 32, Rate: 10})
}

func endsItself(t *testing.T, o Options) history.Verdict {
	t.Helper()
	if raceEnabled {
		t.Skip("the same program without the race detector is tried")
	}
	if testing.Short() {
		t.Skip("starts processes that end themselves")
	}
	var err error
	if o.Program, err = builtWithFailpoints(); err != nil {
		t.Fatal(err)
	}
	o.Failpoints = failpoint.All
	return play(t, o)
}
