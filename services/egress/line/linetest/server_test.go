package linetest_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/provider/providertest/standin"

	"github.com/bonychat/puente/services/egress/line/internal/oracle"
	"github.com/bonychat/puente/services/egress/line/linetest"
)

const (
	token  = "access-token-1"
	secret = "channel-secret-1"
)

func start(t *testing.T) *linetest.Server {
	t.Helper()
	api := linetest.NewServer(token, secret)
	t.Cleanup(api.Close)
	return api
}

// post calls as anybody could.
func post(t *testing.T, api *linetest.Server, path, key, body string) (status int, answer string, header http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "POST", api.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.Header.Set("X-Line-Retry-Key", key)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, "", nil
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(data), resp.Header
}

const (
	push  = "/v2/bot/message/push"
	reply = "/v2/bot/message/reply"
	key   = "123e4567-e89b-12d3-a456-426614174000"
	hello = `"messages":[{"type":"text","text":"hola"}]`
)

func to(user string) string        { return `{"to":"` + user + `",` + hello + `}` }
func with(e linetest.Event) string { return `{"replyToken":"` + e.ReplyToken() + `",` + hello + `}` }

func TestAReplyTokenServesOnceAndForAWhile(t *testing.T) {
	api, user := start(t), linetest.User(1)
	e := api.Text(user, "hola")
	want := func(body string, status int) {
		t.Helper()
		if got, answer, _ := post(t, api, reply, "", body); got != status {
			t.Errorf("%d %s, want %d", got, answer, status)
		}
	}
	want(with(e), 200)
	want(with(e), 400)
	want(`{"replyToken":"made-up",`+hello+`}`, 400)
	spent := api.Text(user, "hola")
	api.Spend(spent.ReplyToken())
	want(with(spent), 400)
	late := api.Text(user, "hola")
	api.KeepTokens(0)
	want(with(late), 400)
	api.KeepTokens(time.Minute)
	want(with(late), 200)
	if sent := api.Messages(user); len(sent) != 2 || !sent[0].Reply || sent[0].Text != "hola" {
		t.Errorf("%+v", sent)
	}
}

func TestARetryKeyIsTakenOnce(t *testing.T) {
	api, user := start(t), linetest.User(1)
	if status, answer, _ := post(t, api, push, key, to(user)); status != 200 {
		t.Fatalf("%d %s", status, answer)
	}
	status, answer, header := post(t, api, push, key, to(user))
	if status != 409 || header.Get("X-Line-Accepted-Request-Id") == "" || !strings.Contains(answer, api.Messages(user)[0].ID) {
		t.Errorf("%d %s %v", status, answer, header)
	}
	if status, _, _ := post(t, api, push, "", to(user)); status != 200 {
		t.Errorf("%d without a key", status)
	}
	if status, _, _ := post(t, api, reply, key, with(api.Text(user, "a"))); status != 400 {
		t.Errorf("%d for a reply with a key", status)
	}
	if n := len(api.Messages(user)); n != 2 {
		t.Errorf("%d messages", n)
	}
	for _, c := range api.Calls() {
		method, path, _ := strings.Cut(c.Name, " ")
		if err := oracle.Messaging().Response(method, path, c.Status, []byte(c.Answer)); err != nil {
			t.Errorf("%s answers %s: %v", c.Name, c.Answer, err)
		}
	}
}

