package twiliotest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
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
	"github.com/bonychat/puente/services/egress/twilio"
	"github.com/bonychat/puente/services/egress/twilio/internal/oracle"
	"github.com/bonychat/puente/services/egress/twilio/twiliotest"
)

const (
	accountSid = "AC0123456789abcdef0123456789abcdef"
	token      = "an-auth-token-of-twilio"
	number     = "+34911000111"
	ana        = "+34600111222"
)

// start starts a stand-in and opens a sender to it.
func start(t *testing.T, from string) (*twiliotest.Server, provider.Sender) {
	t.Helper()
	api := twiliotest.NewServer(accountSid, token, number)
	t.Cleanup(api.Close)
	return api, open(t, api, from)
}

// open opens a sender that may reach the stand-in, and these addresses.
func open(t *testing.T, api *twiliotest.Server, from string, configured ...string) provider.Sender {
	t.Helper()
	account := fmt.Sprintf(`{"account_sid": %q, "auth_token": %q, "from": %q, "api": %q}`, accountSid, token, from, api.URL)
	return sendertest.Open(t, twilio.Network, account, append(configured, api.URL)...)
}

func message(to string, c *messagev1.Content) *messagev1.Message {
	return &messagev1.Message{Id: "0197c3d40a1b7c2d8e3f4a5b6c7d8e9f", Contact: &messagev1.Contact{Address: to}, Content: c}
}

func text(to, body string) *messagev1.Message { return message(to, content.Text(body)) }

