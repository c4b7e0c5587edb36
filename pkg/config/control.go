package config

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/bonychat/puente/pkg/config/yamlfile"
)

// Control is the control API.
type Control struct {
	// Reflection lets whoever has a token ask which services there are, by gRPC's reflection; default false.
	Reflection bool
	// Tokens are who may call it. None is for the all-in-one alone: it makes one for its own commands. They are taken up
	// while everything runs.
	Tokens []ControlToken
	// Console is the operators' page.
	Console Console
}

// ControlToken lets somebody call the control API.
type ControlToken struct {
	// Name stands in the audit: 1 to 64 of a-z A-Z 0-9 . _ @ -. No two share one.
	Name string
	// Role is what it may do.
	Role ControlRole
	// Token is the credential, at least [MinControlToken] characters. No two share one.
	Token Secret
}

// ControlRole is what a token of the control API may do.
type ControlRole string

// The roles of a token. Each may do what the ones that it names may: nobody sees content but who has the role for it.
const (
	ControlRead    ControlRole = "read"    // sees how everything stands, and no content
	ControlWrite   ControlRole = "write"   // read, and changes what is
	ControlContent ControlRole = "content" // read, and sees what people wrote
)

// MinControlToken is the least length of a token of the control API in characters: that many random ones cannot be guessed.
const MinControlToken = 32

// maxControlTokens bounds the list: each call is compared with all of them.
const maxControlTokens = 100

var controlName = regexp.MustCompile(`^[A-Za-z0-9._@-]{1,64}$`)

// control reads what the control API needs.
func (r *reader) control(p yamlfile.Place, c *Config) {
	f, ok := p.Fields("tokens", "reflection", "console")
	if !ok {
		return
	}
	c.Control.Console = r.console(f["console"])
	c.Control.Reflection = f["reflection"].Truth()
	items := f["tokens"].Items()
	if len(items) > maxControlTokens {
		f["tokens"].Wrong("has %d tokens: at most %d", len(items), maxControlTokens)
		return
	}
	names, tokens := map[string]string{}, map[string]string{} // to the first place of each
	for _, item := range items {
		t, name, token := controlToken(item)
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
		c.Control.Tokens = append(c.Control.Tokens, t)
	}
}

// controlToken reads one token, and returns the places of what must differ from other tokens.
func controlToken(p yamlfile.Place) (t ControlToken, name, token yamlfile.Place) {
	if p.Node == nil && !p.Broken {
		p.Wrong("is empty")
		p.Broken = true
	}
	f, ok := p.Fields("name", "role", "token")
	if !ok {
		return t, p, p
	}
	if s, ok := f["name"].Required(); ok {
		if controlName.MatchString(s) {
			t.Name = s
		} else {
			f["name"].Wrong("must be 1 to 64 of A-Z a-z 0-9 . _ @ -")
		}
	}
	if _, ok := f["role"].Required(); ok {
		t.Role = ControlRole(f["role"].OneOf(string(ControlRead), string(ControlWrite), string(ControlContent)))
	}
	if s, ok := f["token"].Required(); ok {
		switch {
		case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }):
			f["token"].Wrong("must be visible ASCII without spaces: it travels in a header")
		case utf8.RuneCountInString(s) < MinControlToken:
			f["token"].Wrong("must have at least %d characters: strangers may try to guess it", MinControlToken)
		case len(s) > 512:
			f["token"].Wrong("must have at most 512 characters")
		default:
			t.Token = Hide(s)
		}
	}
	return t, f["name"], f["token"]
}
