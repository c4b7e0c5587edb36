package twilio_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/services/egress/twilio"
	"github.com/bonychat/puente/services/egress/twilio/internal/oracle"
)

// The oracle finds fault with what is wrong.
func TestTheOracleRefuses(t *testing.T) {
	const messages = "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json"
	for name, test := range map[string]struct{ method, target, body string }{
		"no contact":             {"POST", messages, `{"From": "+34911000111", "Body": "x"}`},
		"unknown parameter":      {"POST", messages, `{"To": "+34600111222", "Text": "x"}`},
		"no Messaging Service":   {"POST", messages, `{"To": "+34600111222", "MessagingServiceSid": "MG1"}`},
		"another account's SID":  {"POST", strings.Replace(messages, "AC", "XX", 1), `{"To": "+34600111222"}`},
		"another method":         {"PUT", messages, `{"To": "+34600111222"}`},
		"another resource":       {"POST", strings.Replace(messages, "Messages", "Calls", 1), `{"To": "+34600111222"}`},
		"unknown query":          {"GET", strings.Replace(messages, "Messages", "IncomingPhoneNumbers", 1) + "?Phone=%2B34", ``},
		"two values of a single": {"POST", messages, `{"To": "+34600111222", "MessagingServiceSid": ["MG0123456789abcdef0123456789abcdef", "x"]}`},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := oracle.Form(test.method, test.target, []byte(test.body))
			if err != nil {
				t.Fatal(err)
			}
			if err := oracle.New().Request(t.Context(), r); err == nil {
				t.Error("admitted")
			}
		})
	}
}

// Every sample answer of the vendor's is read: its SID is the ref, but where it says that the message failed.
func TestTheVendorsAnswersAreRead(t *testing.T) {
	samples, err := oracle.New().Samples("POST", "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json")
	if err != nil || len(samples) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	for name, sample := range samples {
		t.Run(name, func(t *testing.T) {
			var want struct{ Sid, Status string }
			if err := json.Unmarshal(sample, &want); err != nil {
				t.Fatal(err)
			}
			far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusCreated)
				_, _ = w.Write(sample)
			}))
			defer far.Close()
			sent, err := open(t, account(far.URL, "+34911000111"), far.URL).Send(t.Context(), text("+34600111222", "hola"))
			if err != nil || sent.Ref != want.Sid {
				t.Errorf("status %s: ref %q, want %q: %v", want.Status, sent.Ref, want.Sid, err)
			}
		})
	}
}

// Every status of the vendor's list is a receipt, but those of incoming messages.
func TestEveryStatusHasAMeaning(t *testing.T) {
	all := oracle.New().Enum("message_enum_status")
	if len(all) == 0 {
		t.Fatal("no statuses")
	}
	for _, status := range all {
		call := webhook.Call{Method: "POST", Body: []byte("MessageSid=SM1&MessageStatus=" + status)}
		events, err := sendertest.Receive(twilio.Network, []byte("{}"), call)
		if err != nil || len(events) != 1 {
			t.Errorf("%s: %v, %v", status, events, err)
			continue
		}
		incoming := slices.Contains([]string{"receiving", "received"}, status)
		if incoming != (events[0].Receipt == nil) || events[0].Ignored == "unknown status" {
			t.Errorf("%s: %+v", status, events[0])
		}
	}
}

func TestTheDescriptionSaysWhereItIsFrom(t *testing.T) {
	data, err := os.ReadFile("testdata/README.md")
	if err != nil || !strings.Contains(string(data), "d50069b44ea8cd23141385bdb6db48f16ff75bb5") {
		t.Errorf("README.md names no commit: %v", err)
	}
}

func text(to, body string) *messagev1.Message {
	return message(to, content.Text(body))
}

func message(to string, c *messagev1.Content) *messagev1.Message {
	return &messagev1.Message{
		Id: "0197c3d40a1b7c2d8e3f4a5b6c7d8e9f", Network: "twilio", Channel: "channel", Contact: &messagev1.Contact{Address: to},
		Direction: messagev1.Direction_DIRECTION_OUTBOUND, Content: c,
	}
}
