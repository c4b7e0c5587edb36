package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestABridgeComesBackFromABackupThatWasTakenWhileItRan: messages wait and others go by while it is backed up; then all is
// lost. What waited is sent once and in order, what was sent before is not sent again, and what a network has called
// before is known.
func TestABridgeComesBackFromABackupThatWasTakenWhileItRan(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	update := br.b.Text(7, marker+" heard before")
	br.deliver(br.b, update)
	eventually(t, "heard", func() bool { return len(br.platform.messages("B", "7")) == 1 })
	before := make([]string, 20)
	for i := range before {
		before[i] = fmt.Sprintf("%s before %d", marker, i)
		br.sendText(tokenB, "B", 5, before[i])
	}
	if _, err := br.b.Wait(t.Context(), 5, len(before)); err != nil {
		t.Fatal(err)
	}
	br.a.Revoke(true)
	want := map[int64][]string{}
	var mIDs []string
	for i := range 5 {
		for contact := int64(10); contact < 14; contact++ {
			body := fmt.Sprintf("%s %d", marker, i)
			want[contact] = append(want[contact], body)
			mIDs = append(mIDs, br.sendText(tokenA, "A", contact, body))
		}
	}

	file := filepath.Join(br.dir, "puente.backup")
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() { // others write meanwhile
		defer close(stopped)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				br.send("Bearer "+tokenB, text("B", 6, fmt.Sprintf("%s meanwhile %d", marker, i)))
			}
		}
	}()
	out, ok := br.puente("backup", file)
	close(stop)
	<-stopped
	if !ok || !strings.Contains(out, "keep it as you keep a key") {
		t.Fatalf("no backup: %s", out)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the backup: %v, %v", info.Mode(), err)
	}
	if out, ok := br.puente("backup", file); ok || !strings.Contains(out, "a backup overwrites nothing") {
		t.Errorf("a backup is overwritten: %s", out)
	}
	if out, ok := br.puente("restore", file, "--yes"); ok || !strings.Contains(out, "holds a bridge already: stop it") {
		t.Errorf("a bridge that runs is restored over: %s", out)
	}
	br.signal(syscall.SIGKILL)
	if err := os.RemoveAll(filepath.Join(br.dir, "data")); err != nil {
		t.Fatal(err)
	}

	out, ok = br.puente("restore", file)
	if ok || !strings.Contains(out, "say --yes") || !strings.Contains(out, "are sent a second time") || !strings.Contains(out, " waiting in EGRESS_telegram") {
		t.Errorf("without --yes: %s", out)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(br.dir, "broken.backup")
	if err := os.WriteFile(broken, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if out, ok := br.puente("restore", broken, "--yes"); ok || !strings.Contains(out, "is no backup, or not whole") {
		t.Errorf("half a backup is restored: %s", out)
	}
	if out, ok = br.puente("restore", file, "--yes"); !ok || !strings.Contains(out, "restored: start the bridge") {
		t.Fatalf("not restored: %s", out)
	}

	const renewed = "1111111:CCCCbottokenCCCCCCCCCCCCCCCCCCCCCCC"
	br.a.Renew(renewed)
	br.configure(br.channels(renewed))
	br.run()
	br.allSent(want, mIDs)
	if status, err := br.b.Deliver(t.Context(), update); err != nil || status != http.StatusOK {
		t.Errorf("the repeated call: %d, %v", status, err)
	}
	br.deliver(br.b, br.b.Text(7, marker+" heard after"))
	eventually(t, "heard again", func() bool {
		return slices.Contains(eventTexts(br.platform.messages("B", "7")), marker+" heard after")
	})
	if diff := cmp.Diff([]string{marker + " heard before", marker + " heard after"}, eventTexts(br.platform.messages("B", "7"))); diff != "" {
		t.Errorf("of contact 7 the platform has heard (-want +got):\n%s", diff)
	}
	br.sendText(tokenB, "B", 5, marker+" after")
	if _, err := br.b.Wait(t.Context(), 5, len(before)+1); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(append(before, marker+" after"), texts(br.b.Messages(5))); diff != "" {
		t.Errorf("contact 5 was sent (-want +got):\n%s", diff)
	}
}
