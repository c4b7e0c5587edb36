package scan

import (
	"encoding/json"
	"slices"
)

// Without is a JSON body with an empty text in place of what is under a path of keys, and all else as it was written. It holds
// however often a key is there. A body that is no JSON stays as it is, as does one where nothing is under the path.
func Without(body []byte, path string) []byte {
	steps, err := parsePath(path)
	if err != nil || !json.Valid(body) {
		return body
	}
	start := blank(body, 0)
	return slices.Concat(body[:start], emptied(body[start:], steps))
}

// emptied is a value with an empty text at the end of the steps. What follows the value stays.
func emptied(raw []byte, steps []step) []byte {
	if len(steps) == 0 {
		return slices.Concat([]byte(`""`), raw[skip(raw, 0):])
	}
	if raw[0] != '{' || steps[0].list {
		return raw
	}
	var out []byte
	copied := 0
	for i := blank(raw, 1); raw[i] == '"'; {
		end := skip(raw, i)
		name := raw[i+1 : end-1]
		i = blank(raw, blank(raw, end)+1) // behind the colon
		end = skip(raw, i)
		if spells(name, steps[0].key) {
			out = append(append(out, raw[copied:i]...), emptied(raw[i:end], steps[1:])...)
			copied = end
		}
		if i = blank(raw, end); raw[i] == ',' {
			i = blank(raw, i+1)
		}
	}
	return append(out, raw[copied:]...)
}
