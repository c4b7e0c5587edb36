package providertest

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// strictly is a description that has something against a request.
type strictly func(Request) error

func (strictly) Operations() []string { return []string{"SEND", "ERASE"} }

func (s strictly) Check(r Request) (string, error) {
	if r.Line != "POST /send" {
		return "", nil
	}
	return "SEND", s(r)
}

func TestOraclesAreAsked(t *testing.T) {
	for name, test := range map[string]struct {
		judge strictly
		want  string
	}{
		"an operation that no conversation calls": {func(Request) error { return nil }, "no conversation calls ERASE"},
		"a request that a conversation expects": {func(r Request) error {
			if strings.Contains(r.Body, "On its way") {
				return errors.New("no way")
			}
			return nil
		}, "conversation.txtar: POST /send: by the vendor's description no way"},
		"a request at a limit": {func(r Request) error {
			var body struct{ Text string }
			if json.Unmarshal([]byte(r.Body), &body) != nil || measure(body.Text, "") >= 60 {
				return errors.New("too long")
			}
			return nil
		}, "a text of exactly 60 utf16 (Carries.Text): by the vendor's description too long"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := (Kit{Oracle: test.judge}).try(t, toy).String(); !strings.Contains(got, test.want) {
				t.Errorf("the kit says %q, want %q", got, test.want)
			}
		})
	}
}

// Where a network says in its own way what HTTP has a status for, that is what it is held to.
func TestAnswersOfItsOwn(t *testing.T) {
	t.Parallel()
	own := judged(func(_ account, _ *messagev1.Message, r *provider.Response, _ error) error {
		var out struct{ Code string }
		if r == nil || json.Unmarshal(r.Body, &out) != nil {
			return nil
		}
		switch out.Code {
		case "slow":
			return provider.Wait(told, provider.Account, nil)
		case "key":
			return provider.Suspend("the key is no good", nil)
		case "down":
			return provider.Temporary("down", nil)
		case "full":
			return provider.Wait(0, provider.Channel, nil)
		default:
			return nil
		}
	})
	k := Kit{Answers: Answers{
		Wait: `200` + "\n\n" + `{"id": "r1", "code": "slow"}`, Unauthorized: `200` + "\n\n" + `{"id": "r1", "code": "key"}`,
		Broken: `200` + "\n\n" + `{"id": "r1", "code": "down"}`, TooMany: `200` + "\n\n" + `{"id": "r1", "code": "full"}`,
	}}
	for _, line := range k.try(t, own).heard {
		if strings.HasPrefix(line, "message.json") {
			t.Errorf("a network that keeps to its own answers: %s", line)
		}
	}
	got := k.try(t, toy).String()
	for _, want := range []string{
		"message.json: a request to wait is taken for success", "message.json: too many requests is taken for success",
		"message.json: a refused credential is taken for success", "message.json: a server error is taken for success",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the kit says %q, want %q", got, want)
		}
	}
}

func TestPartsOfOneMessageAreNoBatch(t *testing.T) {
	t.Parallel()
	parts := telling(func(i int, e *provider.Event) {
		if e.Content != nil {
			e.Key = string(rune('a' + i))
		}
	})
	if got := (Kit{Whole: []string{"events"}}).try(t, parts).String(); strings.Contains(got, "alone is another event") {
		t.Errorf("the kit says %q", got)
	}
}

// What the kit signs by itself is admitted, and Kit.Sign comes first.
func TestTheKitSigns(t *testing.T) {
	secrets := webhook.Secrets{"key": {"k3y/of the+toy"}, "name": {"me"}}
	for name, scheme := range map[string]webhook.Scheme{
		"header": webhook.Token{Header: "X-Key", Secret: "key"}, "bearer": webhook.Token{Bearer: true, Secret: "key"},
		"basic": webhook.Token{Basic: true, User: "name", Secret: "key"}, "query": webhook.Token{Query: "key", Secret: "key"},
		"path":   webhook.Token{Path: true, Secret: "key"},
		"hex":    webhook.HMAC{Hash: webhook.SHA256, Secret: "key", Header: "X-Signature", Prefix: "sha256=", Encoding: webhook.Hex},
		"base64": webhook.HMAC{Hash: webhook.SHA1, Secret: "key", Header: "X-Signature", Encoding: webhook.Base64},
		"either": webhook.AnyOf{
			webhook.HMAC{Hash: webhook.SHA256, Secret: "none", Header: "X-Signature", Encoding: webhook.Hex},
			webhook.HMAC{Hash: webhook.SHA256, Secret: "key", Header: "X-Signature", Encoding: webhook.Hex},
		},
	} {
		tr := trial{Description: provider.Description{Webhook: &webhook.Policy{Verify: scheme}}}
		call := webhook.Call{Method: http.MethodPost, Header: http.Header{}, Query: "a=b", Body: []byte(`{"id": 1}`)}
		if _, ok := tr.signed(call, secrets); !ok {
			t.Errorf("%s: is not admitted", name)
		}
		if call.Header.Get("X-Key") != "" || call.Query != "a=b" {
			t.Errorf("%s: the call itself was changed", name)
		}
		tr.Sign = func(*webhook.Call, webhook.Secrets) {}
		if _, ok := tr.signed(call, secrets); ok {
			t.Errorf("%s: Kit.Sign is not asked", name)
		}
	}
}

// Words are exactly as long as they are to be, in every unit.
func TestWordsAreExact(t *testing.T) {
	for _, unit := range []provider.Unit{"", provider.UTF16, provider.Bytes, provider.GSM7} {
		for n := range 400 {
			if got := measure(words(n, unit), unit); got != n {
				t.Fatalf("%d %s: %d", n, unit, got)
			}
		}
	}
	if got := measure(foreign(160), provider.UTF16); got != 70 {
		t.Errorf("one SMS: %d", got)
	}
	if got := measure(foreign(306), provider.UTF16); got != 134 {
		t.Errorf("two SMS: %d", got)
	}
	if lost("one two", []string{"xone", "{two}"}) != "" || lost("one two", []string{"one"}) != "two" {
		t.Error("what is lost is not found")
	}
}
