package customchannel

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// seeds returns every payload there is, and the traps of JSON itself.
func seeds(t testing.TB) [][]byte {
	var bodies [][]byte
	for _, folder := range []string{"samples", "bad"} {
		for _, p := range payloads(t, folder, 30) {
			bodies = append(bodies, p.body)
		}
	}
	for _, body := range []string{
		``, `null`, `[]`, `{`, `{"message":{"type":"text","text":"\ud800"}}`, "{\"contactId\":\"\xff\"}",
		`{"contactId":"a","contactId":"b"}`, `{"events":[{"timestamp":1e999}]}`, nested(MaxDepth), nested(MaxDepth + 1),
		`{"contactId":"a","message":{"type":"location","latitude":-0,"longitude":1.5e-7,"address":"\ud83d\ude00\u2028<"}}`,
	} {
		bodies = append(bodies, []byte(body))
	}
	return bodies
}

// A body is refused without a word of what it holds, or comes back as it is.
func FuzzDecodeSend(f *testing.F) {
	for _, body := range seeds(f) {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		first, err := DecodeSend(body)
		if err != nil {
			noValues(t, body, err)
			return
		}
		again := must(DecodeSend(must(EncodeSend(first))(t)))(t)
		if diff := cmp.Diff(first, again); diff != "" {
			t.Error(diff)
		}
	})
}

// The same for both ID types.
func FuzzDecodePost(f *testing.F) {
	for _, body := range seeds(f) {
		f.Add(body, true)
		f.Add(body, false)
	}
	f.Fuzz(func(t *testing.T, body []byte, phone bool) {
		idType := Custom
		if phone {
			idType = Phone
		}
		first, err := DecodePost(body, idType)
		if err != nil {
			noValues(t, body, err)
			return
		}
		again := must(DecodePost(must(EncodePost(first, idType))(t), idType))(t)
		if diff := cmp.Diff(first, again); diff != "" {
			t.Error(diff)
		}
	})
}
