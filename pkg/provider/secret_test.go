package provider_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/provider"
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
	account := config.Hide(json.RawMessage(`{"token":"` + token + `"}`))
	h := holder{Token: s, hidden: s, List: []provider.Secret{s}, Map: map[string]provider.Secret{"k": s}, Any: s}
	h.Inner.Token, h.Inner.hidden, h.inner.token = s, &s, s
	a := accounts{Account: account, hidden: account}
	a.inner.Account = &account
	every, common := []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%p"}, []string{"%v", "%+v", "%#v"}
	for name, test := range map[string]struct {
		value any
		verbs []string
	}{
		"a secret": {s, every}, "its address": {&s, every}, "a struct": {h, every}, "a struct's address": {&h, every}, "a list": {[]any{s, h}, every},
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
