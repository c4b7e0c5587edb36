package clicksend_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/services/egress/clicksend"
)

// pushed is the same push in the three forms that a rule can have, with a query before what it says itself.
func pushed(query string) map[string]webhook.Call {
	const id = "9E8D7C6B-5A49-4382-9170-6F5E4D3C2B1A"
	values := url.Values{"message_id": {id}, "from": {"+447777777777"}, "body": {"hola"}}
	form := webhook.Call{Method: "POST", Query: query, Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, Body: []byte(values.Encode())}
	get := webhook.Call{Method: "GET", Query: strings.TrimPrefix(query+"&"+values.Encode(), "&"), Header: http.Header{}}
	object := webhook.Call{Method: "POST", Query: query, Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"message_id":"` + id + `","from":"+447777777777","body":"hola"}`)}
	return map[string]webhook.Call{"form": form, "get": get, "json": object}
}

// The policy admits ClickSend's calls in each form, and no other, also after its way through JSON.
func TestPolicy(t *testing.T) {
	wire, err := json.Marshal(clicksend.Network.Webhook)
	if err != nil {
		t.Fatal(err)
	}
	var travelled webhook.Policy
	if err := json.Unmarshal(wire, &travelled); err != nil {
		t.Fatal(err)
	}
	mine := webhook.Secrets{"webhook_token": {"t0ken"}}
	for name, policy := range map[string]webhook.Policy{"declared": *clicksend.Network.Webhook, "travelled": travelled} {
		for _, test := range []struct {
			name, query string
			secrets     webhook.Secrets
			admitted    bool
		}{
			{"right", "token=t0ken", mine, true},
			{"one of two live ones", "token=t0ken", webhook.Secrets{"webhook_token": {"old", "t0ken"}}, true},
			{"none", "", mine, false},
			{"empty", "token=", mine, false},
			{"altered", "token=t0kem", mine, false},
			{"another case", "token=T0KEN", mine, false},
			{"twice", "token=t0ken&token=other", mine, false},
			{"another channel's", "token=t0ken", webhook.Secrets{"webhook_token": {"other"}}, false},
			{"the API key", "token=key", webhook.Secrets{"webhook_token": {"t0ken"}, "api_key": {"key"}}, false},
			{"of a channel that is polled", "token=", webhook.Secrets{"webhook_token": {""}}, false},
			{"of a channel without", "token=t0ken", webhook.Secrets{}, false},
		} {
			for form, call := range pushed(test.query) {
				if cause := policy.Check(call, test.secrets); (cause == webhook.Authentic) != test.admitted {
					t.Errorf("%s, %s, %s: cause %q", name, test.name, form, cause)
				}
			}
		}
		for form, call := range pushed("token=t0ken") {
			if got := policy.Dedupe.Find(call); got != "9E8D7C6B-5A49-4382-9170-6F5E4D3C2B1A" {
				t.Errorf("%s, %s: dedupe key %q", name, form, got)
			}
			call.Method = "PUT"
			if cause := policy.Check(call, mine); cause != webhook.Method {
				t.Errorf("%s, %s: PUT: %q", name, form, cause)
			}
		}
	}
}

// A message's receipts are several calls, and the same one is one.
func TestReceiptsAreToldApart(t *testing.T) {
	find := clicksend.Network.Webhook.Dedupe.Find
	keys := map[string]bool{}
	for _, code := range []string{"200", "201", "300", "301"} {
		query := "message_id=M&status_code=" + code
		get := find(webhook.Call{Method: "GET", Query: query})
		form := find(webhook.Call{Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, Body: []byte(query)})
		text := find(webhook.Call{Body: []byte(`{"message_id":"M","status_code":"` + code + `"}`)})
		number := find(webhook.Call{Body: []byte(`{"message_id":"M","status_code":` + code + `}`)})
		if get == "" || get != form || get != text || get != number || keys[get] {
			t.Errorf("%s: %q, %q, %q, %q", code, get, form, text, number)
		}
		keys[get] = true
	}
}

func TestStoredCallsHoldNoSecret(t *testing.T) {
	for form, call := range pushed("token=t0ken") {
		stored := clicksend.Network.Webhook.Strip(call)
		if strings.Contains(stored.Query, "t0ken") || string(stored.Body) != string(call.Body) {
			t.Errorf("%s: stored query %q", form, stored.Query)
		}
		if form == "get" && stored.Values().Get("body") != "hola" {
			t.Errorf("%s: stored query %q", form, stored.Query)
		}
	}
}
