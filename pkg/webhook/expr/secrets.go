package expr

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"slices"
)

// Secrets are the fields of a channel's account by their names, each with its values. A credential that is being changed has several
// values, and each of them admits.
type Secrets map[string][]string

// Has says whether a field has a value that is not empty.
func (s Secrets) Has(field string) bool {
	return field != "" && slices.ContainsFunc(s[field], func(one string) bool { return one != "" })
}

// Holds says whether sent is one of a field's values. The time it takes does not depend on the values. An empty value admits nobody.
func (s Secrets) Holds(field, sent string) bool {
	got := sha256.Sum256([]byte(sent))
	ok := 0
	for _, l := range s[field] {
		want := sha256.Sum256([]byte(l))
		equal := subtle.ConstantTimeCompare(got[:], want[:])
		if l != "" {
			ok |= equal
		}
	}
	return ok == 1
}

// SecretsOf reads an account, the JSON object of the configuration. The error quotes nothing of it.
func SecretsOf(account json.RawMessage) (Secrets, error) {
	var fields map[string]any
	if json.Unmarshal(account, &fields) != nil {
		return nil, errors.New("account: must be an object")
	}
	all := Secrets{}
	for name, value := range fields {
		all[name] = texts(value)
	}
	return all, nil
}

// texts are a field's text, or its list of texts: a credential that is being changed has two.
func texts(value any) (all []string) {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	for _, one := range list {
		if text, ok := one.(string); ok {
			all = append(all, text)
		}
	}
	return all
}

// First is a field's first value that is not empty, or "".
func (s Secrets) First(field string) string {
	if i := slices.IndexFunc(s[field], func(one string) bool { return one != "" }); i >= 0 {
		return s[field][i]
	}
	return ""
}
