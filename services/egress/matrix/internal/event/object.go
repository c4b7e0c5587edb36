// Package event reads what an event of a room says, as content: words, files, places, and in brackets what no other side knows. Anybody may
// send an event with anything in it, so an [Object] is asked for its fields one by one.
//
//	e := event.Read(raw)
//	said, edited, ignored := event.Content(e.Text("type"), e.Has("state_key"), e.In("content"))
//
// It knows no account, no room and no contact.
package event

import (
	"encoding/json"
	"math"
	"strconv"
	"time"
)

// Object is a JSON object whose fields are read one by one: anybody may send an event with anything in it, and one
// field of the wrong type must not make the others unreadable.
type Object map[string]json.RawMessage

// Read is an object, nil where it is none.
func Read(raw json.RawMessage) Object {
	var o Object
	if json.Unmarshal(raw, &o) != nil {
		return nil
	}
	return o
}

// In is the object in a field, nil for none.
func (o Object) In(field string) Object { return Read(o[field]) }

// Text is a text, "" for none.
func (o Object) Text(field string) string {
	var s string
	if json.Unmarshal(o[field], &s) != nil {
		return ""
	}
	return s
}

// Number is a whole number from 0 on, 0 for none.
func (o Object) Number(field string) int64 {
	n, err := strconv.ParseFloat(string(o[field]), 64)
	if err != nil || n < 0 || n > 1<<53 || n != math.Trunc(n) {
		return 0
	}
	return int64(n)
}

// Yes says that a field is true.
func (o Object) Yes(field string) bool { return string(o[field]) == "true" }

// List is the list in a field, empty for none.
func (o Object) List(field string) []json.RawMessage {
	var l []json.RawMessage
	if json.Unmarshal(o[field], &l) != nil {
		return nil
	}
	return l
}

// Time is a time in milliseconds, zero for none.
func (o Object) Time(field string) time.Time {
	const year9999 = 253402300799999
	ms := o.Number(field)
	if ms <= 0 || ms > year9999 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// Has says that there is something in a field.
func (o Object) Has(field string) bool { return len(o[field]) > 0 && string(o[field]) != "null" }
