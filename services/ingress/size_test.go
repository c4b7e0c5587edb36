package ingress_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

const largest = 256 << 10

// fill is a valid body of a size: a field that is not known takes the room.
func fill(size int) string {
	head := `{"contactId": "ana", "message": {"type": "text", "text": "Hola"}, "unknown": "`
	return head + strings.Repeat("x", size-len(head)-2) + `"}`
}

func TestABodyMayHold256kB(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	e.post(custom, fill(largest)).mID(t)
	for _, size := range []int{largest + 1, 8 << 20} {
		for _, length := range []string{"known", "unknown"} {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, e.url+"/message", strings.NewReader(fill(size)))
			if err != nil {
				t.Fatal(err)
			}
			if length == "unknown" {
				req.Body = io.NopCloser(io.MultiReader(strings.NewReader(fill(size))))
				req.ContentLength = -1
			}
			req.Header.Set("Authorization", "Bearer "+token(custom))
			req.Header.Set("Expect", "100-continue") // a caller that asks first
			a := e.do(req)
			if a.status != http.StatusRequestEntityTooLarge {
				t.Errorf("%d bytes, length %s: %d", size, length, a.status)
			}
			a.refusal(t)
		}
	}
}
