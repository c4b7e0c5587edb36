package smpp_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/services/egress/smpp"
)

// receive reads what was heard.
func receive(t *testing.T, h provider.Heard) ([]provider.Event, error) {
	t.Helper()
	return sendertest.Receive(smpp.Network, json.RawMessage(`{}`), webhook.Call{Body: h.Body})
}

// What stands in the contract reaches whoever sends.
func TestTheContractIsKept(t *testing.T) {
	for account, want := range map[string]provider.Agreement{
		`{"rate": 50, "window": 20}`: {Rate: provider.PerSecond(50, ""), Concurrency: 20},
		`{}`:                         {Rate: provider.Rate{Per: time.Second}, Concurrency: 10},
	} {
		bound, err := smpp.Network.Bind(json.RawMessage(account))
		if err != nil || bound.Agreed != want {
			t.Errorf("%s: %+v, want %+v: %v", account, bound.Agreed, want, err)
		}
	}
}

// What comes over a login is told apart by the source that it is to, however that is spelt.
func TestASourceIsOfOneChannelOfALogin(t *testing.T) {
	claim := func(account string) provider.Claim {
		bound, err := smpp.Network.Bind(json.RawMessage(account))
		if err != nil {
			t.Fatal(err)
		}
		return bound.Claim
	}
	first := claim(`{"url": "smpp://smsc.example.com:2775", "system_id": "acme", "source": "+34600111222"}`)
	if first.Field != "source" || first.Value == "" {
		t.Errorf("%+v", first)
	}
	for account, same := range map[string]bool{
		`{"url": "smpp://SMSC.example.com:2775/", "system_id": "acme", "source": "34600111222", "window": 3}`: true,
		`{"url": "smpp://smsc.example.com:2775", "system_id": "acme", "source": "+34600111223"}`:              false,
		`{"url": "smpp://smsc.example.com:2775", "system_id": "Acme", "source": "+34600111222"}`:              false,
		`{"url": "smpp://smsc.example.com:2776", "system_id": "acme", "source": "+34600111222"}`:              false,
	} {
		if got := claim(account); (got == first) != same {
			t.Errorf("%s: %+v, and first %+v", account, got, first)
		}
	}
	name := `{"url": "smpp://smsc.example.com:2775", "system_id": "acme", "source": "%s"}`
	if a, b := claim(strings.ReplaceAll(name, "%s", "Acme")), claim(strings.ReplaceAll(name, "%s", "ACME")); a != b {
		t.Errorf("%+v and %+v", a, b)
	}
}

func TestAccounts(t *testing.T) {
	right := map[string]any{"url": "smpp://smsc.example.com:2775", "system_id": "acme", "password": "s3cret", "source": "62626"}
	for _, test := range []struct {
		field string
		value any
		want  string // "" for none
	}{
		{"url", "smpps://10.0.0.1:3550", ""}, {"url", "smpp://[2001:db8::1]:2775/", ""}, {"url", "smsc.example.com:2775", "account.url"}, {"url", "smpp://smsc.example.com", "account.url"},
		{"url", "http://smsc.example.com:1", "account.url"}, {"url", "smpp://u:p@smsc.example.com:1", "account.url"}, {"url", "smpp://smsc.example.com:1/x", "account.url"},
		{"system_id", "a-login-of-16-ch", "account.system_id"}, {"password", strings.Repeat("x", 65), "account.password"}, {"system_type", "longer-than-it", "account.system_type"},
		{"source", "+34600111222", ""}, {"source", "BonyChat", ""}, {"source", "Twelve chars", "account.source"}, {"source", "ñandú", "account.source"},
		{"mode", "pair", ""}, {"mode", "receiver", "account.mode"}, {"rate", 10000, ""}, {"rate", 10001, "account.rate"}, {"window", 1000, ""}, {"window", 1001, "account.window"}, {"window", -1, "account.window"},
		{"long", "payload", ""}, {"long", "sar", "account.long"}, {"default_alphabet", "latin1", ""}, {"default_alphabet", "utf8", "account.default_alphabet"},
		{"message_ids", "hex", ""}, {"message_ids", "octal", "account.message_ids"},
		{"source_type", "5/0", ""}, {"source_type", "7/0", "account.source_type"}, {"destination_type", "1", "account.destination_type"},
		{"country_code", "34", ""}, {"country_code", "+34", "account.country_code"},
	} {
		account := maps.Clone(right)
		account[test.field] = test.value
		raw, err := json.Marshal(account)
		if err != nil {
			t.Fatal(err)
		}
		errs := smpp.Network.CheckAccount(raw)
		switch {
		case test.want == "" && len(errs) > 0:
			t.Errorf("%s %v: %v", test.field, test.value, errs)
		case test.want != "" && (len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), test.want+": ")):
			t.Errorf("%s %v: %v, want one of %s", test.field, test.value, errs, test.want)
		}
	}
}
