package control_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

// Whatever a caller sends with a right token, the answer is never an error inside the API.
func FuzzBodies(f *testing.F) {
	for i, path := range procedures() {
		for _, body := range []string{"{}", "", "null", "[]", `{"channel":"A"}`, `{"pageToken":"AQA","pageSize":4294967295}`, `{"filter":{"number":"18446744073709551615","channel":"*"}}`,
			`{"network":"toy","since":"0001-01-01T00:00:00Z"}`, `{"network":">","since":"9999-12-31T23:59:59Z"}`, `{"config":"e30=","dryRun":true}`, "\x00\x00\x00\x00\x05abcde",
		} {
			f.Add(uint8(i), uint8(len(body)), []byte(body))
		}
		_ = path
	}
	a := start(f)
	paths := procedures()
	types := []string{"application/json", "application/proto", "application/grpc", "application/grpc+json", "application/grpc-web+proto", "application/connect+json", "text/plain"}
	f.Fuzz(func(t *testing.T, path, kind uint8, body []byte) {
		name := paths[int(path)%len(paths)]
		if strings.HasSuffix(name, "/Watch") {
			return // it goes on for an hour
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.url+name, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+writer)
		r.Header.Set("Content-Type", types[int(kind)%len(types)])
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		said, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
		if err != nil {
			t.Fatal(err)
		}
		for _, wrong := range []string{`"code":"internal"`, `"code":"unknown"`} {
			if strings.Contains(string(said), wrong) {
				t.Errorf("%s of %q: %s", name, body, said)
			}
		}
		if status := answer.Trailer.Get("Grpc-Status"); status == "13" || status == "2" {
			t.Errorf("%s of %q: %s %s", name, body, status, answer.Trailer.Get("Grpc-Message"))
		}
	})
}
