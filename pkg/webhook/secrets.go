package webhook

import (
	"encoding/json"
	"errors"
)

// Secrets are a channel's account by the names of its fields, each with its text, or its list of texts. Several live
// values of a credential are for rotation: any of them admits.
type Secrets map[string][]string

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
