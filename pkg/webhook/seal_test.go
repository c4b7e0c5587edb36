package webhook_test

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/proof"
	"github.com/bonychat/puente/pkg/webhook/signed"
)

// sealed is an account as the door has it.
func sealed(t testing.TB, p webhook.Policy, account webhook.Secrets) webhook.Secrets {
	t.Helper()
	data, err := json.Marshal(account)
	if err != nil {
		t.Fatal(err)
	}
	if data, err = p.Seal(data); err != nil {
		t.Fatal(err)
	}
	s, err := expr.SecretsOf(data)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestNoKeyOfASignatureIsAtTheDoor: of every policy of the examples that signs by HMAC; a vector is judged by what is there.
func TestNoKeyOfASignatureIsAtTheDoor(t *testing.T) {
	t.Parallel()
	hidden := map[string]bool{}
	for _, v := range vectors(t) {
		e := v.example(t)
		data, err := json.Marshal(v.account(t))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := e.policy.Seal(data)
		if err != nil {
			t.Fatal(err)
		}
		if v.Secret == "" {
			continue
		}
		values, err := expr.SecretsOf(raw)
		if err != nil {
			t.Fatal(err)
		}
		there := false
		for _, all := range values {
			there = there || slices.ContainsFunc(all, func(one string) bool { return strings.Contains(one, v.Secret) })
		}
		if !there {
			hidden[v.file] = true
		} else if _, is := e.policy.Verify.(proof.HMAC); is {
			t.Errorf("%s: %s holds the key", v.file, raw)
		}
	}
	for _, file := range []string{"bird", "generic_standard_webhooks", "line", "meta", "slack", "twilio", "viber", "vonage"} {
		if !hidden[file] {
			t.Errorf("%s: the key is at the door", file)
		}
	}
}

func TestWhatIsSealedJudgesAsTheAccountDoes(t *testing.T) {
	t.Parallel()
	hmac := proof.HMAC{Hash: digest.SHA256, Secret: "key", Header: "X-Signature", Encoding: digest.Hex}
	over := hmac
	over.Over = []signed.Part{signed.FromAccount("app"), signed.Body()}
	encoded := hmac
	encoded.Key = proof.Key{Encoding: digest.Base64, Strip: "whsec_"}
	both := proof.AnyOf{hmac, proof.Token{Header: "X-Token", Secret: "key"}}
	for _, test := range []struct {
		name    string
		policy  webhook.Policy
		account string
		clear   []string // texts that are there still
		gone    []string
	}{
		{"a key", webhook.Policy{Verify: hmac}, `{"key":"k-0123456789","token":"t-0123456789"}`, nil, []string{"k-0123456789", "t-0123456789"}},
		{"two keys, while one is changed", webhook.Policy{Verify: hmac}, `{"key":["k-0123456789","l-0123456789"]}`, nil, []string{"k-0123456789", "l-0123456789"}},
		{"a key that is longer than a block", webhook.Policy{Verify: hmac}, `{"key":"` + strings.Repeat("k", 100) + `"}`, nil, []string{"kkkkkkkk"}},
		{"an encoded key", webhook.Policy{Verify: encoded}, `{"key":"whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODk="}`, nil, []string{"MDEyMzQ1", "01234567"}},
		{"a part of the account is signed", webhook.Policy{Verify: over}, `{"key":"k-0123456789","app":"a-0123456789"}`, []string{"a-0123456789"}, []string{"k-0123456789"}},
		{"the key is a token, too", webhook.Policy{Verify: both}, `{"key":"k-0123456789"}`, []string{"k-0123456789"}, nil},
		{"the key proves a handshake, too", webhook.Policy{Verify: hmac, Handshakes: []webhook.Handshake{{Secret: "key"}}}, `{"key":"k-0123456789"}`, []string{"k-0123456789"}, nil},
		{"no key", webhook.Policy{Verify: hmac}, `{}`, nil, nil},
		{"an empty key", webhook.Policy{Verify: hmac}, `{"key":""}`, nil, nil},
		{"a key that is none", webhook.Policy{Verify: encoded}, `{"key":"***"}`, nil, []string{"***"}},
		{"nothing verifies", webhook.Policy{}, `{"key":"k-0123456789"}`, nil, []string{"k-0123456789"}},
	} {
		raw, err := test.policy.Seal([]byte(test.account))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		for _, text := range test.clear {
			if !strings.Contains(string(raw), text) {
				t.Errorf("%s: %s is missing of %s", test.name, text, raw)
			}
		}
		for _, text := range test.gone {
			if strings.Contains(string(raw), text) {
				t.Errorf("%s: %s is in %s", test.name, text, raw)
			}
		}
		if test.policy.Verify == nil {
			continue
		}
		plain, err := expr.SecretsOf([]byte(test.account))
		if err != nil {
			t.Fatal(err)
		}
		door, err := expr.SecretsOf(raw)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range append(slices.Clone(plain["key"]), "another key", "01234567890123456789") {
			for _, text := range []string{"body", "a-0123456789body", "other"} {
				c := webhook.Call{Method: http.MethodPost, Header: http.Header{}, Body: []byte("body")}
				c.Header.Set("X-Signature", signatureOf(key, text))
				if want, got := test.policy.Check(c, plain), test.policy.Check(c, door); got != want {
					t.Errorf("%s: signed with %s over %s: %q, by the account %q", test.name, key, text, got, want)
				}
				if want, got := test.policy.CheckHead(c, plain), test.policy.CheckHead(c, door); got != want && test.policy.Check(c, plain) == webhook.Authentic {
					t.Errorf("%s: the head: %q, by the account %q", test.name, got, want)
				}
			}
		}
		if got := test.policy.Check(webhook.Call{Method: http.MethodPost}, door); got == webhook.Authentic {
			t.Errorf("%s: an unsigned call is taken", test.name)
		}
	}
	if _, err := (webhook.Policy{Verify: hmac}).Seal([]byte(`"k-0123456789"`)); err == nil || strings.Contains(err.Error(), "k-0123456789") {
		t.Errorf("what is no account: %v", err)
	}
}

// TestASecretThatLooksSealedIsASecret: nobody makes a key of an account's text by writing it as the door has it.
func TestASecretThatLooksSealedIsASecret(t *testing.T) {
	t.Parallel()
	p := webhook.Policy{Verify: proof.HMAC{Hash: digest.SHA256, Secret: "key", Header: "X-Signature", Encoding: digest.Hex}}
	states, err := digest.SHA256.Midstates([]byte("k"))
	if err != nil {
		t.Fatal(err)
	}
	c := webhook.Call{Method: http.MethodPost, Header: http.Header{}, Body: []byte("body")}
	for key, want := range map[string]webhook.Cause{"k": webhook.Forged, states: webhook.Authentic} {
		c.Header.Set("X-Signature", signatureOf(key, "body"))
		account := webhook.Secrets{"key": {states}}
		if plain, door := p.Check(c, account), p.Check(c, sealed(t, p, account)); plain != want || door != want {
			t.Errorf("signed with %s: %q and %q", key, plain, door)
		}
	}
}

// signatureOf is made another way than by the package.
func signatureOf(key, text string) string { return hex.EncodeToString(sum(key, text)) }
