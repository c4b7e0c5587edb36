package whatsapp

import (
	"bytes"
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"time"
)

// value is a JSON value that may be anything. What is asked of it and is not there is empty, so that one item of a batch
// that is made otherwise than the rest takes nothing with it.
type value struct{ v any }

// decode reads a body; false where it is no JSON object.
func decode(body []byte) (value, bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var object map[string]any
	err := d.Decode(&object)
	return value{object}, err == nil && object != nil
}

// at goes down by the keys of objects.
func (v value) at(keys ...string) value {
	for _, key := range keys {
		object, _ := v.v.(map[string]any)
		v = value{object[key]}
	}
	return v
}

// list are the elements of a list.
func (v value) list() []value {
	elements, _ := v.v.([]any)
	out := make([]value, 0, len(elements))
	for _, e := range elements {
		out = append(out, value{e})
	}
	return out
}

// text is a text, or a number as it was written: Meta writes ids and times either way.
func (v value) text() string {
	switch t := v.v.(type) {
	case string:
		return t
	case json.Number:
		return t.String()
	default:
		return ""
	}
}

// yes is true for true alone.
func (v value) yes() bool {
	b, _ := v.v.(bool)
	return b
}

// degrees is a number of at most so many degrees, written as a number or as a text.
func (v value) degrees(most float64) (float64, bool) {
	f, err := strconv.ParseFloat(v.text(), 64)
	return f, err == nil && !math.IsNaN(f) && math.Abs(f) <= most
}

// time is a time in Unix seconds; zero where it cannot be one.
func (v value) time() time.Time {
	const year9999 = 253402300799
	seconds, err := strconv.ParseInt(v.text(), 10, 64)
	if err != nil || seconds <= 0 || seconds > year9999 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// code is the number of an error, 0 for none.
func (v value) code() int {
	n, err := strconv.Atoi(v.text())
	if err != nil {
		return 0
	}
	return n
}

var word = regexp.MustCompile(`^[a-z][a-z_]{0,39}$`)

// word is a text of Meta's own, such as "unsupported"; "" for anything that could be a person's.
func (v value) word() string {
	if t := v.text(); word.MatchString(t) {
		return t
	}
	return ""
}
