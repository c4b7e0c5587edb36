package e2e_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/services/egress/telegram/telegramtest"
)

// TestABotIsPolledBehindNoPublicAddress: Telegram knows no address of the bridge, which is killed again and again. What
// contacts wrote arrives, each once by its id and in order, and what agents wrote does too; nobody calls the webhook.
func TestABotIsPolledBehindNoPublicAddress(t *testing.T) {
	t.Parallel()
	br := newBridge(t)
	br.a.Register(telegramtest.Webhook{URL: "https://old.example.com/hook", SecretToken: secretA}) // as another bridge left it
	polled := func(token string) string {
		return strings.Replace(br.channels(token), fmt.Sprintf("secret_token: %q", secretA), "mode: poll", 1)
	}
	br.configure(polled(botA))
	if err := br.runs[0].cmd.Process.Signal(syscall.SIGHUP); err != nil { // from called to polled while it runs
		t.Fatal(err)
	}
	eventually(t, "the bot is polled", br.a.Held)
	if hook := br.a.Webhook(); hook.URL != "" {
		t.Errorf("webhook %q", hook.URL)
	}
	refused(t, br)

	const contacts, each, kills = 5, 40, 3
	type sent struct{ mID, body string }
	var (
		mu       sync.Mutex
		accepted = map[int64][]sent{}
		wg       sync.WaitGroup
	)
	wg.Go(func() { // inbound: Telegram keeps what is not confirmed
		for i := range each {
			for c := range int64(contacts) {
				br.a.Queue(br.a.Text(300+c, fmt.Sprintf("%s %03d", marker, i)))
			}
			time.Sleep(40 * time.Millisecond) // a pace, not a wait
		}
	})
	for c := range int64(contacts) {
		wg.Go(func() { // outbound: the platform calls once and does not retry
			for i := range each {
				body := fmt.Sprintf("%s %03d", marker, i)
				if a := br.send("Bearer "+tokenA, text("A", 300+c, body)); a.status == http.StatusOK {
					mu.Lock()
					accepted[300+c] = append(accepted[300+c], sent{a.mID, body})
					mu.Unlock()
				}
				time.Sleep(40 * time.Millisecond) // a pace, not a wait
			}
		})
	}
	for range kills {
		time.Sleep(500 * time.Millisecond) // the moment does not matter
		br.signal(syscall.SIGKILL)
		br.run()
	}
	wg.Wait()
	var want []string
	for i := range each {
		want = append(want, fmt.Sprintf("%s %03d", marker, i))
	}
	for c := range int64(contacts) {
		contact := fmt.Sprint(300 + c)
		eventually(t, "all that came in", func() bool {
			return len(uniqueByID(br.platform.messages("A", contact))) >= each
		})
		if diff := cmp.Diff(want, eventTexts(uniqueByID(br.platform.messages("A", contact)))); diff != "" {
			t.Errorf("contact %s: %s", contact, diff)
		}
	}
	if got := br.platform.messages("A", "999"); len(got) > 0 {
		t.Errorf("a refused call arrived: %v", got)
	}
	eventually(t, "all is confirmed", func() bool { return br.a.Pending() == 0 })
	for contact, all := range accepted {
		eventually(t, "all that went out", func() bool {
			got := texts(br.a.Messages(contact))
			return !slices.ContainsFunc(all, func(s sent) bool { return !slices.Contains(got, s.body) })
		})
		if got := slices.Compact(texts(br.a.Messages(contact))); !slices.IsSorted(got) {
			t.Errorf("contact %d: out of order: %v", contact, got)
		}
		for _, s := range all {
			eventually(t, "the receipt", func() bool { return len(br.platform.statuses(s.mID)) > 0 })
		}
	}
	if len(accepted) != contacts {
		t.Errorf("%d contacts were written to", len(accepted))
	}
	if status := br.signal(syscall.SIGTERM); status != 0 {
		t.Errorf("exit status %d", status)
	}
	for _, call := range br.a.Calls() {
		if call.Method == "setWebhook" {
			t.Error("a webhook was registered")
		}
	}
}

// refused calls the webhook of a bot that is polled: with the secret of before, with an empty one, and with none.
func refused(t *testing.T, br *bridge) {
	call := func(secret []string, body string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, br.url+"/webhooks/telegram/A", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header["X-Telegram-Bot-Api-Secret-Token"] = secret
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	eventually(t, "the edge has heard of the change", func() bool {
		return call([]string{secretA}, `{"update_id":1,"poll":{}}`) == http.StatusUnauthorized
	})
	for _, secret := range [][]string{{secretA}, {""}, nil} {
		body := `{"update_id":1,"message":{"message_id":1,"date":1,"text":"x","chat":{"id":999,"type":"private"}}}`
		if status := call(secret, body); status != http.StatusUnauthorized {
			t.Errorf("a call with secret %q is answered %d", secret, status)
		}
	}
}
