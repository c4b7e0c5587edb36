package e2e_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestWhatAnOperatorAsks: each question is one command beside the running program, which needs nothing set up.
func TestWhatAnOperatorAsks(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	br.a.Block(3, true)
	mID := br.sendText(tokenA, "A", 3, marker)
	eventually(t, "failed", func() bool { return len(br.platform.statuses(mID)) > 0 })
	br.deliver(br.b, br.b.Text(7, marker))
	eventually(t, "it arrives", func() bool { return len(br.platform.messages("B", "7")) > 0 })

	asked := func(want string, args ...string) (out string) {
		t.Helper()
		defer func() {
			if !strings.Contains(out, want) {
				t.Logf("puente %s:\n%s", strings.Join(args, " "), out)
			}
		}()
		eventually(t, "puente "+strings.Join(args, " "), func() bool {
			out, _ = br.puente(args...)
			return strings.Contains(out, want)
		})
		if strings.Contains(out, marker) {
			t.Errorf("%q tells a text:\n%s", args, out)
		}
		return out
	}
	asked("2 channels: ", "status")
	asked("egress-telegram  the contact blocked the bot", "where", mID)
	asked("on its way", "where", mID[:20])
	asked(mID, "where", "3", "--channel", "A")
	asked("the contact blocked the bot", "failures", "--by", "reason", "--since", "1h")
	asked(mID, "failures", "--channel", "A", "--kind", "refused")
	asked("nothing failed", "failures", "--channel", "B")
	asked("credentials  good", "check", "A")
	asked("telegram", "calls", "list", "--channel", "B")
	asked("1 call: 0 new messages, 1 known", "calls", "replay", "--since", "1h", "--channel", "B", "--dry-run")
	asked(mID+"  would be sent", "replay", "--reason", "blocked", "--dry-run")
	asked("there is no channel \"C\": there are A, B", "channels", "C")
	asked("nothing would change", "diff")
	asked("was read again", "reload")
	asked("A is paused until ", "pause", "A", "--for", "30m", "--reason", "e2e")
	asked("paused by owner: e2e", "channels")
	asked("A goes on", "resume", "A")

	out, _ := br.puente("failures", "-o", "json", "--channel", "A")
	var failure struct {
		ID, Kind, Network string
		Why               struct{ En, Es string }
	}
	if err := json.Unmarshal([]byte(out), &failure); err != nil || failure.ID != mID || failure.Kind != "refused" || failure.Network != "telegram" || failure.Why.En != "the contact blocked the bot" || failure.Why.Es == "" {
		t.Errorf("%v: %s", err, out)
	}
}
