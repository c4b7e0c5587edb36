package oracle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// Params reads the JSON body of a call; an empty one has none.
func Params(body []byte) (map[string]any, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var params map[string]any
	if err := d.Decode(&params); err != nil {
		return nil, errors.New("the body is no JSON object")
	}
	return params, nil
}

// FormParams reads the fields of a form, where every value is text and what is no text is JSON in it. files are the
// names of the files that came along.
func (t *Table) FormParams(method string, fields map[string]string, files []string) (map[string]any, error) {
	m, ok := t.Methods[method]
	if !ok {
		return nil, fmt.Errorf("method %q is not in the table", method)
	}
	params := map[string]any{}
	for _, name := range files {
		params[name] = File{}
	}
	for name, text := range fields {
		params[name] = text
		if slices.Contains(m.Fields[name].Types, "String") && !slices.Contains(m.Fields[name].Types, "Integer") {
			continue
		}
		d := json.NewDecoder(bytes.NewReader([]byte(text)))
		d.UseNumber()
		var v any
		if d.Decode(&v) == nil {
			params[name] = v
		}
	}
	return params, nil
}
