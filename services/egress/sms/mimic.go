package sms

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
)

// mimic makes a call up as the account's provider is declared: each thing in the first of its places.
func mimic(a Account, s provider.Said) (webhook.Call, error) {
	d, err := a.declaration()
	if err != nil {
		return webhook.Call{}, err
	}
	m := d.Incoming.Message
	if m == nil {
		return webhook.Call{}, provider.ErrNotCalled
	}
	w := written{form: url.Values{}, query: url.Values{}, header: http.Header{}}
	for _, place := range slices.SortedFunc(maps.Keys(m.When), func(a, b Place) int { return cmp.Compare(a.name, b.name) }) {
		w.put(place, m.When[place][0])
	}
	from := cmp.Or(s.Contact, "+34600111222")
	if d.Incoming.Digits {
		from = strings.TrimPrefix(from, "+")
	}
	w.first(m.ID, fmt.Sprintf("trigger-%d", s.Number))
	w.first(m.From, from)
	w.first(m.To, a.From)
	w.first(m.Text, s.Text)
	return w.call(d.Incoming.Each)
}

// written is a call that is being made up.
type written struct {
	json        any
	form, query url.Values
	header      http.Header
}

func (w *written) first(ps Places, text string) {
	if len(ps) > 0 && text != "" {
		w.put(ps[0], text)
	}
}

func (w *written) put(p Place, text string) {
	switch p.kind {
	case "json":
		w.json = grow(w.json, p.pointer(), text)
	case "form":
		w.form.Set(p.name, text)
	case "query":
		w.query.Set(p.name, text)
	case "header":
		w.header.Set(p.name, text)
	}
}

// grow puts a text where the pointer leads to, with whatever is on the way; a number is an index of a list, which has one
// element.
func grow(v any, pointer []string, text string) any {
	if len(pointer) == 0 {
		return text
	}
	if n, err := strconv.Atoi(pointer[0]); err == nil && n == 0 {
		list, ok := v.([]any)
		if !ok {
			list = []any{nil}
		}
		list[0] = grow(list[0], pointer[1:], text)
		return list
	}
	object, ok := v.(map[string]any)
	if !ok {
		object = map[string]any{}
	}
	object[pointer[0]] = grow(object[pointer[0]], pointer[1:], text)
	return object
}

// call is the call; each is where its list stands, if it has one.
func (w *written) call(each Place) (webhook.Call, error) {
	c := webhook.Call{Method: http.MethodPost, Query: w.query.Encode(), Header: w.header}
	switch {
	case w.json != nil:
		body := w.json
		if each != (Place{}) {
			pointer := each.pointer()
			for i := len(pointer) - 1; i >= 0; i-- {
				if i == len(pointer)-1 {
					body = []any{body}
				}
				body = map[string]any{pointer[i]: body}
			}
		}
		data, err := json.Marshal(body)
		if err != nil {
			return c, fmt.Errorf("encode the call: %w", err)
		}
		c.Body = data
		c.Header.Set("Content-Type", "application/json")
	case len(w.form) > 0:
		c.Body = []byte(w.form.Encode())
		c.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	default:
		c.Method = http.MethodGet
	}
	return c, nil
}
