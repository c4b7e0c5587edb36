package matrix

import (
	"encoding/json"
	"math"
	"strconv"
	"time"
)

// object is a JSON object whose fields are read one by one: anybody may send an event with anything in it, and one
// field of the wrong type must not make the others unreadable.
type object map[string]json.RawMessage

// read is an object, nil where it is none.
func read(raw json.RawMessage) object {
	var o object
	if json.Unmarshal(raw, &o) != nil {
		return nil
	}
	return o
}

// in is the object in a field, nil for none.
func (o object) in(field string) object { return read(o[field]) }

// text is a text, "" for none.
func (o object) text(field string) string {
	var s string
	if json.Unmarshal(o[field], &s) != nil {
		return ""
	}
	return s
}

// number is a whole number from 0 on, 0 for none.
func (o object) number(field string) int64 {
	n, err := strconv.ParseFloat(string(o[field]), 64)
	if err != nil || n < 0 || n > 1<<53 || n != math.Trunc(n) {
		return 0
	}
	return int64(n)
}

// yes says that a field is true.
func (o object) yes(field string) bool { return string(o[field]) == "true" }

// list is the list in a field, empty for none.
func (o object) list(field string) []json.RawMessage {
	var l []json.RawMessage
	if json.Unmarshal(o[field], &l) != nil {
		return nil
	}
	return l
}

// time is a time in milliseconds, zero for none.
func (o object) time(field string) time.Time {
	const year9999 = 253402300799999
	ms := o.number(field)
	if ms <= 0 || ms > year9999 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// has says that there is something in a field.
func (o object) has(field string) bool { return len(o[field]) > 0 && string(o[field]) != "null" }
