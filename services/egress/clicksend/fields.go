package clicksend

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/webhook"
)

// fields are what a push says, by ClickSend's names. Numbers are their digits; what is null or missing is "".
type fields map[string]string

// read reads a push in whichever of the three forms it comes (webhook_type in
// https://developers.clicksend.com/docs/automations/sms), or an element of a list that was asked for, which is JSON. Which
// it is shows in the call itself: the type that a JSON push has is not documented.
func read(c webhook.Call) (fields, error) {
	body := bytes.TrimSpace(c.Body)
	switch {
	case c.Method == http.MethodGet:
		return flat(c.Values()), nil
	case bytes.HasPrefix(body, []byte("{")):
		return readJSON(body)
	default:
		values, err := url.ParseQuery(string(body))
		if err != nil {
			return nil, errors.New("the push is neither JSON nor a form")
		}
		return flat(values), nil
	}
}

func readJSON(body []byte) (fields, error) {
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) != nil {
		return nil, errors.New("the push is no JSON object")
	}
	f := fields{}
	for name, raw := range object {
		f[name] = text(raw)
	}
	return f, nil
}

// text is a JSON text or number as text; "" for anything else.
func text(raw json.RawMessage) string {
	switch raw = bytes.TrimSpace(raw); {
	case len(raw) == 0:
		return ""
	case raw[0] == '"':
		var s string
		_ = json.Unmarshal(raw, &s)
		return s
	case raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9':
		return string(raw)
	default:
		return ""
	}
}

// flat takes the first value of each name. A form need not be valid UTF-8, and what is stored has to be.
func flat(values url.Values) fields {
	f := fields{}
	for name, v := range values {
		f[name] = strings.ToValidUTF8(v[0], "\uFFFD")
	}
	return f
}

// first is the first of several fields that says something. Some are pushed under two names, the second of an older
// version of the API.
func (f fields) first(names ...string) string {
	for _, name := range names {
		if f[name] != "" {
			return f[name]
		}
	}
	return ""
}

// at is when, by ClickSend's clock: lists and pushes name the time of a message differently.
func (f fields) at() time.Time {
	const year9999 = 253402300799
	seconds, err := strconv.ParseInt(f.first("timestamp", "timestamp_send"), 10, 64)
	if err != nil || seconds <= 0 || seconds > year9999 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
