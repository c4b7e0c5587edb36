package e2e_test

import (
	"strings"
	"syscall"
	"testing"

	"github.com/bonychat/puente/pkg/customchannel"
)

// TestTheSameFailureIsToldInEachChannelsLanguage: channel A's file says none, as one of before there were languages.
func TestTheSameFailureIsToldInEachChannelsLanguage(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	if status := br.signal(syscall.SIGTERM); status != 0 {
		t.Fatalf("exit status %d", status)
	}
	br.configure(strings.Replace(br.channels(botA), "id: B\n", "id: B\n    locale: en\n", 1))
	br.run()
	br.a.Block(3, true)
	br.b.Block(3, true)
	for _, c := range []struct{ token, channel, want string }{
		{tokenA, "A", "el contacto ha bloqueado el bot"},
		{tokenB, "B", "the contact blocked the bot"},
	} {
		mID := br.sendText(c.token, c.channel, 3, marker)
		eventually(t, "failed", func() bool { return len(br.platform.statuses(mID)) > 0 })
		events := br.platform.events(func(_ customchannel.Post, e customchannel.Event) bool { return e.MID == mID })
		if got := events[0].Status; got.Value != customchannel.StatusFailed || got.Message != c.want {
			t.Errorf("channel %s is told %s: %q, want %q", c.channel, got.Value, got.Message, c.want)
		}
	}
	if out, ok := br.puente("channels", "B"); !ok || !strings.Contains(out, "locale") {
		t.Errorf("channel B: %s", out)
	}
}
