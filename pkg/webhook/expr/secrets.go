package expr

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"slices"
)

// Secrets are a channel's account by the names of its fields, each with its text, or its list of texts. Several live
// values of a credential are for rotation: any of them admits.
type Secrets map[string][]string

// Has says whether a field has a text that is not empty.
func (s Secrets) Has(field string) bool {
	return field != "" && slices.ContainsFunc(s[field], func(one string) bool { return one != "" })
}

// Holds says whether a text is one of a field's live secrets, in time that depends on none of them. An empty secret admits
// nobody.
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

// SecretsOf are the texts of an account, given as the JSON object of the configuration. The error holds none of them.
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

// First is a field's first text that is not empty, "" for none.
func (s Secrets) First(field string) string {
	if i := slices.IndexFunc(s[field], func(one string) bool { return one != "" }); i >= 0 {
		return s[field][i]
	}
	return ""
}
