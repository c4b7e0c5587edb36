package inbound

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/webhook"
)

// Quoted are JSON bodies with one text at a time that holds more than it did.
func Quoted(body []byte, more string) (out [][]byte) {
	var root any
	if json.Unmarshal(body, &root) != nil {
		return nil
	}
	var walk func(v any, set func(any))
	walk = func(v any, set func(any)) {
		switch v := v.(type) {
		case string:
			set(v + " " + more)
			if data, err := json.Marshal(root); err == nil {
				out = append(out, data)
			}
			set(v)
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				walk(v[key], func(to any) { v[key] = to })
			}
		case []any:
			for i := range v {
				walk(v[i], func(to any) { v[i] = to })
			}
		}
	}
	walk(root, func(to any) { root = to })
	return out
}

// quotedForm are bodies of a form with one value at a time that holds more than it did.
func quotedForm(call webhook.Call, more string) (out [][]byte) {
	values, err := url.ParseQuery(string(call.Body))
	if call.MediaType() != "application/x-www-form-urlencoded" || err != nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		was := values[name]
		values[name] = []string{strings.Join(was, " ") + " " + more}
		out = append(out, []byte(values.Encode()))
		values[name] = was
	}
	return out
}
