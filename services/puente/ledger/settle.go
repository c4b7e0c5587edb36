package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/services/puente/ledger/history"
)

// Bounds of the end of a run.
const (
	settleTime = 3 * time.Minute // for what was accepted to arrive
	quietTime  = 2 * time.Second // without news, before the history is closed
)

// settle waits until all that was accepted has arrived and nothing moves any more. The far ends stop failing, once each fault that
// was asked for has struck: a slow machine has most of its messages left to send here.
func (l *ledger) settle(ctx context.Context) {
	l.say("sent; waiting for the rest")
	ctx, cancel := context.WithTimeout(ctx, l.scene.settle)
	defer cancel()
	for end := time.Now().Add(l.scene.settle / 2); l.far.Failing() && time.Now().Before(end) && l.recorder.Untried(); {
		if messages, receipts := l.recorder.Unfinished(); messages+receipts == 0 || pause.For(ctx, 10*time.Millisecond) != nil {
			break
		}
	}
	l.far.Calm()
	l.beside.Wait()
	last, since := -1, time.Now()
	for pause.For(ctx, 100*time.Millisecond) == nil {
		if n := l.recorder.Events(); n != last {
			last, since = n, time.Now()
			continue
		}
		if time.Since(since) < quietTime || l.far.Waiting() > 0 {
			continue
		}
		if v := l.history().Judge(); v.Lost[history.Outbound]+v.Lost[history.Inbound]+len(v.ReceiptsLost) == 0 {
			return
		}
	}
}

// history is a copy of what is written.
func (l *ledger) history() *history.History {
	b := l.recorder.Snapshot()
	b.Suppressed += l.far.Suppressed()
	return b
}

// verdict is the history's, with what else broke.
func (l *ledger) verdict() history.Verdict {
	v := l.history().Judge()
	l.mu.Lock()
	defer l.mu.Unlock()
	v.Broken = append(v.Broken, l.problems...)
	bad := l.far.Bad()
	v.Fail(bad > 0, "%d calls of the platform break the contract", bad)
	if n := l.far.Waiting(); n > 0 {
		v.Broken = append(v.Broken, fmt.Sprintf("the bridge has not taken %d calls of the network", n))
	}
	return v
}

// save writes the history beside the logs.
func (l *ledger) save() error {
	b := l.history()
	lanes := map[string]bool{}
	for lane := range b.Healthy {
		lanes[string(lane.Way)+" "+lane.Channel+" "+lane.Contact] = true
	}
	data, err := json.MarshalIndent(struct {
		*history.History
		Healthy map[string]bool
	}{b, lanes}, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(l.fleet.folder, "ledger.json"), data, 0o600)
}
