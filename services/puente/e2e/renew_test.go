package e2e_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/customchannel"
)

// TestANewTokenInTheFileSendsAllThatWaited: a bot's token dies, messages wait, and the new one sends them in order
// without a restart, each once.
func TestANewTokenInTheFileSendsAllThatWaited(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	const renewed = "1111111:CCCCbottokenCCCCCCCCCCCCCCCCCCCCCCC"
	br.sendText(tokenA, "A", 9, marker)
	if _, err := br.a.Wait(t.Context(), 9, 1); err != nil {
		t.Fatal(err)
	}
	br.a.Renew(renewed)
	want := map[int64][]string{}
	var mIDs []string
	for i := range 5 {
		for contact := int64(10); contact < 20; contact++ {
			body := fmt.Sprintf("%s %d", marker, i)
			want[contact] = append(want[contact], body)
			mIDs = append(mIDs, br.sendText(tokenA, "A", contact, body))
		}
	}
	eventually(t, "the old token is found dead", func() bool { return strings.Contains(br.log(), "channel suspended") })
	br.configure(br.channels(renewed))
	br.reload()
	br.allSent(want, mIDs)
	br.unchanged()
	if strings.Contains(br.log(), renewed) {
		t.Error("the log holds the new token")
	}
}

// allSent waits until each contact of the first bot has these texts, each once and in order, and the platform was told of
// every message that it was sent, once.
func (br *bridge) allSent(want map[int64][]string, mIDs []string) {
	br.t.Helper()
	for contact, bodies := range want {
		if _, err := br.a.Wait(br.t.Context(), contact, len(bodies)); err != nil {
			br.t.Fatal(err)
		}
		if diff := cmp.Diff(bodies, texts(br.a.Messages(contact))); diff != "" {
			br.t.Error(diff)
		}
	}
	for _, mID := range mIDs {
		eventually(br.t, "sent", func() bool { return len(br.platform.statuses(mID)) > 0 })
		if got := br.platform.statuses(mID); !slices.Equal(got, []customchannel.StatusValue{customchannel.StatusSent}) {
			br.t.Errorf("statuses %v", got)
		}
	}
}

// TestTokensThatWorkAreChangedUnderLoad: both tokens of a channel change while messages go both ways; all arrive, in
// order.
func TestTokensThatWorkAreChangedUnderLoad(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	const n = 40
	var out, in []string
	token := tokenA
	for i := range n {
		body := fmt.Sprintf("%s %02d", marker, i)
		out, in = append(out, body), append(in, body)
		br.sendText(token, "A", 5, body)
		br.deliver(br.a, br.a.Text(6, body))
		if i%10 != 5 {
			continue
		}
		// the platform's token changes, and the bot's
		next, bot := fmt.Sprintf("platform-token-of-channel-A-number-%d-0123456789", i), fmt.Sprintf("1111111:DDDDbottokenDDDDDDDDDDDDDDDDDDDDD%02d", i)
		br.platform.renew("A", next)
		br.configure(strings.Replace(br.channels(bot), tokenA, next, 1))
		br.a.Renew(bot)
		br.reload()
		eventually(t, "the new token is taken", func() bool {
			return br.send("Bearer "+next, text("B", 5, marker)).error == "the API token is not that of channelId"
		})
		if a := br.send("Bearer "+token, text("A", 5, marker)); a.status != http.StatusUnauthorized && a.status != http.StatusTooManyRequests { // after many wrong tries
			t.Errorf("the old token: %+v", a)
		}
		token = next
	}
	eventually(t, "all went out", func() bool { return len(br.a.Messages(5)) >= n })
	if diff := cmp.Diff(out, texts(br.a.Messages(5))); diff != "" {
		t.Error(diff)
	}
	eventually(t, "all came in", func() bool { return len(br.platform.messages("A", "6")) >= n })
	if diff := cmp.Diff(in, eventTexts(uniqueByID(br.platform.messages("A", "6")))); diff != "" {
		t.Error(diff)
	}
	last := br.sendText(token, "A", 7, marker)
	eventually(t, "its status", func() bool { return len(br.platform.statuses(last)) > 0 })
	if got := br.platform.lastToken("A"); got != token {
		t.Error("the platform is shown an old token")
	}
	br.unchanged()
}

// TestAnAddedChannelCarriesBothWays, with all that belongs to it.
func TestAnAddedChannelCarriesBothWays(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	const tokenC = "platform-token-of-channel-C-0123456789abcdefgh"
	br.platform.renew("C", tokenC)
	br.configure(br.channels(botA) + br.telegramChannel("C", tokenC))
	br.reload()
	eventually(t, "it is there", func() bool { return br.call("telegram", "C", telegramSecret(secretB)) == http.StatusOK })
	mID := br.sendText(tokenC, "C", 11, marker)
	if _, err := br.b.Wait(t.Context(), 11, 1); err != nil {
		t.Fatal(err)
	}
	eventually(t, "its status", func() bool { return len(br.platform.statuses(mID)) > 0 })
	update := br.b.Text(12, marker)
	webhook := br.b.Webhook()
	webhook.URL = br.url + "/webhooks/telegram/C"
	br.b.Register(webhook)
	br.deliver(br.b, update)
	eventually(t, "its message", func() bool { return len(br.platform.messages("C", "12")) == 1 })
	br.unchanged()
}
