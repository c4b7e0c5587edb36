package operators_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/config/operators"
	"github.com/bonychat/puente/pkg/config/yamlfile"
)

// parse reads what stands under "control", and returns the mistakes in one text.
func parse(t *testing.T, text string) (operators.API, string) {
	t.Helper()
	p, ok := yamlfile.Source{Name: "f"}.Read([]byte(text))
	if !ok {
		t.Fatal(p.Mistakes())
	}
	api := operators.Parse(p)
	return api, fmt.Sprint(p.Mistakes())
}

func TestWhoMayOperate(t *testing.T) {
	t.Parallel()
	api, wrong := parse(t, `
reflection: true
tokens: [{name: ana@example.com, role: content, token: 0123456789abcdef0123456789abcdef}]
console: {proxies: [10.0.0.0/8], user_header: x-auth-user, roles: {read: ["*"], write: [ops, admins]}}
`)
	if wrong != "" && wrong != "[]" && wrong != "<nil>" {
		t.Fatal(wrong)
	}
	token := api.Tokens[0]
	if !api.Reflection || len(api.Tokens) != 1 || token.Name != "ana@example.com" || token.Role != operators.Content || token.Token.Reveal() != "0123456789abcdef0123456789abcdef" {
		t.Errorf("%+v", api)
	}
	c := api.Console
	if c.Off || !slices.Equal(c.Proxies, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}) || c.UserHeader != "X-Auth-User" || c.GroupsHeader != "X-Forwarded-Groups" ||
		!slices.Equal(c.Roles[operators.Read], []string{operators.Everybody}) || !slices.Equal(c.Roles[operators.Write], []string{"ops", "admins"}) || len(c.Roles[operators.Content]) != 0 {
		t.Errorf("%+v", c)
	}
}

// A mistake names its place and what is allowed, and never quotes a credential.
func TestMistakesOfWhoMayOperate(t *testing.T) {
	t.Parallel()
	const good = "S3CRETS3CRETS3CRETS3CRETS3CRET01"
	one := func(change string) string { return "tokens: [{" + change + "}]" }
	for _, test := range []struct{ name, text, want string }{
		{"too short", one("name: a, role: read, token: S3CRET"), "tokens[0].token: must have at least 32"},
		{"31 characters", one("name: a, role: read, token: " + good[1:]), "tokens[0].token: must have at least 32"},
		{"too long", one("name: a, role: read, token: " + strings.Repeat("S3CRET", 100)), "tokens[0].token: must have at most 512"},
		{"a space", one("name: a, role: read, token: '" + good + " x'"), "tokens[0].token: must be visible ASCII"},
		{"letters of another alphabet", one("name: a, role: read, token: " + good + "ñ"), "tokens[0].token: must be visible ASCII"},
		{"a name with a space", one("name: 'a b', role: read, token: " + good), "tokens[0].name: must be 1 to 64"},
		{"a name that is too long", one("name: " + strings.Repeat("a", 65) + ", role: read, token: " + good), "tokens[0].name: must be 1 to 64"},
		{"no such role", one("name: a, role: owner, token: " + good), "tokens[0].role: must be read, write or content"},
		{"no role", one("name: a, token: " + good), "tokens[0].role: is required"},
		{"two of one name", "tokens: [{name: a, role: read, token: " + good + "}, {name: a, role: read, token: x" + good + "}]", "tokens[1].name: is the name of tokens[0] too"},
		{"two of one token", "tokens: [{name: a, role: read, token: " + good + "}, {name: b, role: read, token: " + good + "}]", "tokens[1].token: is the token of tokens[0] too"},
		{"nobody", "tokens: [null]", "tokens[0]: is empty"},
		{"too many", "tokens: [" + strings.Repeat("a, ", 101) + "]", "has 101 tokens: at most 100"},
		{"a header that is none", "console: {user_header: 'X User'}", "console.user_header: must be the name of a header"},
		{"a group with a comma", "console: {roles: {read: ['a,b']}}", "console.roles.read[0]: must be the name of a group"},
		{"too many groups", "console: {roles: {read: [" + strings.Repeat("a, ", 101) + "]}}", "console.roles.read: has 101 groups"},
		{"a role of the page that is none", "console: {roles: {owner: [a]}}", "console.roles.owner: unknown key"},
		{"proxies that let nobody do anything", "console: {proxies: [10.0.0.0/8]}", "console.roles: is required with proxies"},
	} {
		_, wrong := parse(t, test.text)
		if !strings.Contains(wrong, test.want) {
			t.Errorf("%s: %s", test.name, wrong)
		}
		if strings.Contains(wrong, "S3CRET") {
			t.Errorf("%s is quoted: %s", test.name, wrong)
		}
	}
}
