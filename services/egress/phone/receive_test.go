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
		if err == nil {
			t.Errorf("%s: no error, events %+v", name, got)
		} else if strings.Contains(err.Error(), "private words") || strings.Contains(err.Error(), "12345678901") {
			t.Errorf("%s: the error quotes the call: %v", name, err)
		}
	}
}
