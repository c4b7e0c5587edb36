package operators

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/bonychat/puente/pkg/config/yamlfile"
	"github.com/bonychat/puente/pkg/secret"
)

// API is the control API.
type API struct {
	// Reflection lets whoever has a token ask which services there are, by gRPC's reflection; default false.
	Reflection bool
	// Tokens are who may call it. None is for the all-in-one alone: it makes one for its own commands. They are taken up
	// while everything runs.
	Tokens []Token
	// Console is the operators' page.
	Console Console
}

// Token lets somebody call the control API.
type Token struct {
	// Name stands in the audit: 1 to 64 of a-z A-Z 0-9 . _ @ -. No two share one.
	Name string
	// Role is what it may do.
	Role Role
	// Token is the credential, at least [MinToken] characters. No two share one.
	Token secret.Text
}

// Role is what a token of the control API may do.
type Role string

// The roles of a token. Each may do what the ones that it names may: nobody sees content but who has the role for it.
const (
	Read    Role = "read"    // sees how everything stands, and no content
	Write   Role = "write"   // read, and changes what is
	Content Role = "content" // read, and sees what people wrote
)

// MinToken is the least length of a token of the control API in characters: that many random ones cannot be guessed.
const MinToken = 32

// maxTokens bounds the list: each call is compared with all of them.
const maxTokens = 100

var tokenName = regexp.MustCompile(`^[A-Za-z0-9._@-]{1,64}$`)

// Parse reads the API from its place in the file. What is wrong there is told to the file; what it returns is as far as it was right.
func Parse(p yamlfile.Place) (api API) {
	f, ok := p.Fields("tokens", "reflection", "console")
	if !ok {
		return api
	}
	api.Console = parseConsole(f["console"])
	api.Reflection = f["reflection"].Truth()
	items := f["tokens"].Items()
	if len(items) > maxTokens {
		f["tokens"].Wrong("has %d tokens: at most %d", len(items), maxTokens)
		return api
	}
	names, tokens := map[string]string{}, map[string]string{} // to the first place of each
	for _, item := range items {
		t, name, token := parseToken(item)
		if first := names[t.Name]; t.Name != "" && first != "" {
			name.Wrong("is the name of %s too", first)
		} else {
			names[t.Name] = item.At
		}
		value := t.Token.Reveal()
		if first := tokens[value]; value != "" && first != "" {
			token.Wrong("is the token of %s too: everybody has their own", first)
		} else {
			tokens[value] = item.At
		}
		api.Tokens = append(api.Tokens, t)
	}
	return api
}

// parseToken reads one token, and returns the places of what must differ from other tokens.
func parseToken(p yamlfile.Place) (t Token, name, token yamlfile.Place) {
	if p.Node == nil && !p.Broken {
		p.Wrong("is empty")
		p.Broken = true
	}
	f, ok := p.Fields("name", "role", "token")
	if !ok {
		return t, p, p
	}
	if s, ok := f["name"].Required(); ok {
		if tokenName.MatchString(s) {
			t.Name = s
		} else {
			f["name"].Wrong("must be 1 to 64 of A-Z a-z 0-9 . _ @ -")
		}
	}
	if _, ok := f["role"].Required(); ok {
		t.Role = Role(f["role"].OneOf(string(Read), string(Write), string(Content)))
	}
	if s, ok := f["token"].Required(); ok {
		switch {
		case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }):
			f["token"].Wrong("must be visible ASCII without spaces: it travels in a header")
		case utf8.RuneCountInString(s) < MinToken:
			f["token"].Wrong("must have at least %d characters: strangers may try to guess it", MinToken)
		case len(s) > 512:
			f["token"].Wrong("must have at most 512 characters")
		default:
			t.Token = secret.Hide(s)
		}
	}
	return t, f["name"], f["token"]
}
