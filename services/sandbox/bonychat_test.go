package sandbox_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/services/sandbox/chat"
)

func TestWebhookRefusesByToken(t *testing.T) {
	r := start(t)
	good := postBody("c1", "ana", messageEvent("x1", "hola"))
	for name, c := range map[string]struct{ header, body string }{
		"no token":                  {"", good},
		"wrong token":               {"Bearer other", good},
		"no scheme":                 {token, good},
		"another scheme":            {"Basic " + token, good},
		"wrong token, body a break": {"Bearer other", `{`},
		"another channel's token":   {"Bearer token-2", postBody("c1", "+34600111222", messageEvent("x1", "hola"))},
	} {
		var got refusal
		if status := r.call(http.MethodPost, "/sandbox/bonychat/webhook", c.body, &got, "Authorization", c.header, "Content-Type", "application/json"); status != http.StatusUnauthorized {
			t.Errorf("%s = %d, want 401", name, status)
		}
	}
	if list := r.list("agent", "c1", "ana"); len(list) != 0 {
		t.Errorf("shown: %+v", list)
	}
}

func TestWebhookListsBreaks(t *testing.T) {
	r := start(t)
	var got refusal
	status := r.post(token, `{"channelId":"c1","contactId":"a.b","events":[{"type":"message","mId":"x1","timestamp":1718000000,"message":{"type":"text","text":""}}]}`, &got)
	want := []string{"contactId", "events[0].timestamp", "events[0].message.text"}
	if status != http.StatusBadRequest || len(got.Error.Breaks) != len(want) {
		t.Fatalf("answer = %d %q", status, got.Error.Breaks)
	}
	for _, field := range want {
		if !strings.Contains(strings.Join(got.Error.Breaks, "\n"), field+":") {
			t.Errorf("breaks %q do not name %s", got.Error.Breaks, field)
		}
	}
	if w := r.warnings(); len(w) != 1 || !strings.HasPrefix(w[0], "rejected: 400") {
		t.Errorf("warnings = %v", w)
	}
	if status := r.call(http.MethodPost, "/sandbox/bonychat/webhook", postBody("c1", "ana", messageEvent("x1", "hola")), nil, "Authorization", "Bearer "+token, "Content-Type", "text/plain"); status != http.StatusBadRequest {
		t.Errorf("content type text/plain = %d, want 400", status)
	}
	if status := r.post(token, `"`+strings.Repeat("a", 5<<20)+`"`, nil); status != http.StatusRequestEntityTooLarge {
		t.Errorf("5 MB = %d, want 413", status)
	}
}

// The contract's own samples of bad calls are all refused.
func TestWebhookKeepsTheContract(t *testing.T) {
	r := start(t)
	files, err := filepath.Glob("../../pkg/customchannel/testdata/bad/*.json")
	if err != nil || len(files) == 0 {
		t.Skip("no samples beside this module")
	}
	for _, name := range files {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		base := filepath.Base(name)
		if strings.HasPrefix(base, "out_") || strings.HasPrefix(base, "resp_") {
			continue
		}
		bearer := "token-2" // ids of the samples are phone numbers
		if strings.Contains(base, "custom") {
			bearer = token
		}
		if status := r.post(bearer, string(body), nil); status != http.StatusBadRequest && status != http.StatusUnauthorized {
			t.Errorf("%s = %d, want it refused", base, status)
		}
	}
}

func TestWebhookShowsWhatIsOdd(t *testing.T) {
	r := start(t)
	r.gateway.instead(func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
		_, _ = w.Write([]byte(`{"mId":"m1"}`))
		return true
	})
	r.send("agent", "ana", "hola")
	for _, events := range [][]string{
		{messageEvent("x1", "one"), messageEvent("x2", "two"), statusEvent("m1", "sent"), statusEvent("m1", "read")},
		{messageEvent("x1", "one")},
		{messageEvent("x1", "changed")},
		{messageEvent("m1", "hola")},
		{statusEvent("m1", "delivered")},
		{statusEvent("m1", "read")},
		{statusEvent("m1", "failed")},
		{statusEvent("x2", "read")},
		{statusEvent("nobody", "sent")},
	} {
		if status := r.post(token, postBody("c1", "ana", events...), nil); status != http.StatusOK {
			t.Errorf("%v = %d, want 200", events, status)
		}
	}
	got := map[string][]string{}
	var order []string
	for _, e := range r.list("agent", "c1", "ana") {
		got[e.MID] = e.Warnings
		order = append(order, e.MID)
	}
	if want := []string{"m1", "x1", "x2"}; !cmp.Equal(order, want) {
		t.Errorf("order = %v, want %v", order, want)
	}
	want := map[string][]string{
		"m1": {"echo", "backwards: delivered after read", "repeated: read", "backwards: failed after read"},
		"x1": {"doubled", "changed"},
		"x2": {"foreign: read"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if w := r.warnings(); len(w) != 1 || w[0] != "unknown: sent, mId nobody" {
		t.Errorf("warnings = %v", w)
	}
}

func TestWebhookMovesTicks(t *testing.T) {
	r := start(t)
	r.gateway.instead(func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
		_, _ = w.Write([]byte(`{"mId":"m1"}`))
		return true
	})
	r.send("agent", "ana", "hola")
	for _, c := range []struct {
		status string
		want   chat.Status
	}{{"sent", chat.Sent}, {"failed", chat.Failed}, {"sent", chat.Sent}, {"delivered", chat.Delivered}, {"read", chat.Read}} {
		r.post(token, postBody("c1", "ana", statusEvent("m1", c.status)), nil)
		e := r.list("agent", "c1", "ana")[0]
		if e.Status != c.want || len(e.Warnings) > 0 || e.Reason != "why" {
			t.Errorf("after %s: %s %q %v", c.status, e.Status, e.Reason, e.Warnings)
		}
	}
	echo := `{"type":"message_echo","mId":"e1","timestamp":1718000000123,"message":{"type":"text","text":"from elsewhere"}}`
	r.post(token, postBody("c1", "ana", echo), nil)
	if e := r.list("agent", "c1", "ana")[1]; !e.Echo || e.Direction != chat.Out {
		t.Errorf("echo = %+v", e)
	}
}

func TestReceiptThatOvertakesTheAnswer(t *testing.T) {
	r := start(t)
	r.gateway.instead(func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
		for _, events := range []string{statusEvent("m1", "sent"), statusEvent("m1", "delivered"), statusEvent("other", "sent")} {
			if status := r.post(token, postBody("c1", "ana", events), nil); status != http.StatusOK {
				t.Errorf("receipt = %d", status)
			}
		}
		_, _ = w.Write([]byte(`{"mId":"m1"}`))
		return true
	})
	r.send("agent", "ana", "hola")
	// the answer has been shown, its early receipts may come a moment later
	eventually(t, "it is delivered", func() bool { return r.list("agent", "c1", "ana")[0].Status == chat.Delivered })
	if e := r.list("agent", "c1", "ana")[0]; !cmp.Equal(e.Warnings, []string{"early: sent", "early: delivered"}) {
		t.Errorf("warnings = %v", e.Warnings)
	}
	eventually(t, "the other is unknown", func() bool { return cmp.Equal(r.warnings(), []string{"unknown: sent, mId other"}) })
}
