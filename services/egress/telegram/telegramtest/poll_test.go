package telegramtest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/standin"

	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/telegram/telegramtest"
)

// get is what getUpdates hands out: the texts by update_id, or the error.
func get(t *testing.T, api *telegramtest.Server, body string) string {
	t.Helper()
	_, answer := post(t, api.URL, "getUpdates", body)
	var a struct {
		Description string
		Result      []struct {
			ID      int64 `json:"update_id"`
			Message struct{ Text string }
		}
	}
	if err := json.Unmarshal([]byte(answer), &a); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, u := range a.Result {
		out = append(out, fmt.Sprint(u.ID, u.Message.Text))
	}
	return a.Description + strings.Join(out, " ")
}

func TestUpdatesAreHandedOut(t *testing.T) {
	api, _ := start(t)
	for _, text := range []string{"a", "b", "c", "d"} {
		api.Queue(api.Text(17, text))
	}
	for _, test := range []struct{ name, body, want string }{
		{"from the first", `{}`, "1a 2b 3c 4d"},
		{"none is confirmed by it", `{"offset":0,"timeout":0}`, "1a 2b 3c 4d"},
		{"as many as are wanted", `{"limit":2}`, "1a 2b"},
		{"no fewer than one", `{"limit":0}`, "1a"},
		{"from the end, which forgets the others", `{"offset":-3}`, "2b 3c 4d"},
		{"what is before the offset is confirmed", `{"offset":4}`, "4d"},
		{"for good", `{"offset":1}`, "4d"},
		{"an offset that was never reached counts as none", `{"offset":9000}`, "4d"},
		{"the rest", `{"offset":5}`, ""},
		{"an unknown parameter", `{"ofset":5}`, "Bad Request: ofset: unknown"},
		{"a wrong type", `{"allowed_updates":"message"}`, "Bad Request: allowed_updates: is no Array of String"},
	} {
		if got := get(t, api, test.body); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	for i := range 150 {
		api.Queue(api.Text(17, strconv.Itoa(i)))
	}
	if got := strings.Fields(get(t, api, `{"limit":1000}`)); len(got) != 100 || api.Pending() != 150 {
		t.Errorf("%d of %d at once", len(got), api.Pending())
	}
	if got := get(t, api, `{"offset":155,"allowed_updates":["message"]}`); got != "" {
		t.Error(got)
	}
	api.Queue(map[string]any{"edited_message": map[string]any{}})
	api.Queue(api.Text(17, "e"))
	if got := get(t, api, `{}`); got != "155e" {
		t.Errorf("%q, want what is allowed", got)
	}
}

func TestOnePollerAtATimeAndNoneBesideAWebhook(t *testing.T) {
	api, _ := start(t)
	poll := func() chan string {
		answer := make(chan string, 1)
		go func() { answer <- get(t, api, `{"timeout":50}`) }()
		for !api.Held() {
			select {
			case a := <-answer:
				t.Fatalf("answered %q", a)
			default:
				runtime.Gosched()
			}
		}
		return answer
	}
	first := poll()
	second := make(chan string, 1)
	go func() { second <- get(t, api, `{"timeout":50}`) }()
	if got := <-first; !strings.HasPrefix(got, "Conflict: terminated by other getUpdates request") {
		t.Errorf("the first poll: %q", got)
	}
	api.Queue(api.Text(17, "a"))
	if got := <-second; got != "1a" {
		t.Errorf("the second poll: %q", got)
	}
	if got := get(t, api, `{"offset":2}`); got != "" {
		t.Error(got)
	}
	third := poll()
	hook := `{"url":"https://example.com/hook","secret_token":"s"}`
	if status, answer := post(t, api.URL, "setWebhook", hook); status != http.StatusOK {
		t.Fatal(answer)
	}
	if got := <-third; got != "Conflict: terminated by setWebhook request" {
		t.Errorf("the third poll: %q", got)
	}
	if got := get(t, api, `{}`); !strings.HasPrefix(got, "Conflict: can't use getUpdates method while webhook is active") {
		t.Errorf("beside a webhook: %q", got)
	}
	api.Queue(api.Text(17, "b"))
	if status, answer := post(t, api.URL, "deleteWebhook", `{}`); status != http.StatusOK || api.Pending() != 1 || api.Webhook().URL != "" {
		t.Errorf("%s, %d pending", answer, api.Pending())
	}
	if status, answer := post(t, api.URL, "deleteWebhook", `{"drop_pending_updates":true}`); status != http.StatusOK || api.Pending() != 0 {
		t.Errorf("%s, %d pending", answer, api.Pending())
	}
}

// A poll whose caller has gone is not held any longer.
func TestAPollEndsWithItsCaller(t *testing.T) {
	api, _ := start(t)
	ctx, cancel := context.WithCancel(t.Context())
	var gone sync.WaitGroup
	gone.Go(func() {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, api.URL+"/bot"+token+"/getUpdates", strings.NewReader(`{"timeout":50}`))
		if err != nil {
			t.Error(err)
			return
		}
		req.Header.Set("Content-Type", "application/json")
		if _, err := http.DefaultClient.Do(req); err == nil {
			t.Error("answered")
		}
	})
	for !api.Held() {
		runtime.Gosched()
	}
	cancel()
	gone.Wait()
	for deadline := time.Now().Add(30 * time.Second); (api.Held() || len(api.Calls()) == 0) && time.Now().Before(deadline); {
		runtime.Gosched() // its end is noted after it is held no longer
	}
	if calls := api.Calls(); api.Held() || len(calls) != 1 || calls[0].Code != 0 {
		t.Errorf("%+v", calls)
	}
}

// TestTheListenerConfirmsWhatIsStored is the network's listener against the stand-in: nothing that could not be stored is confirmed, and a
// webhook that comes in between is left again.
func TestTheListenerConfirmsWhatIsStored(t *testing.T) {
	api, _ := start(t)
	api.Register(telegramtest.Webhook{URL: "https://old.example.com/hook"})
	listener := open(t, api, `"mode": "poll"`).(provider.Listener)
	for i := range 250 {
		api.Queue(api.Text(17, strconv.Itoa(i)))
	}
	api.Fail(standin.Fault{Call: "getUpdates", DropAfter: true}, standin.Fault{Call: "getUpdates", Status: http.StatusBadGateway})
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	errStore := errors.New("no room")
	var cursor string
	var keys []string
	failures := 0
	store := func(_ context.Context, to string, heard ...provider.Heard) error {
		if pending := api.Pending(); len(heard) > 0 && pending < 250-len(keys) {
			t.Errorf("%d are stored, and only %d are not confirmed", len(keys), pending)
		}
		if len(keys) == 100 && failures == 0 {
			failures++
			api.Register(telegramtest.Webhook{URL: "https://other.example.com/hook"})
			return errStore
		}
		for _, h := range heard {
			keys = append(keys, h.Key)
		}
		if cursor = to; len(keys) >= 250 {
			stop()
		}
		return nil
	}
	var classes []string
	for range 10 {
		err := listener.Listen(ctx, cursor, store)
		if ctx.Err() != nil {
			if err != nil {
				t.Errorf("ended with %v", err)
			}
			break
		}
		classes = append(classes, fmt.Sprint(outcome.Classify(err).Class == result.Retry, errors.Is(err, errStore)))
	}
	var want []string
	for i := range 250 {
		want = append(want, strconv.Itoa(i+1))
	}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"true false", "true false", "true true"}, classes); diff != "" || cursor != "123456:251" {
		t.Errorf("cursor %s, failures: %s", cursor, diff)
	}
	if api.Webhook().URL != "" {
		t.Error("the webhook is still there")
	}
}
