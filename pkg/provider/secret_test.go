package provider_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/secret"
)

// holder has secrets wherever a struct can have them.
type holder struct {
	Token  provider.Secret
	hidden provider.Secret
	Inner  struct {
		Token  provider.Secret
		hidden *provider.Secret
	}
	inner struct{ token provider.Secret }
	List  []provider.Secret
	Many  provider.Secrets
	many  provider.Secrets
	Map   map[string]provider.Secret
	Any   any
}

// accounts has accounts where a struct can have them.
type accounts struct {
	Account config.Account
	hidden  config.Account
	inner   struct{ Account *config.Account }
}

func TestASecretIsPrintedNowhere(t *testing.T) {
	t.Parallel()
	s := provider.NewSecret(token)
	account := secret.Hide(json.RawMessage(`{"token":"` + token + `"}`))
	many := provider.NewSecrets(token, "x"+token)
	h := holder{Token: s, hidden: s, Many: many, many: many, List: []provider.Secret{s}, Map: map[string]provider.Secret{"k": s}, Any: s}
	h.Inner.Token, h.Inner.hidden, h.inner.token = s, &s, s
	a := accounts{Account: account, hidden: account}
	a.inner.Account = &account
	every, common := []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%p"}, []string{"%v", "%+v", "%#v"}
	for name, test := range map[string]struct {
		value any
		verbs []string
	}{
		"a secret": {s, every}, "several": {many, every}, "their address": {&many, every}, "its address": {&s, every}, "a struct": {h, every}, "a struct's address": {&h, every}, "a list": {[]any{s, h}, every},
		"an error": {fmt.Errorf("account %v", h), every}, "an account": {account, every}, "a struct of accounts": {a, common}, "its address as well": {&a, common},
	} {
		v := test.value
		for _, verb := range test.verbs {
			reveals(t, name+" with "+verb, fmt.Sprintf(verb, v))
		}
		var out bytes.Buffer
		for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(handler).Info("test", "value", v, slog.Group("group", "value", v))
		}
		reveals(t, name+" in the log", out.String())
		if data, err := json.Marshal(v); err == nil {
			reveals(t, name+" as JSON", string(data))
		}
	}
	if s.Reveal() != token {
		t.Errorf("revealed %q", s.Reveal())
	}
}

// reveals is an error where the token can be read, in hex and as its bytes too.
func reveals(t *testing.T, what, text string) {
	t.Helper()
	for _, form := range []string{token, fmt.Sprintf("%x", token), fmt.Sprintf("%X", token), strings.Trim(fmt.Sprint([]byte(token)), "[]")} {
		if strings.Contains(text, form) {
			t.Errorf("%s: %s", what, text)
		}
	}
}

func TestASecretIsReadFromJSON(t *testing.T) {
	t.Parallel()
	var v struct{ Token, Missing provider.Secret }
	if err := json.Unmarshal([]byte(`{"Token":"`+token+`"}`), &v); err != nil {
		t.Fatal(err)
	}
	if v.Token.Reveal() != token || v.Missing.Reveal() != "" {
		t.Errorf("revealed %q and %q", v.Token.Reveal(), v.Missing.Reveal())
	}
	data, err := json.Marshal(v)
	if err != nil || string(data) != `{"Token":"[secret]","Missing":"[secret]"}` {
		t.Errorf("%s, %v", data, err)
	}
}

func TestSeveralSecretsAreReadFromJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		`"` + token + `"`: {token}, `["` + token + `","old"]`: {token, "old"}, `""`: nil, `null`: nil, `[]`: {}, `["a"]`: {"a"},
	} {
		s := provider.NewSecrets("what was there")
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			t.Fatal(err)
		}
		if got := s.Reveal(); !slices.Equal(got, want) {
			t.Errorf("%s: %q", text, got)
		}
		if first := s.First(); len(want) == 0 && first != "" || len(want) > 0 && first != want[0] {
			t.Errorf("%s: first %q", text, first)
		}
		if data, err := json.Marshal(s); err != nil || string(data) != `"[secret]"` {
			t.Errorf("%s, %v", data, err)
		}
	}
	var s provider.Secrets
	for _, text := range []string{`1`, `{}`, `[1]`, `[["x"]]`, `true`} {
		if json.Unmarshal([]byte(text), &s) == nil {
			t.Errorf("%s is taken", text)
		}
	}
	if s.First() != "" || s.Reveal() != nil {
		t.Error("the zero value holds something")
	}
}
