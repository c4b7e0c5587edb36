package webhook_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/webhook"
)

func TestAPolicyTravelsAsJSON(t *testing.T) {
	t.Parallel()
	full := policy()
	full.Methods, full.MaxBody, full.Dedupe = []string{"POST", "PUT"}, 4096, webhook.JSON("update.id")
	full.Accepted = webhook.Answer{Status: 202, ContentType: "text/plain", Body: "ok"}
	full.Refused = map[webhook.Cause]webhook.Answer{webhook.Forged: {Status: 403}, webhook.NotStored: {Body: "later"}}
	for name, test := range map[string]struct {
		policy webhook.Policy
		text   string
	}{
		"the least": {policy(), `{"verify":{"token":{"header":"X-Secret-Token","secret":"secret_token"}}}`},
		"the most": {full, `{"verify":{"token":{"header":"X-Secret-Token","secret":"secret_token"}},"methods":["POST","PUT"],"max_body":4096,` +
			`"dedupe":{"json":"update.id"},"accepted":{"status":202,"content_type":"text/plain","body":"ok"},` +
			`"refused":{"forged":{"status":403},"not_stored":{"body":"later"}}}`},
	} {
		data, err := json.Marshal(test.policy)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.text, string(data)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		var got webhook.Policy
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.policy, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if data, err := json.Marshal(webhook.Policy{}); err == nil {
		t.Errorf("a policy without a scheme travels as %s", data)
	}
}

// An ingress refuses what it cannot guard: a policy of a newer service among it.
func TestAPolicyThatIsNotUnderstoodIsRefused(t *testing.T) {
	t.Parallel()
	const token = `"token":{"header":"X","secret":"s"}`
	for name, text := range map[string]string{
		"no scheme":                    `{"verify":{}}`,
		"nothing":                      `{}`,
		"null":                         `null`,
		"an unknown scheme":            `{"verify":{"hmac":{"header":"X","secret":"s"}}}`,
		"an unknown scheme beside one": `{"verify":{` + token + `,"hmac":{"header":"X"}}}`,
		"an unknown condition":         `{"verify":{` + token + `},"networks":["10.0.0.0/8"]}`,
		"an unknown part of a scheme":  `{"verify":{"token":{"header":"X","secret":"s","query":"t"}}}`,
		"a scheme without a secret":    `{"verify":{"token":{"header":"X"}}}`,
		"an unknown cause":             `{"verify":{` + token + `},"refused":{"bored":{}}}`,
		"a list":                       `[]`,
		"another type":                 `{"verify":{` + token + `},"max_body":"1"}`,
	} {
		p := policy()
		if err := json.Unmarshal([]byte(text), &p); err == nil {
			t.Errorf("%s: taken as %+v", name, p)
		}
	}
}

func FuzzPolicyJSON(f *testing.F) {
	f.Add([]byte(`{"verify":{"token":{"header":"X","secret":"s"}}}`))
	f.Add([]byte(`{"verify":{"token":{"header":"X","secret":"s"}},"methods":["PUT"],"max_body":1,"dedupe":{"json":"a.b"},"accepted":{"status":204},"refused":{"forged":{"status":403,"body":"no"}}}`))
	f.Add([]byte(`{"verify":{"token":{"header":"","secret":""}},"refused":{"":{}}}`))
	f.Add([]byte(`{"verify":null,"methods":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var p webhook.Policy
		if json.Unmarshal(data, &p) != nil {
			return
		}
		if p.Verify == nil {
			t.Fatal("a policy without a scheme is taken")
		}
		again, err := json.Marshal(p)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		var q webhook.Policy
		if err := json.Unmarshal(again, &q); err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		third, err := json.Marshal(q)
		if err != nil || string(third) != string(again) {
			t.Errorf("%s became %s, %v", again, third, err)
		}
		if p.Limit() < 0 || p.Limit() > webhook.LargestMaxBody {
			t.Errorf("limit %d", p.Limit())
		}
		if p.Check(webhook.Call{Method: "POST"}, nil) == webhook.Authentic {
			t.Error("a call without a credential is admitted")
		}
		for _, cause := range []webhook.Cause{webhook.Authentic, webhook.Forged, webhook.Method, webhook.TooLarge, webhook.NotStored} {
			if s := p.Answer(cause).Status; (s < 300) != (cause == webhook.Authentic) || s < 200 || s > 599 {
				t.Errorf("%q is answered with %d", cause, s)
			}
		}
	})
}
