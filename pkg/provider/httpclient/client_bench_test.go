package httpclient_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/bonychat/puente/pkg/provider/httpclient"
)

// BenchmarkJSON is one call of a network that answers at once, both ends in one process, without tracing.
func BenchmarkJSON(b *testing.B) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"id":"1"}`)) }))
	defer s.Close()
	c := httpclient.New(httpclient.Options{})
	defer c.Close()
	body := map[string]string{"to": "56912345678", "text": "hola"}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.JSON(b.Context(), s.URL+"/messages", nil, body); err != nil {
			b.Fatal(err)
		}
	}
}