// What is refused is not kept, and its retry key is free.
func TestRefusals(t *testing.T) {
	user := linetest.User(1)
	for _, test := range []struct {
		name, body string
		set        func(api *linetest.Server)
		status     int
		want       string
	}{
		{"text without a text", `{"to":"` + user + `","messages":[{"type":"text"}]}`, nil, 400, "text"},
		{"text too long", `{"to":"` + user + `","messages":[{"type":"text","text":"` + strings.Repeat("😀", 2500) + `a"}]}`, nil, 400, "messages[0].text"},
		{"http", `{"to":"` + user + `","messages":[{"type":"image","originalContentUrl":"http://a","previewImageUrl":"https://b"}]}`, nil, 400, "originalContentUrl"},
		{"long label", `{"to":"` + user + `","messages":[{"type":"text","text":"a","quickReply":{"items":[{"type":"action","action":{"type":"message","label":"` + strings.Repeat("a", 21) + `","text":"a"}}]}}]}`, nil, 400, "label"},
		{"no length", `{"to":"` + user + `","messages":[{"type":"audio","originalContentUrl":"https://a","duration":0}]}`, nil, 400, "duration"},
		{"long title", `{"to":"` + user + `","messages":[{"type":"location","title":"` + strings.Repeat("a", 101) + `","address":"a","latitude":1,"longitude":1}]}`, nil, 400, "title"},
		{"a group", to("C" + user[1:]), nil, 400, "'to'"},
		{"unknown user", to(user), func(api *linetest.Server) { api.Forget(user, true) }, 400, "Failed to send messages"},
		{"used up", to(user), func(api *linetest.Server) { api.UseUp(true) }, 429, "monthly limit"},
		{"too fast", to(user), func(api *linetest.Server) { api.Limit(time.Hour) }, 429, "rate limit"},
		{"dead token", to(user), func(api *linetest.Server) { api.Revoke(true) }, 401, "Authentication"},
		{"new token", to(user), func(api *linetest.Server) { api.Renew("another") }, 401, "Authentication"},
		{"out of order", to(user), func(api *linetest.Server) { api.Fail(standin.Fault{Status: 503}) }, 503, ""},
		{"lost on its way", to(user), func(api *linetest.Server) { api.Fail(standin.Fault{DropBefore: true}) }, 0, ""},
		{"another's fault", to(user), func(api *linetest.Server) { api.Fail(standin.Fault{To: linetest.User(2), Status: 500}) }, 200, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			api := start(t)
			if test.set != nil {
				test.set(api)
			}
			status, answer, _ := post(t, api, push, key, test.body)
			if status != test.status || !strings.Contains(answer, test.want) {
				t.Errorf("%d %s, want %d %s", status, answer, test.status, test.want)
			}
			if kept := len(api.Messages(user)); kept != 0 && status != 200 {
				t.Errorf("%d messages", kept)
			}
			api.Renew(token)
			api.Limit(0)
			api.UseUp(false)
			api.Forget(user, false)
			if status == 200 {
				return
			}
			if status, answer, _ := post(t, api, push, key, to(user)); status != 200 {
				t.Errorf("afterwards %d %s", status, answer)
			}
		})
	}
}

func TestALostAnswerIsOfAMessageThatWasTaken(t *testing.T) {
	api, user := start(t), linetest.User(1)
	api.Fail(standin.Fault{DropAfter: true})
	if status, _, _ := post(t, api, push, key, to(user)); status != 0 {
		t.Errorf("answered %d", status)
	}
	if sent, err := api.Wait(t.Context(), user, 1); err != nil || len(sent) != 1 {
		t.Errorf("%v: %v", sent, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := api.Wait(ended, user, 2); err == nil {
		t.Error("waited for nothing without an error")
	}
}

func TestWhoBlockedTheAccountReceivesNothing(t *testing.T) {
	api, user := start(t), linetest.User(1)
	api.Block(user, true)
	if status, _, _ := post(t, api, push, key, to(user)); status != 200 || len(api.Messages(user)) != 0 {
		t.Errorf("%d, %v", status, api.Messages(user))
	}
}

// Calls are signed, are what LINE's description allows, and come again marked.
func TestDeliveries(t *testing.T) {
	api := start(t)
	if _, err := api.Deliver(t.Context()); err == nil {
		t.Error("delivered to nobody")
	}
	var bodies []string
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.Header.Get("X-Line-Signature") != api.Signature(body) {
			t.Error("not signed")
		}
		if err := oracle.Webhook().Request("POST", "/callback", r.Header, body); err != nil {
			t.Errorf("%v\n%s", err, body)
		}
		bodies = append(bodies, string(body))
		w.WriteHeader(http.StatusAccepted)
	}))
	defer hook.Close()
	api.Register(hook.URL)
	e, other := api.Text(linetest.User(1), "hola"), api.Message(linetest.User(2), map[string]any{"type": "file", "fileName": "a.pdf", "fileSize": 3})
	for _, deliver := range []func(context.Context, ...linetest.Event) (int, error){api.Deliver, api.Redeliver} {
		if status, err := deliver(t.Context(), e, other); status != http.StatusAccepted || err != nil {
			t.Errorf("%d: %v", status, err)
		}
	}
	if got := strings.Replace(bodies[1], `"isRedelivery":true`, `"isRedelivery":false`, 2); len(bodies) != 2 || got != bodies[0] {
		t.Errorf("not the same again:\n%s", strings.Join(bodies, "\n"))
	}
	if _, answer, _ := post(t, api, "/v2/bot/channel/webhook/test", "", `{}`); !strings.Contains(answer, `"statusCode":202`) || !strings.Contains(answer, "ERROR_STATUS_CODE") {
		t.Errorf("test: %s", answer)
	}
	if !slices.Contains(bodies, string(api.Body())) {
		t.Error("the test was no call without events")
	}
}
