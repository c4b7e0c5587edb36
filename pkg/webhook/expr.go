package webhook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Expr finds one value in a call. The zero value finds nothing.
type Expr struct {
	// JSON is a path of object keys in the body, joined by dots.
	JSON string `json:"json,omitempty"`
}

// JSON finds a value in a JSON body by a path of object keys joined by dots.
func JSON(path string) Expr { return Expr{JSON: path} }

// Find is the value as text: a string's text, a number's digits as they were written. "" where there is none.
func (e Expr) Find(c Call) string {
	if e.JSON == "" {
		return ""
	}
	raw := json.RawMessage(c.Body)
	for key := range strings.SplitSeq(e.JSON, ".") {
		var object map[string]json.RawMessage
		if json.Unmarshal(raw, &object) != nil {
			return ""
		}
		raw = object[key]
	}
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return ""
	}
	switch c := raw[0]; {
	case c == '"':
		var s string
		_ = json.Unmarshal(raw, &s)
		return s
	case c == '-' || c >= '0' && c <= '9':
		return string(raw)
	}
	return ""
}

func (e Expr) problem() error {
	for key := range strings.SplitSeq(e.JSON, ".") {
		if key == "" && e.JSON != "" {
			return fmt.Errorf("json: %q has an empty key", e.JSON)
		}
	}
	return nil
}
