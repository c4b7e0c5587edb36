package twilio_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/twilio"
	"github.com/bonychat/puente/services/egress/twilio/twiliotest"
)

const hook = "https://bridge.example.com/webhooks/twilio/k7m2"

// formCall is a call as ingress sees it, signed over another URL where signed is not its own.
func formCall(address, signed, token string, form url.Values) webhook.Call {
	_, query, _ := strings.Cut(address, "?")
	return webhook.Call{
		Network: "twilio", Channel: "k7m2", Method: "POST", URL: address, Query: query, Body: []byte(form.Encode()),
		Header: http.Header{
			"Content-Type":       {"application/x-www-form-urlencoded; charset=UTF-8"},
			"X-Twilio-Signature": {twiliotest.Sign(token, signed, form)},
		},
	}
}

func jsonCall(address, token, body string) webhook.Call {
	sum := sha256.Sum256([]byte(body))
	address += "?bodySHA256=" + hex.EncodeToString(sum[:])
	c := formCall(address, address, token, nil)
	c.Header.Set("Content-Type", "application/json")
	c.Body = []byte(body)
	return c
}

func TestPolicy(t *testing.T) {
	form := url.Values{"MessageSid": {"SM1"}, "From": {"+34600111222"}, "Body": {"Hola & adiós"}, "SmsStatus": {"received"}, "Twice": {"b", "a", "b"}}
	status := url.Values{"MessageSid": {"SM1"}, "MessageStatus": {"sent"}, "SmsStatus": {"sent"}}
	callback := hook + "?id=0197c3d40a1b7c2d8e3f4a5b6c7d8e9f-0"
	right := func() webhook.Call { return formCall(hook, hook, "key", form) }
	change := func(c webhook.Call, f func(*webhook.Call)) webhook.Call { f(&c); return c }

	for name, test := range map[string]struct {
		call webhook.Call
		want webhook.Cause
	}{
		"a form":                               {right(), webhook.Authentic},
		"a status, our id in its URL":          {formCall(callback, callback, "key", status), webhook.Authentic},
		"signed with the port, called without": {formCall(hook, strings.Replace(hook, ".com", ".com:443", 1), "key", form), webhook.Authentic},
		"signed without the port, called with": {formCall(strings.Replace(hook, ".com", ".com:443", 1), hook, "key", form), webhook.Authentic},
		"signed with the connection overrides": {formCall(callback, callback+"#rc=5&rp=all", "key", status), webhook.Authentic},
		"JSON":                                 {jsonCall(hook, "key", `{"MessageSid": "SM1"}`), webhook.Authentic},
		"the key before, during rotation":      {formCall(hook, hook, "old key", form), webhook.Authentic},
		"no signature":                         {change(right(), func(c *webhook.Call) { c.Header.Del("X-Twilio-Signature") }), webhook.Unsigned},
		"an empty signature":                   {change(right(), func(c *webhook.Call) { c.Header.Set("X-Twilio-Signature", "") }), webhook.Unsigned},
		"another's key":                        {formCall(hook, hook, "another key", form), webhook.Forged},
		"an empty key":                         {formCall(hook, hook, "", form), webhook.Forged},
		"another channel's URL":                {formCall(hook+"2", hook, "key", form), webhook.Forged},
		"another host":                         {formCall(strings.Replace(hook, "bridge", "fake", 1), hook, "key", form), webhook.Forged},
		"another id in the URL":                {formCall(callback, hook+"?id=0197c3d40a1b7c2d8e3f4a5b6c7d8e9f-1", "key", status), webhook.Forged},
		"another fragment":                     {formCall(callback, callback+"#rc=1", "key", status), webhook.Forged},
		"an altered text":                      {change(right(), func(c *webhook.Call) { c.Body = []byte(strings.Replace(string(c.Body), "Hola", "Hole", 1)) }), webhook.Forged},
		"a parameter more":                     {change(right(), func(c *webhook.Call) { c.Body = append(c.Body, "&NumMedia=1"...) }), webhook.Forged},
		"a parameter less":                     {change(right(), func(c *webhook.Call) { c.Body = []byte("MessageSid=SM1") }), webhook.Forged},
		"a form that is called JSON":           {change(right(), func(c *webhook.Call) { c.Header.Set("Content-Type", "application/json") }), webhook.Forged},
		"JSON that is altered":                 {change(jsonCall(hook, "key", `{"MessageSid": "SM1"}`), func(c *webhook.Call) { c.Body[16] = '2' }), webhook.Forged},
		"JSON without the hash":                {change(jsonCall(hook, "key", `{}`), func(c *webhook.Call) { c.URL, c.Query = hook, "" }), webhook.Forged},
		"a form with JSON's signature": {change(jsonCall(hook, "key", "a=b"), func(c *webhook.Call) {
			c.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			c.Body = []byte("a=c")
		}), webhook.Forged},
		"the signature in hex": {change(right(), func(c *webhook.Call) { c.Header.Set("X-Twilio-Signature", "00ff") }), webhook.Forged},
		"two signatures":       {change(right(), func(c *webhook.Call) { c.Header.Add("X-Twilio-Signature", "x") }), webhook.Forged},
		"another method":       {change(right(), func(c *webhook.Call) { c.Method = "GET" }), webhook.Method},
	} {
		t.Run(name, func(t *testing.T) {
			for _, policy := range policies(t) {
				if got := policy.Check(test.call, webhook.Secrets{"auth_token": {"key", "old key"}}); got != test.want {
					t.Errorf("cause %q, want %q", got, test.want)
				}
				if got := policy.Check(test.call, webhook.Secrets{"auth_token": {""}}); got == webhook.Authentic {
					t.Error("admitted without a key")
				}
			}
		})
	}
}

