package phone_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/services/egress/phone"
)

func call(body string) webhook.Call {
	return webhook.Call{Network: "phone", Channel: "c1", Method: http.MethodPost, Body: []byte(body), Header: http.Header{}}
}

var at = time.UnixMilli(1718000000123).UTC()

func TestReceiveReadsEveryContent(t *testing.T) {
	for name, c := range contents {
		got, err := phone.Network.Receive(call(`{"events":[{"id":"p-7","from":"ana","time":1718000000123,"message":` + c.wire + `}]}`))
		want := []provider.Event{{Key: "p-7", At: at, Contact: &messagev1.Contact{Address: "ana"}, Content: c.content}}
		if diff := cmp.Diff(want, got, protocmp.Transform()); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

func TestReceiveReadsABatch(t *testing.T) {
	got, err := phone.Network.Receive(call(`{"id":"c-1","events":[
		{"id":"p-7","from":"ana","name":"Ana","time":1718000000123,"message":{"type":"text","text":"hola"}},
		{"id":"p-6-sent","from":"ana","time":1718000000123,"receipt":{"message":"n-6","own_id":"m6-0","status":"sent"}},
		{"id":"p-6-delivered","from":"ana","time":1718000000123,"receipt":{"message":"n-6","own_id":"m6-0","status":"delivered"}},
		{"id":"p-6-read","from":"ana","time":1718000000123,"receipt":{"message":"n-6","status":"read"}},
		{"id":"p-5-failed","from":"ana","time":1718000000123,"receipt":{"message":"n-5","status":"failed","reason":"the phone is switched off"}},
		{"id":"p-8","from":"ana","time":1718000000123,"typing":true}
	]}`))
	ana := &messagev1.Contact{Address: "ana"}
	receipt := func(key string, r provider.Receipt) provider.Event {
		return provider.Event{Key: key, At: at, Contact: ana, Receipt: &r}
	}
	want := []provider.Event{
		{Key: "p-7", At: at, Contact: &messagev1.Contact{Address: "ana", Profile: &messagev1.Profile{FirstName: "Ana"}}, Content: provider.Text("hola")},
		receipt("p-6-sent", provider.Receipt{Ref: "n-6", OwnID: "m6-0", Status: eventv1.Status_STATUS_SENT}),
		receipt("p-6-delivered", provider.Receipt{Ref: "n-6", OwnID: "m6-0", Status: eventv1.Status_STATUS_DELIVERED}),
		receipt("p-6-read", provider.Receipt{Ref: "n-6", Status: eventv1.Status_STATUS_READ}),
		receipt("p-5-failed", provider.Receipt{Ref: "n-5", Status: eventv1.Status_STATUS_FAILED, Reason: "the phone is switched off"}),
		{Ignored: "neither message nor receipt"},
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestReceiveReadsABareEvent(t *testing.T) {
	got, err := phone.Network.Receive(call(`{"id":"p-7","from":"ana","time":1718000000123,"message":{"type":"text","text":"hola"}}`))
	if err != nil || len(got) != 1 || got[0].Key != "p-7" {
		t.Errorf("Receive = %+v, %v", got, err)
	}
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
		got, err := phone.Network.Receive(call(body))
		if err == nil {
			t.Errorf("%s: no error, events %+v", name, got)
		} else if strings.Contains(err.Error(), "private words") || strings.Contains(err.Error(), "12345678901") {
			t.Errorf("%s: the error quotes the call: %v", name, err)
		}
	}
}

func TestPolicyAdmitsOnlyTheSecret(t *testing.T) {
	policy := phone.Network.Webhook
	if err := policy.Validate(); err != nil {
		t.Fatal(err)
	}
	for token, want := range map[string]webhook.Cause{secret: webhook.Authentic, "": webhook.Unsigned, "other": webhook.Forged} {
		c := call(`{}`)
		if token != "" {
			c.Header.Set("X-Phone-Token", token)
		}
		if got := policy.Check(c, webhook.Secrets{"secret": {secret}}); got != want {
			t.Errorf("token %q: %q, want %q", token, got, want)
		}
	}
}

// FuzzReceive looks for a panic, and for events that the SDK cannot take.
func FuzzReceive(f *testing.F) {
	for _, c := range contents {
		f.Add([]byte(`{"events":[{"id":"p-7","from":"ana","time":1718000000123,"message":` + c.wire + `}]}`))
	}
	f.Add([]byte(`{"id":"p","from":"ana","receipt":{"message":"n","own_id":"m-0","status":"read"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		first, err := phone.Network.Receive(call(string(body)))
		if err != nil {
			return
		}
		second, _ := phone.Network.Receive(call(string(body)))
		if diff := cmp.Diff(first, second, protocmp.Transform()); diff != "" {
			t.Errorf("two readings differ:\n%s", diff)
		}
		for _, e := range first {
			set := 0
			for _, is := range []bool{e.Content != nil, e.Receipt != nil, e.Ignored != ""} {
				if is {
					set++
				}
			}
			if set != 1 || e.Ignored == "" && (e.Key == "" || e.Contact.GetAddress() == "") {
				data, _ := json.Marshal(e)
				t.Errorf("event = %s", data)
			}
		}
	})
}
