package webhook_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func TestATokenCanStandInOtherPlaces(t *testing.T) {
	t.Parallel()
	account := webhook.Secrets{field: {secret, "new/+ token"}, "user": {"ana"}}
	authorized := func(values ...string) webhook.Call { return webhook.Call{Header: http.Header{"Authorization": values}} }
	query := func(q string) webhook.Call { return webhook.Call{Query: q} }
	path := func(p string) webhook.Call { return webhook.Call{Suffix: p} }
	bearer, user, any := proof.Token{Bearer: true}, proof.Token{Basic: true, User: "user"}, proof.Token{Basic: true}
	inQuery, inPath := proof.Token{Query: "token"}, proof.Token{Path: true}
	for _, test := range []struct {
		name  string
		token proof.Token
		call  webhook.Call
		want  webhook.Cause
	}{
		{"bearer", bearer, authorized("Bearer " + secret), webhook.Authentic},
		{"bearer in small letters", bearer, authorized("bearer " + secret), webhook.Authentic},
		{"bearer, wrong", bearer, authorized("Bearer " + secret + "x"), webhook.Forged},
		{"bearer, empty", bearer, authorized("Bearer "), webhook.Unsigned},
		{"bearer, two spaces", bearer, authorized("Bearer  " + secret), webhook.Forged},
		{"bearer, without the word", bearer, authorized(secret), webhook.Forged},
		{"bearer, twice", bearer, authorized("Bearer "+secret, "Bearer "+secret), webhook.Forged},
		{"bearer, as basic", bearer, authorized(basic("ana", secret)), webhook.Forged},
		{"bearer, nothing", bearer, authorized(), webhook.Unsigned},
		{"basic", user, authorized(basic("ana", secret)), webhook.Authentic},
		{"basic of another user", user, authorized(basic("bea", secret)), webhook.Forged},
		{"basic of no user", user, authorized(basic("", secret)), webhook.Forged},
		{"basic of any user", any, authorized(basic("bea", secret)), webhook.Authentic},
		{"basic, wrong", any, authorized(basic("ana", "x")), webhook.Forged},
		{"basic, empty", any, authorized(basic("ana", "")), webhook.Unsigned},
		{"basic, not encoded", any, authorized("Basic ana:" + secret), webhook.Forged},
		{"basic, as bearer", any, authorized("Bearer " + secret), webhook.Forged},
		{"basic, nothing", any, authorized(), webhook.Unsigned},
		{"query", inQuery, query("a=1&token=" + secret), webhook.Authentic},
		{"query, escaped", inQuery, query("token=new%2F%2B+token"), webhook.Authentic},
		{"query, wrong", inQuery, query("token=x"), webhook.Forged},
		{"query, empty", inQuery, query("token="), webhook.Unsigned},
		{"query, twice", inQuery, query("token=" + secret + "&token=" + secret), webhook.Forged},
		{"query, once wrong", inQuery, query("token=x&token=" + secret), webhook.Forged},
		{"query, nothing", inQuery, query("a=1"), webhook.Unsigned},
		{"path", inPath, path("/" + secret), webhook.Authentic},
		{"path, escaped", inPath, path("/new%2F+%20token"), webhook.Authentic},
		{"path, escaped more", inPath, path("/new%2F%2B%20token"), webhook.Authentic},
		{"path, wrong", inPath, path("/x"), webhook.Forged},
		{"path, more of it", inPath, path("/" + secret + "/x"), webhook.Forged},
		{"path, broken", inPath, path("/%zz"), webhook.Forged},
		{"path, empty", inPath, path("/"), webhook.Unsigned},
		{"path, nothing", inPath, path(""), webhook.Unsigned},
		{"nowhere", proof.Token{}, authorized("Bearer " + secret), webhook.Forged},
		{"in two places", proof.Token{Bearer: true, Path: true}, authorized("Bearer " + secret), webhook.Forged},
	} {
		test.token.Secret, test.call.Method = field, http.MethodPost
		p := webhook.Policy{Verify: test.token}
		if got := p.Check(test.call, account); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		if got := p.Check(test.call, webhook.Secrets{field: {""}, "user": {""}}); got == webhook.Authentic {
			t.Errorf("%s: admitted without a secret", test.name)
		}
		if data, err := json.Marshal(p.Strip(test.call)); test.want == webhook.Authentic && (err != nil || strings.Contains(string(data), secret)) {
			t.Errorf("%s: %s is stored, %v", test.name, data, err)
		}
	}
}

func TestTheRestOfAQueryIsStoredAsItCame(t *testing.T) {
	t.Parallel()
	p := webhook.Policy{Verify: proof.AnyOf{proof.Token{Query: "t k", Secret: field}, proof.Token{Bearer: true, Secret: field}}}
	for query, want := range map[string]string{
		"a=%2f&t+k=x&b=1": "a=%2f&b=1", "t%20k=x": "", "T+k=x": "T+k=x", "a&t+k&b=%zz": "a&b=%zz", "": "", "&a=1&&": "&a=1&&", "t+k=x;y&c": "c", "t+k=x&t+k=y": "",
	} {
		c := webhook.Call{Query: query, URL: "https://x/?" + query, Header: http.Header{}}
		if got := p.Strip(c); got.Query != want || got.URL != "" {
			t.Errorf("%q becomes %q and %q, want %q", query, got.Query, got.URL, want)
		}
	}
}

func TestAnyOfSeveralSchemesAdmits(t *testing.T) {
	t.Parallel()
	p := webhook.Policy{Verify: proof.AnyOf{proof.Token{Bearer: true, Secret: "a"}, proof.Token{Header: header, Secret: "b"}}}
	account := webhook.Secrets{"a": {"A"}, "b": {"B"}}
	for _, test := range []struct {
		name, bearer, header string
		want                 webhook.Cause
	}{
		{"the first", "A", "", webhook.Authentic},
		{"the second", "", "B", webhook.Authentic},
		{"one of them, the other wrong", "x", "B", webhook.Authentic},
		{"both wrong", "x", "x", webhook.Forged},
		{"one of them wrong", "", "x", webhook.Forged},
		{"each for the other", "B", "A", webhook.Forged},
		{"none", "", "", webhook.Unsigned},
	} {
		c := webhook.Call{Method: http.MethodPost, Header: http.Header{}}
		if test.bearer != "" {
			c.Header.Set("Authorization", "Bearer "+test.bearer)
		}
		if test.header != "" {
			c.Header.Set(header, test.header)
		}
		if got := p.Check(c, account); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	for name, of := range map[string]proof.AnyOf{"none": nil, "nothing": {nil}} {
		if got := (webhook.Policy{Verify: of}).Check(call(secret), account); got == webhook.Authentic {
			t.Errorf("any of %s admits", name)
		}
	}
}
