package telegramtest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/pkg/provider/providertest/standin"

	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/telegram"
	"github.com/bonychat/puente/services/egress/telegram/telegramtest"
)

const token = "123456:test"

// start is a stand-in and a sender to it.
func start(t *testing.T) (*telegramtest.Server, provider.Sender) {
	t.Helper()
	api := telegramtest.NewServer(token)
	t.Cleanup(api.Close)
	return api, open(t, api, `"secret_token": "s3cret"`)
}

// open makes a sender with another setting.
func open(t *testing.T, api *telegramtest.Server, setting string) provider.Sender {
	t.Helper()
	account := fmt.Sprintf(`{"token": %q, %s, "api": %q}`, token, setting, api.URL)
	return sendertest.Open(t, telegram.Network, account, api.URL)
}

func message(chat int64, c *messagev1.Content) *messagev1.Message {
	return &messagev1.Message{Contact: &messagev1.Contact{Address: fmt.Sprint(chat)}, Content: c}
}

func text(chat int64, body string) *messagev1.Message { return message(chat, content.Text(body)) }

// post calls a method as anybody could.
func post(t *testing.T, url, method, body string) (status int, answer string) {
	t.Helper()
	resp, err := http.Post(url+"/bot"+token+"/"+method, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(data)
}

func TestMessagesAreKeptPerChatInOrder(t *testing.T) {
	api, sender := start(t)
	for i := range 3 {
		for _, chat := range []int64{17, 18} {
			got, err := sender.Send(t.Context(), text(chat, fmt.Sprint("n", i)))
			if want := fmt.Sprintf("%d:%d", chat, i+1); err != nil || got.Ref != want {
				t.Fatalf("ref %q, want %q: %v", got.Ref, want, err)
			}
		}
	}
	quick := &messagev1.Content{Kind: &messagev1.Content_QuickReply{QuickReply: &messagev1.QuickReply{Title: "¿?", Replies: []string{"sí", "no"}}}}
	for _, c := range []*messagev1.Content{quick, content.Location(40.5, -3.5, "")} {
		if _, err := sender.Send(t.Context(), message(17, c)); err != nil {
			t.Fatal(err)
		}
	}
	sent, err := api.Wait(t.Context(), 17, 5)
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range sent[:3] {
		if m.Text != fmt.Sprint("n", i) || m.ID != int64(i+1) {
			t.Errorf("message %d: %+v", i, m)
		}
	}
	if got := fmt.Sprint(sent[3].Text, sent[3].Keyboard); got != "¿?[[sí] [no]]" {
		t.Errorf("quick reply: %s", got)
	}
	if sent[4].Latitude != 40.5 || sent[4].Longitude != -3.5 {
		t.Errorf("location: %+v", sent[4])
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := api.Wait(ended, 17, 6); err == nil {
		t.Error("waited for nothing without an error")
	}
}

func TestCallsAreJudged(t *testing.T) {
	api, _ := start(t)
	for _, test := range []struct{ name, method, body, want string }{
		{"unknown parameter", "sendMessage", `{"chat_id":17,"text":"a","txt":"b"}`, "txt: unknown"},
		{"missing parameter", "sendLocation", `{"chat_id":17,"latitude":1}`, "longitude: is required"},
		{"no chat", "sendMessage", `{"text":"a"}`, "chat_id is empty"},
		{"wrong type", "sendLocation", `{"chat_id":17,"latitude":"x","longitude":1}`, "latitude: is no Float"},
		{"wrong nested type", "sendMessage", `{"chat_id":17,"text":"a","reply_markup":{"keyboard":["sí"]}}`, "reply_markup"},
		{"unknown nested field", "sendMessage", `{"chat_id":17,"text":"a","reply_markup":{"keyboard":[[{"text":"sí","txt":"x"}]]}}`, "txt: unknown"},
		{"empty text", "sendMessage", `{"chat_id":17,"text":" "}`, "message text is empty"},
		{"longest text", "sendMessage", `{"chat_id":17,"text":"` + strings.Repeat("😀", 2048) + `"}`, `"ok":true`},
		{"text too long", "sendMessage", `{"chat_id":17,"text":"` + strings.Repeat("😀", 2048) + `a"}`, "message is too long"},
		{"caption too long", "sendPhoto", `{"chat_id":17,"photo":"https://example.com/a.jpg","caption":"` + strings.Repeat("a", 1025) + `"}`, "caption is too long"},
		{"file inside", "sendPhoto", `{"chat_id":17,"photo":"http://127.0.0.1/a.jpg"}`, "failed to get HTTP URL content"},
		{"file outside", "sendPhoto", `{"chat_id":17,"photo":"https://example.com/a.jpg"}`, `"ok":true`},
		{"group", "sendMessage", `{"chat_id":-17,"text":"a"}`, "chat not found"},
		{"unknown method", "sendTelegram", `{}`, "method not found"},
		{"no JSON", "sendMessage", `chat_id=17`, "can't parse"},
		{"webhook without TLS", "setWebhook", `{"url":"http://example.com"}`, "HTTPS URL must be provided"},
		{"webhook with a bad secret", "setWebhook", `{"url":"https://example.com","secret_token":"a b"}`, "unallowed characters"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if status, answer := post(t, api.URL, test.method, test.body); !strings.Contains(answer, test.want) {
				t.Errorf("%d %s, want %s", status, answer, test.want)
			}
		})
	}
	if calls := api.Calls(); len(calls) != 17 || calls[1].Method != "sendLocation" || calls[1].Code != 400 || calls[1].Chat != 17 {
		t.Errorf("%d calls, the second %+v", len(calls), calls[1])
	}
}

func TestFaults(t *testing.T) {
	api, sender := start(t)
	for _, test := range []struct {
		name  string
		arm   func()
		class result.Class
		taken int
	}{
		{"flood", func() { api.Flood(17, time.Hour) }, result.Waiting, 0},
		{"block", func() { api.Flood(17, 0); api.Block(17, true) }, result.Rejected, 0},
		{"unknown contact", func() { api.Block(17, false); api.Forget(17, true) }, result.Rejected, 0},
		{"revoked token", func() { api.Forget(17, false); api.Revoke(true) }, result.Suspended, 0},
		{"server error", func() { api.Revoke(false); api.Fail(standin.Fault{Status: 502}) }, result.Retry, 0},
		{"dropped before", func() { api.Fail(standin.Fault{To: "17", DropBefore: true}) }, result.Uncertain, 0},
		{"dropped after", func() { api.Fail(standin.Fault{To: "17", DropAfter: true}) }, result.Uncertain, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := len(api.Messages(17))
			test.arm()
			_, err := sender.Send(t.Context(), text(17, "hola"))
			if err == nil || outcome.Classify(err).Class != test.class {
				t.Errorf("error %v, want class %v", err, test.class)
			}
			if got := len(api.Messages(17)) - before; got != test.taken {
				t.Errorf("%d messages were taken, want %d", got, test.taken)
			}
		})
	}
	api.Fail(standin.Fault{To: "99", Status: 500})
	if _, err := sender.Send(t.Context(), text(17, "hola")); err != nil {
		t.Errorf("a fault of another chat: %v", err)
	}
	api.Fail(standin.Fault{Slow: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := sender.Send(ctx, text(17, "hola")); err == nil || outcome.Classify(err).Class != result.Uncertain {
		t.Errorf("slow: %v", err)
	}
	for path, want := range map[string]int{"/bot1:other/getMe": 401, "/botother/getMe": 404, "/getMe": 404, "/file/bot1:other/x": 401} {
		resp, err := http.Get(api.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, resp.StatusCode, want)
		}
	}
}

func TestFiles(t *testing.T) {
	api, sender := start(t)
	api.AddFile("f1", telegramtest.File{Data: []byte("%PDF"), Path: "documents/a b.pdf"})
	api.AddFile("big", telegramtest.File{Size: 21 << 20})
	file, err := sender.(provider.Fetcher).Fetch(t.Context(), &messagev1.Attachment{Handle: "f1"})
	if err != nil {
		t.Fatal(err)
	}
	defer file.Body.Close()
	if data, err := io.ReadAll(file.Body); err != nil || string(data) != "%PDF" {
		t.Errorf("%q: %v", data, err)
	}
	for _, handle := range []string{"big", "none"} {
		if _, err := sender.(provider.Fetcher).Fetch(t.Context(), &messagev1.Attachment{Handle: handle}); err == nil ||
			outcome.Classify(err).Class != result.Rejected {
			t.Errorf("%s: %v", handle, err)
		}
	}
}

func TestURLsAreFetchedWhereWanted(t *testing.T) {
	api, sender := start(t)
	files := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("x")) }))
	defer files.Close()
	api.FetchURLs(true)
	photo := &messagev1.Attachment{Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, Url: files.URL + "/a.jpg"}
	if _, err := sender.Send(t.Context(), message(17, content.Attachment(photo))); err != nil {
		t.Fatal(err)
	}
	if m := api.Messages(17)[0]; m.URL != photo.GetUrl() || m.Upload != nil {
		t.Errorf("%+v", m)
	}
}
