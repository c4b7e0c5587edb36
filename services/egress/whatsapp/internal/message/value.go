// Package message reads what the webhook of WhatsApp tells: a message into content, notes and the contact that wrote it. Everything in a
// call may be anything, so a [Value] is asked for what it holds, and what is not there is empty.
//
//	body, ok := message.Decode(call.Body)
//	said := message.Content(body.At("entry").List()[0])
//
// It makes no events and knows no account.
package message

import (
	"bytes"
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"time"
)

// Value is a JSON value that may be anything. What is asked of it and is not there is empty, so that one item of a batch
// that is made otherwise than the rest takes nothing with it.
type Value struct{ v any }

// Decode reads a body; false where it is no JSON object.
func Decode(body []byte) (Value, bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var object map[string]any
	err := d.Decode(&object)
	return Value{object}, err == nil && object != nil
}

// Exists says that there is something, if only an empty list.
func (v Value) Exists() bool { return v.v != nil }

// IsList says that it is a list.
func (v Value) IsList() bool {
	_, ok := v.v.([]any)
	return ok
}

// At goes down by the keys of objects.
func (v Value) At(keys ...string) Value {
	for _, key := range keys {
		object, _ := v.v.(map[string]any)
		v = Value{object[key]}
	}
	return v
}

// List are the elements of a list.
func (v Value) List() []Value {
	elements, _ := v.v.([]any)
	out := make([]Value, 0, len(elements))
	for _, e := range elements {
		out = append(out, Value{e})
	}
	return out
}

// Text is a text, or a number as it was written: Meta writes ids and times either way.
func (v Value) Text() string {
	switch t := v.v.(type) {
	case string:
		return t
	case json.Number:
		return t.String()
	default:
		return ""
	}
}

// Yes is true for true alone.
func (v Value) Yes() bool {
	b, _ := v.v.(bool)
	return b
}

// Degrees is a number of at most so many degrees, written as a number or as a text.
func (v Value) Degrees(most float64) (float64, bool) {
	f, err := strconv.ParseFloat(v.Text(), 64)
	return f, err == nil && !math.IsNaN(f) && math.Abs(f) <= most
}

// Time is a time in Unix seconds; zero where it cannot be one.
func (v Value) Time() time.Time {
	const year9999 = 253402300799
	seconds, err := strconv.ParseInt(v.Text(), 10, 64)
	if err != nil || seconds <= 0 || seconds > year9999 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// Code is the number of an error, 0 for none.
func (v Value) Code() int {
	n, err := strconv.Atoi(v.Text())
	if err != nil {
		return 0
	}
	return n
}

var word = regexp.MustCompile(`^[a-z][a-z_]{0,39}$`)

// Word is a text of Meta's own, such as "unsupported"; "" for anything that could be a person's.
func (v Value) Word() string {
	if t := v.Text(); word.MatchString(t) {
		return t
	}
	return ""
}
