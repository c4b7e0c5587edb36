package oracle_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bonychat/puente/services/egress/line/internal/oracle"
)

var asJSON = http.Header{"Content-Type": {"application/json"}}

func TestMessagesAreJudgedByTheirType(t *testing.T) {
	spec := oracle.Messaging()
	to := "U4af4980629a1b2c3d4e5f60718293a4b"
	five := strings.Repeat(`{"type":"text","text":"a"},`, 5)
	for _, test := range []struct {
		name, messages string
		valid          bool
	}{
		{"text", `{"type":"text","text":"a"}`, true},
		{"text without a text", `{"type":"text"}`, false},
		{"text that is a number", `{"type":"text","text":1}`, false},
		{"text with another's property", `{"type":"text","text":"a","duration":1}`, false},
		{"misspelt property", `{"type":"text","text":"a","quickreply":{}}`, false},
		{"no type", `{"text":"a"}`, false},
		{"unknown type", `{"type":"file","url":"https://example.com"}`, false},
		{"image", `{"type":"image","originalContentUrl":"https://a","previewImageUrl":"https://b"}`, true},
		{"image without a preview", `{"type":"image","originalContentUrl":"https://a"}`, false},
		{"audio", `{"type":"audio","originalContentUrl":"https://a","duration":1000}`, true},
		{"audio without a length", `{"type":"audio","originalContentUrl":"https://a"}`, false},
		{"audio of a fraction", `{"type":"audio","originalContentUrl":"https://a","duration":1.5}`, false},
		{"location without a title", `{"type":"location","address":"a","latitude":1,"longitude":2}`, false},
		{"buttons", `{"type":"text","text":"a","quickReply":{"items":[{"type":"action","action":{"type":"message","label":"a","text":"a"}}]}}`, true},
		{"button of an unknown kind", `{"type":"text","text":"a","quickReply":{"items":[{"type":"action","action":{"type":"msg","label":"a","text":"a"}}]}}`, false},
		{"button with a wrong text", `{"type":"text","text":"a","quickReply":{"items":[{"type":"action","action":{"type":"message","label":"a","text":7}}]}}`, false},
		{"fourteen buttons", `{"type":"text","text":"a","quickReply":{"items":[` + strings.Repeat(`{},`, 13) + `{}]}}`, false},
		{"five messages", strings.TrimSuffix(five, ","), true},
		{"six messages", five + `{"type":"text","text":"a"}`, false},
		{"no message", ``, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			body := `{"to":"` + to + `","messages":[` + test.messages + `]}`
			if err := spec.Request("POST", "/v2/bot/message/push", asJSON, []byte(body)); (err == nil) != test.valid {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestCallsAreJudged(t *testing.T) {
	spec := oracle.Messaging()
	message := `"messages":[{"type":"text","text":"a"}]`
	key := func(value string) http.Header {
		return http.Header{"Content-Type": {"application/json"}, "X-Line-Retry-Key": {value}}
	}
	for _, test := range []struct {
		name, method, path string
		header             http.Header
		body               string
		valid              bool
	}{
		{"push", "POST", "/v2/bot/message/push", key("123e4567-e89b-12d3-a456-426614174000"), `{"to":"U",` + message + `}`, true},
		{"push without to", "POST", "/v2/bot/message/push", asJSON, `{` + message + `}`, false},
		{"a key that is no UUID", "POST", "/v2/bot/message/push", key("m-1"), `{"to":"U",` + message + `}`, false},
		{"a UUID in another form", "POST", "/v2/bot/message/push", key("123e4567e89b12d3a456426614174000"), `{"to":"U",` + message + `}`, false},
		{"reply", "POST", "/v2/bot/message/reply", asJSON, `{"replyToken":"a",` + message + `}`, true},
		{"reply with a retry key", "POST", "/v2/bot/message/reply", key("123e4567-e89b-12d3-a456-426614174000"), `{"replyToken":"a",` + message + `}`, false},
		{"a form", "POST", "/v2/bot/message/reply", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, `replyToken=a`, false},
		{"no JSON", "POST", "/v2/bot/message/reply", asJSON, `{`, false},
		{"info", "GET", "/v2/bot/info", http.Header{}, ``, true},
		{"info with a body", "GET", "/v2/bot/info", asJSON, `{}`, false},
		{"content", "GET", "/v2/bot/message/461230966842064897/content", http.Header{}, ``, true},
		{"content of nothing", "GET", "/v2/bot/message//content", http.Header{}, ``, false},
		{"another method", "PUT", "/v2/bot/message/push", asJSON, `{}`, false},
		{"an unknown call", "POST", "/v2/bot/message/broadcast", asJSON, `{}`, false},
		{"webhook address too long", "PUT", "/v2/bot/channel/webhook/endpoint", asJSON, `{"endpoint":"https://` + strings.Repeat("a", 500) + `"}`, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := spec.Request(test.method, test.path, test.header, []byte(test.body)); (err == nil) != test.valid {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestEventsAreJudgedByTheirType(t *testing.T) {
	spec := oracle.Webhook()
	event := func(more string) string {
		return `{"destination":"U4af4980629a1b2c3d4e5f60718293a4b","events":[{"mode":"active","timestamp":1,"webhookEventId":"a","deliveryContext":{"isRedelivery":false}` + more + `}]}`
	}
	for _, test := range []struct {
		name, body string
		valid      bool
	}{
		{"no event", `{"destination":"U4af4980629a1b2c3d4e5f60718293a4b","events":[]}`, true},
		{"no events", `{"destination":"U4af4980629a1b2c3d4e5f60718293a4b"}`, false},
		{"text", event(`,"type":"message","source":{"type":"user","userId":"U"},"message":{"type":"text","id":"1","text":"a","quoteToken":"q"}`), true},
		{"what is new", event(`,"type":"unfollow","news":1`), true},
		{"text without a text", event(`,"type":"message","message":{"type":"text","id":"1","quoteToken":"q"}`), false},
		{"message of no kind", event(`,"type":"message","message":{"id":"1"}`), false},
		{"group without an id", event(`,"type":"unfollow","source":{"type":"group"}`), false},
		{"unsend of nothing", event(`,"type":"unsend","unsend":{}`), false},
		{"unknown event", event(`,"type":"wave"`), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := spec.Request("POST", "/callback", asJSON, []byte(test.body)); (err == nil) != test.valid {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestAnswersAreJudged(t *testing.T) {
	spec := oracle.Messaging()
	for _, test := range []struct {
		status int
		body   string
		valid  bool
	}{
		{200, `{"sentMessages":[{"id":"1"}]}`, true},
		{200, `{"sentMessages":[{}]}`, false},
		{200, `{}`, false},
		{409, `{"message":"The retry key is already accepted","sentMessages":[{"id":"1"}]}`, true},
		{400, `{"details":[]}`, false},
		{418, `{}`, false},
	} {
		if err := spec.Response("POST", "/v2/bot/message/push", test.status, []byte(test.body)); (err == nil) != test.valid {
			t.Errorf("%d %s: %v", test.status, test.body, err)
		}
	}
}
