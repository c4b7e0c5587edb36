package xmpp_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/bonychat/puente/services/egress/xmpp"
)

func TestAccounts(t *testing.T) {
	right := map[string]any{"url": "xmpp://xmpp.example.com:5347", "address": "support@bridge.example.com", "secret": "s3cret"}
	for _, test := range []struct {
		field string
		value any
		want  string // "" for none
	}{
		{"url", "xmpps://10.0.0.1:5347", ""}, {"url", "xmpp://[2001:db8::1]:5347/", ""}, {"url", "xmpp.example.com:5347", "account.url"}, {"url", "xmpp://xmpp.example.com", "account.url"},
		{"url", "http://xmpp.example.com:1", "account.url"}, {"url", "xmpp://u:p@xmpp.example.com:1", "account.url"}, {"url", "xmpp://xmpp.example.com:1/x", "account.url"},
		{"address", "ventas@bridge.example.com", ""}, {"address", "bridge.example.com", "account.address"}, {"address", "a@b@c", "account.address"},
		{"address", "support@bridge.example.com/x", "account.address"}, {"address", "Support@bridge.example.com", "account.address"}, {"address", "a b@c", "account.address"},
		{"title", "Soporte", ""}, {"title", strings.Repeat("x", 101), "account.title"},
		{"upload", "upload.example.com", ""}, {"upload", "https://upload.example.com", "account.upload"},
	} {
		account := maps.Clone(right)
		account[test.field] = test.value
		raw, err := json.Marshal(account)
		if err != nil {
			t.Fatal(err)
		}
		errs := xmpp.Network.CheckAccount(raw)
		switch {
		case test.want == "" && len(errs) > 0:
			t.Errorf("%s %v: %v", test.field, test.value, errs)
		case test.want != "" && (len(errs) != 1 || !strings.HasPrefix(errs[0].Error(), test.want+": ")):
			t.Errorf("%s %v: %v, want one of %s", test.field, test.value, errs, test.want)
		}
	}
}

// A server takes one stream of a component, whatever the name before its domain.
func TestAComponentIsOneAccount(t *testing.T) {
	identity := func(account string) string {
		bound, err := xmpp.Network.Bind(json.RawMessage(account))
		if err != nil {
			t.Fatal(err)
		}
		return bound.Identity
	}
	one := identity(`{"url": "xmpp://x.example.com:5347", "address": "a@bridge.example.com", "secret": "s"}`)
	if other := identity(`{"url": "xmpp://x.example.com:5347", "address": "b@bridge.example.com", "secret": "s"}`); other != one {
		t.Errorf("two names at one domain are %q and %q", one, other)
	}
	if other := identity(`{"url": "xmpp://x.example.com:5347", "address": "a@other.example.com", "secret": "s"}`); other == one {
		t.Errorf("two domains are one")
	}
}