// TestCallsThatTwiliosLibrarySigned are admitted, and with other keys refused; see testdata/README.md.
func TestCallsThatTwiliosLibrarySigned(t *testing.T) {
	data, err := os.ReadFile("testdata/signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		AuthToken string `json:"auth_token"`
		SharedKey string `json:"shared_key"`
		Calls     []struct{ Name, URL, Type, Body, Settings, Signature string }
	}
	if err := json.Unmarshal(data, &file); err != nil || len(file.Calls) < 10 {
		t.Fatalf("%d calls, %v", len(file.Calls), err)
	}
	for _, one := range file.Calls {
		_, query, _ := strings.Cut(one.URL, "?")
		c := webhook.Call{Network: "twilio", Channel: "k7m2", Method: "POST", URL: one.URL, Query: query, Body: []byte(one.Body), Header: http.Header{
			"Content-Type": {one.Type}, "X-Twilio-Signature": {one.Signature}, "X-Twilio-Webhooks-Signature-Settings": {one.Settings},
		}}
		for _, policy := range policies(t) {
			for name, test := range map[string]struct {
				account webhook.Secrets
				want    bool
			}{
				"both":                 {webhook.Secrets{"auth_token": {file.AuthToken}, "shared_key": {"new", file.SharedKey}}, true},
				"the auth token":       {webhook.Secrets{"auth_token": {file.AuthToken}}, one.Settings == ""},
				"the shared key":       {webhook.Secrets{"auth_token": {"x"}, "shared_key": {file.SharedKey}}, one.Settings != ""},
				"each for the other":   {webhook.Secrets{"auth_token": {file.SharedKey}, "shared_key": {file.AuthToken}}, false},
				"an empty shared key":  {webhook.Secrets{"auth_token": {"x"}, "shared_key": {""}}, false},
				"nothing that is live": {webhook.Secrets{}, false},
			} {
				if got := policy.Check(c, test.account) == webhook.Authentic; got != test.want {
					t.Errorf("%s, with %s: admitted %t", one.Name, name, got)
				}
			}
		}
	}
}

// policies are the policy as it is declared, and after its way through JSON.
func policies(t *testing.T) []webhook.Policy {
	t.Helper()
	if err := twilio.Network.Webhook.Validate(); err != nil {
		t.Fatal(err)
	}
	wire, err := json.Marshal(twilio.Network.Webhook)
	if err != nil {
		t.Fatal(err)
	}
	var travelled webhook.Policy
	if err := json.Unmarshal(wire, &travelled); err != nil {
		t.Fatal(err)
	}
	return []webhook.Policy{*twilio.Network.Webhook, travelled}
}

func TestAcceptedCallsAreAnsweredWithNoMessage(t *testing.T) {
	for _, policy := range policies(t) {
		a := policy.Answer(webhook.Authentic)
		if a.ContentType != "text/xml" || !strings.HasSuffix(a.Body, "<Response></Response>") || a.Status != 0 && a.Status != 200 {
			t.Errorf("answered %+v", a)
		}
	}
}

func TestDedupe(t *testing.T) {
	form := func(pairs ...string) webhook.Call {
		f := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			f.Set(pairs[i], pairs[i+1])
		}
		return formCall(hook, hook, "key", f)
	}
	keys := map[string]string{}
	for name, call := range map[string]webhook.Call{
		"a message":         form("MessageSid", "SM1", "SmsStatus", "received"),
		"another message":   form("MessageSid", "SM2", "SmsStatus", "received"),
		"it was sent":       form("MessageSid", "SM1", "SmsStatus", "sent", "MessageStatus", "sent"),
		"it was delivered":  form("MessageSid", "SM1", "SmsStatus", "delivered", "MessageStatus", "delivered"),
		"a message as JSON": jsonCall(hook, "key", `{"MessageSid": "SM3", "SmsStatus": "received"}`),
	} {
		for _, policy := range policies(t) {
			key := policy.Dedupe.Find(call)
			if key == "" || keys[key] != "" && keys[key] != name {
				t.Errorf("%s: key %q, which is that of %q", name, key, keys[key])
			}
			keys[key] = name
		}
	}
	if key := policies(t)[0].Dedupe.Find(form("CallSid", "CA1")); key != "" {
		t.Errorf("a voice call has the key %q", key)
	}
}
