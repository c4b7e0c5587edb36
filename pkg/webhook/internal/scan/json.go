package scan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
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

// CheckPath says what is wrong with a path of [JSON] and [EmptyList], nil for nothing.
func CheckPath(path string) error {
	_, err := parsePath(path)
	return err
}

// JSON is the text or number under a path of a JSON body: "entry[0].id", or "entry[].id" for those of all elements joined
// by commas. It is "" where there is none, where one of the elements has none, and where the body is no JSON.
func JSON(body []byte, path string) string {
	steps, err := parsePath(path)
	if err != nil || !json.Valid(body) {
		return ""
	}
	found, _ := appendValue(nil, body[blank(body, 0):], steps)
	return string(found)
}

// appendValue appends what is under the steps, that of every element joined by commas; false where there is nothing.
func appendValue(dst, raw []byte, steps []step) ([]byte, bool) {
	if raw, steps = under(raw, steps); len(steps) == 0 {
		before := len(dst)
		dst = appendText(dst, raw)
		return dst, len(dst) > before
	}
	some := false
	for element := range elements(raw) {
		if some {
			dst = append(dst, ',')
		}
		if dst, some = appendValue(dst, element, steps[1:]); !some {
			return nil, false
		}
	}
	return dst, some
}

// under goes down to the end, or to where every element is meant.
func under(raw []byte, steps []step) ([]byte, []step) {
	for ; len(steps) > 0 && !steps[0].every; steps = steps[1:] {
		if steps[0].list {
			raw = element(raw, steps[0].index)
		} else {
			raw = Member(raw, steps[0].key)
		}
	}
	return raw, steps
}

// element is a list's element by its index, nil where there is none.
func element(raw []byte, index int) []byte {
	for one := range elements(raw) {
		if index == 0 {
			return one
		}
		index--
	}
	return nil
}

// appendText appends a JSON value that is a text or a number.
func appendText(dst, raw []byte) []byte {
	if len(raw) == 0 {
		return dst
	}
	switch c := raw[0]; {
	case c == '"':
		return unquoted(dst, raw[1:len(raw)-1])
	case c == '-' || c >= '0' && c <= '9':
		return append(dst, raw...)
	}
	return dst
}

// Value is the JSON value in a body, without the blanks around it; nil where the body is no JSON.
func Value(body []byte) []byte {
	if !json.Valid(body) {
		return nil
	}
	return bytes.TrimRight(body[blank(body, 0):], " \t\r\n")
}

// Text is a JSON value that is a text or a number; "" for any other, and for nil.
func Text(value []byte) string { return string(appendText(nil, value)) }

// EmptyList says that there is a list under the path of a JSON body, and nothing in it.
func EmptyList(body []byte, path string) bool {
	steps, err := parsePath(path)
	if err != nil || !json.Valid(body) {
		return false
	}
	raw, steps := under(body[blank(body, 0):], steps)
	return len(steps) == 0 && len(raw) > 1 && raw[0] == '[' && raw[blank(raw, 1)] == ']'
}
