package webhook

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/url"
	"strconv"
	"strings"
)

// step is one step into a JSON value: a key, an index, or every element of a list.
type step struct {
	key   string
	index int
	list  bool // index or every
	every bool
}

// parsePath reads "entry[0].changes[].id".
func parsePath(path string) ([]step, error) {
	var out []step
	for segment := range strings.SplitSeq(path, ".") {
		key, rest, list := strings.Cut(segment, "[")
		if key == "" && (len(out) > 0 || !list) {
			return nil, fmt.Errorf("json: %q has an empty key", path)
		}
		if key != "" {
			out = append(out, step{key: key})
		}
		for list {
			var inside string
			if inside, rest, list = strings.Cut(rest, "]"); !list {
				return nil, fmt.Errorf("json: %q has an open bracket", path)
			}
			s := step{list: true, every: inside == ""}
			if !s.every {
				n, err := strconv.ParseUint(inside, 10, 16)
				if err != nil {
					return nil, fmt.Errorf("json: %q is no index", inside)
				}
				s.index = int(n)
			}
			out = append(out, s)
			if rest == "" {
				break
			}
			if rest, list = strings.CutPrefix(rest, "["); !list {
				return nil, errors.New("json: after a bracket comes a dot or another bracket")
			}
		}
	}
	return out, nil
}

// inJSON is the text or number under a path.
func inJSON(body []byte, path string) string {
	steps, err := parsePath(path)
	if err != nil {
		return ""
	}
	return value(body, steps)
}

func value(raw json.RawMessage, steps []step) string {
	raw = under(raw, &steps)
	if len(steps) == 0 {
		return text(raw)
	}
	var list []json.RawMessage // each of its elements
	if json.Unmarshal(raw, &list) != nil {
		return ""
	}
	var values []string
	for _, element := range list {
		one := value(element, steps[1:])
		if one == "" {
			return ""
		}
		values = append(values, one)
	}
	return strings.Join(values, ",")
}

// under goes down to the end, or to where every element is meant.
func under(raw json.RawMessage, steps *[]step) json.RawMessage {
	for ; len(*steps) > 0 && !(*steps)[0].every; *steps = (*steps)[1:] {
		if s := (*steps)[0]; s.list {
			var list []json.RawMessage
			if json.Unmarshal(raw, &list) != nil || s.index >= len(list) {
				return nil
			}
			raw = list[s.index]
		} else {
			var object map[string]json.RawMessage
			if json.Unmarshal(raw, &object) != nil {
				return nil
			}
			raw = object[s.key]
		}
	}
	return raw
}

// text is a JSON value as text, "" for anything but a text and a number.
func text(raw json.RawMessage) string {
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

// emptyList says that there is a list under the path, and nothing in it.
func emptyList(body []byte, path string) bool {
	steps, err := parsePath(path)
	if err != nil {
		return false
	}
	raw := under(body, &steps)
	var list []json.RawMessage
	return len(steps) == 0 && json.Unmarshal(raw, &list) == nil && list != nil && len(list) == 0
}

// maxNested is how deep elements may lie in each other.
const maxNested = 64

// inXML is the text of the only element under a path of names below the root.
func inXML(body []byte, path []string) string {
	d := xml.NewDecoder(bytes.NewReader(body))
	var open []string
	var found strings.Builder
	times, roots := 0, 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && roots == 1 && times == 1 {
			return found.String()
		}
		if err != nil {
			return ""
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(open) == 0 {
				roots++
			}
			if len(open) == maxNested {
				return ""
			}
			open = append(open, t.Name.Local)
			if equal(open[1:], path) {
				times++
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) == 0 && len(bytes.TrimSpace(t)) > 0 {
				return "" // no XML, and perhaps something else
			}
			if len(open) > 0 && equal(open[1:], path) {
				found.Write(t)
			}
		case xml.Directive:
			return ""
		}
	}
}

func equal(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// inJWT is a claim that is a text or a number, of a token that nobody has verified.
func inJWT(token, claim string) string {
	if scheme, rest, ok := strings.Cut(token, " "); ok && strings.EqualFold(scheme, "bearer") {
		token = rest
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ""
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	var claims map[string]json.RawMessage
	if err != nil || json.Unmarshal(payload, &claims) != nil {
		return ""
	}
	return text(claims[claim])
}

// isForm says that the body is a form, by its type.
func (c Call) isForm() bool { return c.contentType() == "application/x-www-form-urlencoded" }

// contentType is the body's type in small letters, without parameters; "" where it is not told.
func (c Call) contentType() string {
	t, _, err := mime.ParseMediaType(only(c.Header.Values("Content-Type")))
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return ""
	}
	return t
}

// form is the body's fields; none where it is not a form to its last byte.
func (c Call) form() url.Values {
	values, err := url.ParseQuery(string(c.Body))
	if err != nil {
		return nil
	}
	return values
}
