package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/bonychat/puente/services/egress/slack/slacktest"
)

// TestSlackBothWays: people write to an app over Socket Mode, through kill -9 of the program, a stop and refreshed connections; some of
// it comes as calls too, and a forged call does not. Nothing is lost or out of order; only what was on its way to the platform when the
// program died may come twice. A thread is answered in it.
func TestSlackBothWays(t *testing.T) {
	t.Parallel()
	const secret = "8f742231b10e8888abcd99yyyzzz85a5"
	s := slacktest.New("xoxb-s3cret-1", "xapp-s3cret-2")
	t.Cleanup(s.Close)
	br := &bridge{platform: newPlatform(t, map[string]string{"A": tokenA})}
	account, err := json.Marshal(map[string]string{"token": "xoxb-s3cret-1", "app_token": "xapp-s3cret-2", "signing_secret": secret, "api": s.URL})
	if err != nil {
		t.Fatal(err)
	}
	br.program = start(t, fmt.Sprintf(`
  - id: A
    network: slack
    contact_id: custom
    platform: {webhook_url: "%s/A", api_token: %q}
    account: %s
`, br.platform.URL, tokenA, account))
	hook := br.url + "/webhooks/slack/A"
	call := func(secret, kind string, payload any) int {
		t.Helper()
		status, err := slacktest.Deliver(t.Context(), hook, secret, kind, payload)
		if err != nil {
			t.Fatal(err)
		}
		return status
	}
	const each = 20
	people := []string{"U061F7AUR", "U061F7AUS"}
	for i := range each {
		for _, user := range people {
			event := s.Event(user, fmt.Sprintf("%s &amp; %02d", marker, i), "")
			s.Say("events_api", event)
			if i%5 == 0 { // the same event as a call, once it was heard: else it would be before those that were not
				eventually(t, "it is heard", func() bool { return s.Unheard() == 0 })
				eventually(t, "the call is taken", func() bool { return call(secret, "events_api", event) == http.StatusOK })
			}
		}
		switch i {
		case each / 4:
			s.Refresh("refresh_requested")
		case each / 2:
			br.signal(syscall.SIGKILL)
			br.run()
		case 3 * each / 4:
			if status := br.signal(syscall.SIGTERM); status != 0 {
				t.Errorf("the program ended with %d", status)
			}
			br.run()
		}
	}
	if status := call("forged", "events_api", s.Event(people[0], "forged", "")); status != http.StatusUnauthorized {
		t.Errorf("a forged call is answered %d", status)
	}
	has := func(user string) []string { return eventTexts(br.platform.messages("A", user)) }
	for _, user := range people {
		var want []string
		for i := range each {
			want = append(want, fmt.Sprintf("%s & %02d", marker, i))
		}
		eventually(t, "the platform has what they wrote", func() bool { return len(unique(has(user))) == each })
		if got := has(user); !slices.Equal(slices.Compact(slices.Clone(got)), want) || len(got) > each+1 {
			t.Errorf("the platform has %v", got)
		}
	}

	user := people[0]
	s.Say("events_api", s.Event(user, "en un hilo", "1767323000.000100"))
	eventually(t, "it arrives", func() bool { return slices.Contains(has(user), "en un hilo") })
	send := func(message map[string]any) {
		t.Helper()
		a := br.send("Bearer "+tokenA, map[string]any{"channelId": "A", "contactId": user, "message": message})
		if a.status != http.StatusOK {
			t.Fatalf("%+v", a)
		}
		eventually(t, "it is sent", func() bool { return slices.Contains(statuses(br, a.mID), "sent") })
	}
	send(map[string]any{"type": "text", "text": marker + " <hola>"})
	send(map[string]any{"type": "quick_reply", "title": "¿Sí?", "replies": []string{"Sí", "No"}})
	got := s.Messages(user)
	if len(got) != 2 || got[0].Text != marker+" &lt;hola&gt;" || got[0].Thread != "1767323000.000100" || !slices.Equal(got[1].Buttons, []string{"Sí", "No"}) {
		t.Errorf("the contact has %+v", got)
	}
	if status := call(secret, "interactive", s.Tap(user, "Sí")); status != http.StatusOK {
		t.Errorf("a tap is answered %d", status)
	}
	eventually(t, "the tap arrives", func() bool { return slices.Contains(has(user), "Sí") })
	for _, private := range []string{"s3cret", secret, marker, user} {
		if strings.Contains(br.log(), private) {
			t.Errorf("the log holds %q", private)
		}
	}
}

func statuses(br *bridge, mID string) (all []string) {
	for _, s := range br.platform.statuses(mID) {
		all = append(all, string(s))
	}
	return all
}
