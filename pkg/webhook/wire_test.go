package webhook_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
	"github.com/bonychat/puente/pkg/webhook/signed"
)

func TestAPolicyTravelsAsJSON(t *testing.T) {
	t.Parallel()
	full := policy()
	full.Methods, full.MaxBody, full.Dedupe = []string{"POST", "PUT"}, 4096, expr.JSON("update.id")
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

func TestEveryConstructTravelsAsJSON(t *testing.T) {
	t.Parallel()
	all := map[string]webhook.Policy{
		"vonage": vonage, "postmark": postmark, "clicksend": clickSend, "everything": {
			Verify: proof.AnyOf{
				proof.Token{Basic: true, User: "u", Secret: "p"}, proof.AnyOf{proof.Token{Query: "t", Secret: "p"}},
				proof.Signature{Algorithm: proof.Ed25519, Key: "k", KeyEncoding: digest.SPKI, Sent: expr.Query("s"), Prefix: "v", Encoding: digest.Base64,
					List: proof.List{Separator: ",", Label: "x"}, Over: []signed.Part{signed.Body(), signed.FromAccount("a")}},
				proof.Hash{Hash: digest.SHA384, Secret: "s", Header: "H", Prefix: "p", Encoding: digest.Hex, Over: []signed.Part{signed.Sorted(signed.TheSecret(), signed.Body())}},
				proof.HMAC{Hash: digest.SHA512, Secret: "s", Sent: expr.Claim("H", "c"), Key: proof.Key{Encoding: digest.Raw, Strip: "x"}, Encoding: digest.Hex,
					Over: []signed.Part{signed.DigestOfBody(digest.MD5, digest.Base64), signed.URL()}, Only: []expr.Condition{
						expr.MethodIs("PUT"), expr.PathIs("/a"), expr.ContentTypeIs(jsonType), expr.NoBody(), expr.NoneIn("a"), expr.Has(expr.XML("a.b")),
						expr.HasNot(expr.Form("f")), expr.Equals(expr.Header("h"), "1"), expr.EqualsSecret(expr.PathAfter("/a/"), "s"),
						expr.EqualsBodyDigest(expr.FirstOf(expr.Query("q"), expr.JSON("[0].a[].b")), digest.SHA1),
					}},
				proof.JWT{Header: "H", Algorithms: []proof.Algorithm{proof.HS384}, Secret: "s", SecretBy: "k", MaxAge: 1, BodyHash: "b", Claims: []proof.ClaimIs{{Claim: "a", Equal: "b"}}},
			},
			Handshakes: []webhook.Handshake{{
				When: []expr.Condition{expr.NoBody()}, Token: expr.Query("t"), Secret: "s", Echo: expr.Query("e"), EchoKey: "k",
				Answer: webhook.Answer{Status: 204, Header: map[string]string{"X": "1"}},
			}},
			Accepted: webhook.Answer{Header: map[string]string{"X": "1"}},
		},
	}
	for name, e := range examples {
		all[name] = e.policy
	}
	for name, p := range all {
		if diff := cmp.Diff(p, travelled(t, p)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// An ingress refuses what it cannot guard: a policy of a newer service among it.
func TestAPolicyThatIsNotUnderstoodIsRefused(t *testing.T) {
	t.Parallel()
	const token, hmac = `"token":{"header":"X","secret":"s"}`, `"hash":"sha256","secret":"s","header":"X","encoding":"hex"`
	for name, text := range map[string]string{
		"no scheme":                    `{"verify":{}}`,
		"nothing":                      `{}`,
		"null":                         `null`,
		"an unknown scheme":            `{"verify":{"sorcery":{"header":"X","secret":"s"}}}`,
		"an unknown scheme beside one": `{"verify":{` + token + `,"sorcery":{"header":"X"}}}`,
		"a scheme beside another":      `{"verify":{` + token + `,"jwt":{"header":"X"}}}`,
		"an unknown one of several":    `{"verify":{"any_of":[{` + token + `},{"sorcery":{}}]}}`,
		"none of several":              `{"verify":{"any_of":[]}}`,
		"nothing of several":           `{"verify":{"any_of":[{}]}}`,
		"an unknown part":              `{"verify":{"hmac":{` + hmac + `,"over":[{"body":true},{"moon":"full"}]}}}`,
		"an unknown part in a part":    `{"verify":{"hmac":{` + hmac + `,"over":[{"body":true},{"params":{"source":"form","upside_down":true}}]}}}`,
		"a part that is nothing":       `{"verify":{"hmac":{` + hmac + `,"over":[{"body":true},{}]}}}`,
		"an unknown condition":         `{"verify":{"hmac":{` + hmac + `,"only":[{"moon":"full"}]}}}`,
		"an unknown place":             `{"verify":{` + token + `},"dedupe":{"cookie":"x"}}`,
		"an unknown hash":              `{"verify":{"hmac":{` + hmac + `,"hash":"crc"}}}`,
		"an unknown key":               `{"verify":{"hmac":{` + hmac + `,"key":{"derive":"hkdf"}}}}`,
		"an unknown sort of handshake": `{"verify":{` + token + `},"handshakes":[{"when":[{"bodyless":true}],"hmac":"x"}]}`,
		"an unknown answer":            `{"verify":{` + token + `},"accepted":{"template":"x"}}`,
		"an unknown freshness":         `{"verify":{"hmac":{` + hmac + `}},"freshness":{"at":{"json":"ts"},"past":1,"zone":"CET"}}`,
		"an unknown memory":            `{"verify":{"hmac":{` + hmac + `}},"replay":{"key":{"json":"id"},"keep":1000000000,"per":"account"}}`,
		"an unknown condition beside":  `{"verify":{` + token + `},"networks":["10.0.0.0/8"]}`,
		"an unknown part of a scheme":  `{"verify":{"token":{"header":"X","secret":"s","cookie":"t"}}}`,
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
	for _, e := range examples {
		data, err := json.Marshal(e.policy)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
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
		for _, cause := range []webhook.Cause{
			webhook.Authentic, webhook.Unsigned, webhook.Forged, webhook.Stale, webhook.Replayed, webhook.Method, webhook.TooLarge, webhook.NotStored,
		} {
			if s := p.Answer(cause).Status; (s < 300) != (cause == webhook.Authentic) || s < 200 || s > 599 {
				t.Errorf("%q is answered with %d", cause, s)
			}
		}
	})
}
