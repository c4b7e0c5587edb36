package twilio

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/bonychat/puente/pkg/webhook"
)

// fields are the parameters of a call: https://www.twilio.com/docs/messaging/guides/webhook-request
type fields map[string]string

// errStream is a call of Event Streams, which are about all of an account: https://www.twilio.com/docs/events
var errStream = errors.New("a list of events")

// read reads a form, or a JSON object with the same names. No error holds what was read.
func read(c webhook.Call) (fields, error) {
	if c.MediaType() == "application/json" {
		return readJSON(c.Body)
	}
	values, err := url.ParseQuery(string(c.Body))
	if err != nil {
		return nil, errors.New("the form cannot be read")
	}
	f := fields{}
	for name, all := range values {
		if slices.ContainsFunc(all, func(one string) bool { return one != all[0] }) {
			return nil, errors.New("a field of the form is there twice, with two values")
		}
		f[name] = text(all[0])
	}
	return f, nil
}

func readJSON(body []byte) (fields, error) {
	var list []json.RawMessage
	if json.Unmarshal(body, &list) == nil && list != nil {
		return nil, errStream
	}
	var object map[string]any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&object); err != nil || object == nil {
		return nil, errors.New("the JSON object cannot be read")
	}
	f := fields{}
	for name, v := range object {
		switch v := v.(type) {
		case string:
			f[name] = text(v)
		case json.Number:
			f[name] = v.String()
		}
	}
	return f, nil
}

// text is UTF-8, also where what was percent-encoded is not.
func text(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// first is the first of these fields that is not empty.
func (f fields) first(names ...string) string {
	for _, name := range names {
		if f[name] != "" {
			return f[name]
		}
	}
	return ""
}

// number is a whole number, 0 where there is none.
func (f fields) number(name string) int {
	n, err := strconv.Atoi(f[name])
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// degrees is a coordinate of at most this size.
func (f fields) degrees(name string, most float64) (float64, bool) {
	d, err := strconv.ParseFloat(f[name], 64)
	return d, err == nil && d >= -most && d <= most
}
