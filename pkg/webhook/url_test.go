package webhook_test

import (
	"net/http"
	"testing"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/proof"
	"github.com/bonychat/puente/pkg/webhook/signed"
)

func TestAURLIsSignedInAnySpelling(t *testing.T) {
	t.Parallel()
	p := webhook.Policy{Verify: proof.HMAC{
		Hash: digest.SHA1, Secret: "s", Header: "X-Sign", Encoding: digest.Base64, Over: []signed.Part{signed.URLAnySpelling(), signed.Body()},
	}}
	for _, test := range []struct {
		called, signed string
		want           webhook.Cause
	}{
		{"https://a/b?c=x'y", "https://a/b?c=x'y", webhook.Authentic},
		{"https://a/b?c=x%27y", "https://a/b?c=x'y", webhook.Authentic},
		{"https://a/b?c=x'y", "https://a/b?c=x%27y", webhook.Authentic},
		{"https://a/b?c=%28x%29%2A", "https://a/b?c=(x)*", webhook.Authentic},
		{"https://a/b?c=x%27y", "https://a:443/b?c=x'y", webhook.Authentic},
		{"https://a:8443/b?c=x%27y", "https://a/b?c=x'y", webhook.Authentic},
		{"https://a/b", "https://a/b", webhook.Authentic},
		{"https://a/b?c=%26d=1", "https://a/b?c=&d=1", webhook.Forged},
		{"https://a/b%27?c=1", "https://a/b'?c=1", webhook.Forged}, // another path, perhaps
		{"https://a/b?c=1", "https://a/b?c=2", webhook.Forged},
	} {
		c := webhook.Call{Method: http.MethodPost, URL: test.called, Body: []byte("{}"), Header: http.Header{"X-Sign": {hmacSHA1("s", test.signed+"{}")}}}
		if got := travelled(t, p).Check(c, webhook.Secrets{"s": {"s"}}); got != test.want {
			t.Errorf("called %s, signed %s: %q", test.called, test.signed, got)
		}
	}
}
