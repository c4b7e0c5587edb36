package config

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/bonychat/puente/pkg/config/yamlfile"
	"github.com/bonychat/puente/pkg/secret"
)

// Account is a network's account: a JSON object with credentials.
type Account = secret.Value[json.RawMessage]

// account reads an account and lets its network check it. It also returns what no other channel of the network can have, "" for nothing,
// and where that stands.
func (r *reader) account(p yamlfile.Place, network Network) (account Account, at yamlfile.Place, claimed string) {
	known := make([]string, len(network.Fields))
	for i, s := range network.Fields {
		known[i] = s.Name
	}
	f, ok := p.Fields(known...)
	if !ok {
		return Account{}, p, ""
	}
	object, told := map[string]json.RawMessage{}, map[string]bool{}
	for _, s := range network.Fields {
		field := f[s.Name]
		ok = true
		if s.Secret {
			ok = credential(field, s.Many)
		}
		if ok {
			object[s.Name], ok = field.JSON()
		}
		if s.Secret && ok {
			weak(field, secretsIn(object[s.Name])...)
		}
		if !ok {
			told[s.Name] = true
		}
		if object[s.Name] == nil {
			delete(object, s.Name)
		}
	}
	// the network stops at the first value of a wrong type: with that one put right it goes on
	for again := true; again; {
		again = false
		for _, err := range network.Check(marshal(object)) {
			at, message := cut(err)
			name, _, _ := strings.Cut(at, ".")
			if told[name] {
				continue
			}
			told[name] = true
			field, ok := f[name]
			if !ok {
				field = p
			}
			if at != "" {
				field.At = p.At + "." + at
			}
			if raw := object[name]; message == "must be string" && !strings.ContainsAny(string(raw[:1]), `"[{`) {
				object[name] = marshal(string(raw))
				message, again = "must be a string: put it in quotes", true
			}
			field.Wrong("%s", message)
		}
	}
	data := marshal(object)
	if network.Claim != nil && len(told) == 0 {
		name, value := network.Claim(data)
		if at, claimed = p, value; f[name].File != nil {
			at = f[name]
		}
	}
	return secret.Hide(data), at, claimed
}

// credential says whether a value is a text, or where there may be many a list of texts; else a mistake was reported.
func credential(p yamlfile.Place, many bool) bool {
	if !many || p.Node == nil || p.Node.Kind != yaml.SequenceNode {
		_, ok := p.Optional()
		return ok
	}
	ok := true
	for _, item := range p.Items() {
		_, fine := item.Required()
		ok = ok && fine
	}
	return ok
}

// cut is the field that an error of CheckAccount names ("" for the account), and what it says about it.
func cut(err error) (field, message string) {
	at, message, ok := strings.Cut(err.Error(), ": ")
	if !ok {
		return "", err.Error()
	}
	return strings.TrimPrefix(strings.TrimPrefix(at, "account"), "."), message
}

// marshal writes what can always be written.
func marshal(v any) json.RawMessage {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}

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
