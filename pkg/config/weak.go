package config

import (
	"encoding/json"
	"slices"
	"unicode/utf8"

	"github.com/bonychat/puente/pkg/config/yamlfile"
	"github.com/bonychat/puente/pkg/secret"
)

// fewCharacters is how short a credential has to be to be warned about: strangers may try them at the public side.
const fewCharacters = 16

// weak warns where one of these credentials is short. An empty one is none.
func weak(p yamlfile.Place, secrets ...string) {
	if slices.ContainsFunc(secrets, func(s string) bool { return s != "" && utf8.RuneCountInString(s) < fewCharacters }) {
		p.Warn("has fewer than 16 characters: a secret this short can be guessed")
	}
}

// secretsIn are the credentials of a field: a text, or a list of texts.
func secretsIn(raw json.RawMessage) []string {
	var s secret.Texts
	if len(raw) == 0 || json.Unmarshal(raw, &s) != nil {
		return nil // reported by the network
	}
	return s.Reveal()
}
