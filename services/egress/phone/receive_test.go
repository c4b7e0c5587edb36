package phone_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/services/egress/phone"
)

func call(body string) webhook.Call {
	return webhook.Call{Network: "phone", Channel: "c1", Method: http.MethodPost, Body: []byte(body), Header: http.Header{}}
}

// What cannot be read says so, without what was in it, and the event before it is read.
func TestReceiveRefuses(t *testing.T) {
	event := func(s string) string {
		return `{"events":[{"id":"p-1","from":"ana","message":{"type":"text","text":"fine"}},` + s + `]}`
	}
	for name, body := range map[string]string{
		"nothing":            ``,
		"not JSON":           `{"events":`,
		"an array":           `[]`,
		"no id":              event(`{"from":"ana","message":{"type":"text","text":"private words"}}`),
		"no contact":         event(`{"id":"p","message":{"type":"text","text":"private words"}}`),
		"both":               event(`{"id":"p","from":"ana","message":{"type":"text","text":"a"},"receipt":{"message":"n","status":"read"}}`),
		"unknown type":       event(`{"id":"p","from":"ana","message":{"type":"private words"}}`),
		"empty text":         event(`{"id":"p","from":"ana","message":{"type":"text"}}`),
		"no url":             event(`{"id":"p","from":"ana","message":{"type":"attachment","attachment":{"type":"image"}}}`),
		"unknown attachment": event(`{"id":"p","from":"ana","message":{"type":"attachment","attachment":{"type":"hologram","url":"https://a.example"}}}`),
		"no longitude":       event(`{"id":"p","from":"ana","message":{"type":"location","latitude":1}}`),
		"no replies":         event(`{"id":"p","from":"ana","message":{"type":"quick_reply","title":"a"}}`),
		"unknown status":     event(`{"id":"p","from":"ana","receipt":{"message":"n","status":"private words"}}`),
		"nameless receipt":   event(`{"id":"p","from":"ana","receipt":{"status":"read"}}`),
		"text is a number":   event(`{"id":"p","from":"ana","message":{"type":"text","text":12345678901}}`),
	} {
		got, err := phone.Network.Receive(phone.Account{}, call(body))
		reason := ""
		switch {
		case err != nil && got == nil:
			reason = err.Error()
		case err == nil && len(got) == 2 && got[0].Content != nil:
			reason = got[1].Unreadable
		}
		if reason == "" {
			t.Errorf("%s: no reason, events %+v, %v", name, got, err)
		}
		if strings.Contains(reason, "private words") || strings.Contains(reason, "12345678901") {
			t.Errorf("%s: the reason quotes the call: %s", name, reason)
		}
	}
}
