package declared

import (
	"net/http"
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// What the kit signs by itself is admitted, and Kit.Sign comes first.
func TestTheKitSigns(t *testing.T) {
	secrets := webhook.Secrets{"key": {"k3y/of the+toy"}, "name": {"me"}}
	for name, scheme := range map[string]proof.Scheme{
		"header": proof.Token{Header: "X-Key", Secret: "key"}, "bearer": proof.Token{Bearer: true, Secret: "key"},
		"basic": proof.Token{Basic: true, User: "name", Secret: "key"}, "query": proof.Token{Query: "key", Secret: "key"},
		"path":   proof.Token{Path: true, Secret: "key"},
		"hex":    proof.HMAC{Hash: digest.SHA256, Secret: "key", Header: "X-Signature", Prefix: "sha256=", Encoding: digest.Hex},
		"base64": proof.HMAC{Hash: digest.SHA1, Secret: "key", Header: "X-Signature", Encoding: digest.Base64},
		"either": proof.AnyOf{
			proof.HMAC{Hash: digest.SHA256, Secret: "none", Header: "X-Signature", Encoding: digest.Hex},
			proof.HMAC{Hash: digest.SHA256, Secret: "key", Header: "X-Signature", Encoding: digest.Hex},
		},
	} {
		tr := Trial{Description: provider.Description{Webhook: &webhook.Policy{Verify: scheme}}}
		call := webhook.Call{Method: http.MethodPost, Header: http.Header{}, Query: "a=b", Body: []byte(`{"id": 1}`)}
		if _, ok := tr.signed(call, secrets); !ok {
			t.Errorf("%s: is not admitted", name)
		}
		if call.Header.Get("X-Key") != "" || call.Query != "a=b" {
			t.Errorf("%s: the call itself was changed", name)
		}
		tr.Sign = func(*webhook.Call, webhook.Secrets) {}
		if _, ok := tr.signed(call, secrets); ok {
			t.Errorf("%s: Kit.Sign is not asked", name)
		}
	}
}
