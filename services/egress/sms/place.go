package sms

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Place is where something is read: "json:/data/id", "form:From", "query:id", "header:X-Id", "text:ID: ".
type Place struct{ kind, name string }

// Places are read one after the other: the first that says anything counts. In JSON they are a text or a list of texts.
type Places []Place

var errPlace = errors.New("a place must begin with json:/, form:, query:, header: or text:")

func parsePlace(text string) (Place, error) {
	kind, name, _ := strings.Cut(text, ":")
	switch {
	case kind == "json" && strings.HasPrefix(name, "/"):
		return Place{kind, name}, nil
	case kind == "form" && name != "", kind == "query" && name != "", kind == "header" && name != "", kind == "text" && name != "":
		return Place{kind, name}, nil
	default:
		return Place{}, errPlace
	}
}

// pointer is where it is in JSON: https://www.rfc-editor.org/rfc/rfc6901
func (p Place) pointer() []string {
	tokens := strings.Split(p.name[1:], "/")
	for i, token := range tokens {
		tokens[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
	}
	return tokens
}

// UnmarshalText implements [encoding.TextUnmarshaler], for keys of objects too.
func (p *Place) UnmarshalText(text []byte) (err error) {
	*p, err = parsePlace(string(text))
	return err
}

// MarshalText implements [encoding.TextMarshaler].
func (p Place) MarshalText() ([]byte, error) { return []byte(p.kind + ":" + p.name), nil }

// UnmarshalJSON implements [json.Unmarshaler].
func (ps *Places) UnmarshalJSON(data []byte) error {
	var one Place
	if json.Unmarshal(data, &one) == nil {
		*ps = Places{one}
		return nil
	}
	var many []Place
	if json.Unmarshal(data, &many) != nil {
		return errPlace
	}
	*ps = many
	return nil
}

// said is what was said to us, in a call or in an answer.
type said struct {
	json        any // nil where the body is none
	form, query url.Values
	header      http.Header
	body        []byte
}

// decoded is a body as JSON, its numbers as they were written; nil where it is none.
func decoded(body []byte) any {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil || d.More() {
		return nil
	}
	return v
}

// at is what stands in a place, as text; "" for nothing.
func (s said) at(p Place) string {
	switch p.kind {
	case "json":
		return scalar(find(s.json, p.pointer()))
	case "form":
		return clean(s.form.Get(p.name))
	case "query":
		return clean(s.query.Get(p.name))
	case "header":
		return clean(s.header.Get(p.name))
	case "text":
		rest, ok := strings.CutPrefix(strings.TrimSpace(string(s.body)), strings.TrimLeft(p.name, " "))
		if words := strings.Fields(rest); ok && len(words) > 0 {
			return clean(words[0])
		}
	}
	return ""
}

func (s said) first(ps Places) string {
	for _, p := range ps {
		if text := s.at(p); text != "" {
			return text
		}
	}
	return ""
}

// each is what all of the places say.
func (s said) each(ps Places) (texts []string) {
	for _, p := range ps {
		if text := s.at(p); text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}

// all says that each place has one of its values.
func (s said) all(conditions map[Place]Values) bool {
	for place, values := range conditions {
		if !values.has(s.at(place)) {
			return false
		}
	}
	return true
}

// find follows a JSON pointer; nil where there is nothing.
func find(v any, pointer []string) any {
	for _, token := range pointer {
		switch at := v.(type) {
		case map[string]any:
			v = at[token]
		case []any:
			n, err := strconv.Atoi(token)
			if err != nil || n < 0 || n >= len(at) {
				return nil
			}
			v = at[n]
		default:
			return nil
		}
	}
	return v
}

func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	default:
		return ""
	}
}

// clean is text that can be stored: a form need not be valid UTF-8.
func clean(text string) string { return strings.ToValidUTF8(text, "\uFFFD") }
