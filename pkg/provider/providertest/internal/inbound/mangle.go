package inbound

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/pkg/webhook"
)

// mangle gives Receive the call with its body cut, flipped and twisted. It may refuse it; it may not panic, make an event
// that means nothing, or say in an error what it read.
func (s *Reading) mangle(r stage.Reporter, what string, call webhook.Call) {
	r.Helper()
	foreign := slices.Concat(Quoted(call.Body, stage.Foreign), quotedForm(call, stage.Foreign))
	for _, body := range slices.Concat(Mangled(call.Body), foreign) {
		c := stage.Clone(call)
		c.Body = body
		var events []provider.Event
		var err error
		if panicked := stage.Guard(func() { events, err = sendertest.Receive(s.Network, s.Account, c) }); panicked != nil {
			r.Errorf("%s: Receive: %v, on %q", what, panicked, body)
			return // one is enough
		}
		if !s.Discreet(r, what+" mangled", err) || !stage.Quotes(r, what+" mangled", err) {
			return
		}
		for _, e := range events {
			reason := reasonOf(e)
			if !s.Discreet(r, what+" mangled", reason) || !stage.Quotes(r, what+" mangled", reason) {
				return
			}
			if problem := wrong(e); problem != "" {
				r.Errorf("%s: an event %s, on %q", what, problem, body)
				return
			}
		}
	}
}

// many bounds the bodies of each sort.
const many = 256

// Mangled are bodies like this one, the same every time.
func Mangled(body []byte) [][]byte {
	out := [][]byte{nil, []byte("null"), []byte("[]"), []byte("{}"), []byte(`""`), []byte("0"), bytes.Repeat([]byte("["), 20000)}
	step := len(body)/many + 1
	for n := 0; n < len(body); n += step {
		out = append(out, body[:n])
	}
	random := rand.New(rand.NewPCG(1, uint64(len(body))))
	for range min(many, len(body)) {
		b := bytes.Clone(body)
		b[random.IntN(len(b))] ^= 1 << random.IntN(8)
		out = append(out, b)
	}
	return append(out, twisted(body)...)
}

// twisted are JSON bodies with one value at a time replaced by one of another type, or left out.
func twisted(body []byte) [][]byte {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var root any
	if d.Decode(&root) != nil {
		return nil
	}
	var out [][]byte
	keep := func() {
		if data, err := json.Marshal(root); err == nil {
			out = append(out, data)
		}
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				was := v[key]
				for _, other := range others {
					v[key] = other
					keep()
				}
				delete(v, key)
				keep()
				v[key] = was
				walk(was)
			}
		case []any:
			for i, was := range v {
				for _, other := range others {
					v[i] = other
					keep()
				}
				v[i] = was
				walk(was)
			}
		}
	}
	walk(root)
	return out
}

var others = []any{nil, "", "x", json.Number("0"), json.Number("-1.5"), json.Number("1e300"), true, []any{}, []any{nil}, map[string]any{}}