func TestMessagesAreKept(t *testing.T) {
	for from, test := range map[string]struct{ channel, picture string }{
		number:                               {"", "https://example.com/a.jpg"},
		"whatsapp:" + number:                 {"whatsapp", "https://example.com/a.jpg"},
		"MG0123456789abcdef0123456789abcdef": {"", "https://example.com/a.jpg"},
		"Mi Tienda":                          {"", ""},
	} {
		t.Run(from, func(t *testing.T) {
			api, sender := start(t, from)
			picture := content.Attachment(&messagev1.Attachment{Kind: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE, Url: "https://example.com/a.jpg"})
			for i, m := range []*messagev1.Message{text(ana, "hola"), message(ana, picture), message(ana, content.Location(40.4, -3.7, "Aquí"))} {
				if sent, err := sender.Send(t.Context(), m); err != nil || sent.Ref != api.Messages(ana)[i].Sid {
					t.Fatalf("message %d: %+v, %v", i, sent, err)
				}
			}
			got, err := api.Wait(t.Context(), ana, 3)
			if err != nil {
				t.Fatal(err)
			}
			if m := got[0]; m.Body != "hola" || m.From != from || m.Channel != test.channel || !strings.HasSuffix(m.StatusCallback, "?id=0197c3d40a1b7c2d8e3f4a5b6c7d8e9f-0#rc=5&rp=all") {
				t.Errorf("%+v", m)
			}
			if got[1].MediaURL != test.picture || strings.HasPrefix(got[2].Place, "geo:40.4,-3.7") != (test.channel == "whatsapp") {
				t.Errorf("%+v, %+v", got[1], got[2])
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	long := strings.Repeat("á", 1601)
	for name, test := range map[string]struct {
		from string
		m    *messagev1.Message
		code int
	}{
		"no such contact":       {number, text("+34", "x"), 21211},
		"no such sender":        {"+34911999999", text(ana, "x"), 21659},
		"no such channel":       {"whatsapp:+34911999999", text(ana, "x"), 63007},
		"empty text":            {number, text(ana, " "), 21619},
		"text too long":         {number, text(ana, long), 21617},
		"opted out":             {number, text("+34600999999", "x"), 21610},
		"file without a scheme": {number, message(ana, content.Attachment(&messagev1.Attachment{Kind: 1, Url: "a.jpg"})), 21620},
	} {
		t.Run(name, func(t *testing.T) {
			api, sender := start(t, test.from)
			api.OptOut("+34600999999", true)
			_, err := sender.Send(t.Context(), test.m)
			if err == nil || outcome.Classify(err).Class != result.Rejected {
				t.Errorf("error %v", err)
			}
			if calls := api.Calls(); len(calls) != 1 || calls[0].Code != test.code || calls[0].Status != 400 {
				t.Errorf("calls %+v, want code %d", calls, test.code)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	api, sender := start(t, number)
	for _, test := range []struct {
		name  string
		arm   func()
		class result.Class
		scope result.Scope
		taken int
	}{
		{"too many requests", func() { api.Limit(time.Hour) }, result.Waiting, outcome.Account, 0},
		{"queue full", func() { api.Limit(0); api.Fill(time.Hour) }, result.Waiting, outcome.Channel, 0},
		{"opted out", func() { api.Fill(0); api.OptOut(ana, true) }, result.Rejected, 0, 0},
		{"revoked token", func() { api.OptOut(ana, false); api.Revoke(true) }, result.Suspended, 0, 0},
		{"another token", func() { api.Renew("other") }, result.Suspended, 0, 0},
		{"server error", func() { api.Renew(token); api.Fail(standin.Fault{Status: 503}) }, result.Retry, 0, 0},
		{"dropped before", func() { api.Fail(standin.Fault{To: ana, DropBefore: true}) }, result.Uncertain, 0, 0},
		{"dropped after", func() { api.Fail(standin.Fault{To: ana, DropAfter: true}) }, result.Uncertain, 0, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := len(api.Messages(ana))
			test.arm()
			_, err := sender.Send(t.Context(), text(ana, "hola"))
			f := outcome.Classify(err)
			if f == nil || f.Class != test.class || f.Class == result.Waiting && f.Scope != test.scope {
				t.Errorf("error %v, want class %v for %v", err, test.class, test.scope)
			}
			if got := len(api.Messages(ana)) - before; got != test.taken {
				t.Errorf("%d messages were taken, want %d", got, test.taken)
			}
		})
	}
	api.Fail(standin.Fault{To: "+34600999999", Status: 500})
	if _, err := sender.Send(t.Context(), text(ana, "hola")); err != nil {
		t.Errorf("a fault of another contact: %v", err)
	}
	api.Fail(standin.Fault{To: ana, Slow: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := sender.Send(ctx, text(ana, "hola")); err == nil || outcome.Classify(err).Class != result.Uncertain {
		t.Errorf("slow: %v", err)
	}
}

func TestSetupAndCheck(t *testing.T) {
	api, sender := start(t, number)
	if err := sender.(provider.Checker).Check(t.Context()); err != nil {
		t.Error(err)
	}
	const hook = "https://bridge.example.com/webhooks/twilio/k7"
	for range 2 {
		if todo, err := sender.(provider.Setter).Setup(t.Context(), hook); err != nil || todo != "" {
			t.Errorf("todo %q: %v", todo, err)
		}
	}
	if n := api.Number(number); n.SmsURL != hook+"#rc=5&rp=all" || n.SmsMethod != "POST" {
		t.Errorf("%+v", n)
	}
	if calls := api.Calls(); len(calls) != 1+2+1 {
		t.Errorf("%d calls: %+v", len(calls), calls)
	}
	api.SetNumber(twiliotest.Number{PhoneNumber: number, Application: "AP1"})
	if todo, err := sender.(provider.Setter).Setup(t.Context(), hook); err != nil || !strings.Contains(todo, "TwiML app") {
		t.Errorf("todo %q: %v", todo, err)
	}
	api.Revoke(true)
	if err := sender.(provider.Checker).Check(t.Context()); err == nil || outcome.Classify(err).Class != result.Suspended {
		t.Errorf("revoked: %v", err)
	}
}

func TestFormsAreJudged(t *testing.T) {
	api, _ := start(t, number)
	client := sendertest.NewClient(api.URL)
	defer client.Close()
	header := map[string][]string{"Authorization": {"Basic QUMwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjphbi1hdXRoLXRva2VuLW9mLXR3aWxpbw=="}}
	for path, form := range map[string]url.Values{
		"/Messages.json": {"To": {ana}, "From": {number}, "Body": {"x"}, "Text": {"x"}},
		"/Calls.json":    {"To": {ana}},
	} {
		resp, err := client.Form(t.Context(), api.URL+"/2010-04-01/Accounts/"+accountSid+path, header, form)
		if err != nil || resp.OK() || resp.Status == 401 {
			t.Errorf("%s: %+v, %v", path, resp, err)
		}
	}
}

// What the stand-in answers is what the vendor's description says.
func TestAnswersAreThoseOfTheAPI(t *testing.T) {
	api, _ := start(t, number)
	o := oracle.New()
	const account = "/2010-04-01/Accounts/" + accountSid
	for _, call := range []struct{ method, target, form string }{
		{"POST", account + "/Messages.json", `{"To": "+34600111222", "From": "+34911000111", "Body": "x"}`},
		{"POST", account + "/Messages.json", `{"To": "+34600111222", "MessagingServiceSid": "MG0123456789abcdef0123456789abcdef", "Body": "x"}`},
		{"GET", account + ".json", ""},
		{"GET", account + "/IncomingPhoneNumbers.json?PhoneNumber=%2B34911000111", ""},
		{"POST", account + "/IncomingPhoneNumbers/" + api.Number(number).Sid + ".json", `{"SmsUrl": "https://bridge.example.com/x"}`},
	} {
		described, err := oracle.Form(call.method, call.target, []byte(call.form))
		if err != nil {
			t.Fatal(err)
		}
		r := described.Clone(t.Context())
		r.URL.Scheme, r.URL.Host, r.Host = "http", strings.TrimPrefix(api.URL, "http://"), ""
		r.SetBasicAuth(accountSid, token)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err == nil {
			err = o.Answer(t.Context(), described, resp.StatusCode, body)
		}
		if err != nil {
			t.Errorf("%s %s: %d: %v", call.method, call.target, resp.StatusCode, err)
		}
	}
}
