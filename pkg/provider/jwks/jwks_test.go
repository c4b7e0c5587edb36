package jwks_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/jwks"
)

// the RSA key of RFC 7515, appendix A.2, and the EC key of A.3
const (
	rfcN = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
	rfcX = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
	rfcY = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
)

func TestParse(t *testing.T) {
	t.Parallel()
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b64 := func(n *big.Int) string { return base64.RawURLEncoding.EncodeToString(n.Bytes()) }
	good := `{"kty":"RSA","use":"sig","kid":"r1","n":"` + rfcN + `","e":"AQAB","endorsements":["msteams"]},{"kty":"EC","crv":"P-256","kid":"e1","x":"` + rfcX + `","y":"` + rfcY + `"}`
	strange := []string{
		`{"kty":"RSA","kid":"small","n":"` + b64(small.N) + `","e":"AQAB"}`,
		`{"kty":"RSA","kid":"even","n":"` + rfcN + `","e":"AA"}`,
		`{"kty":"RSA","kid":"huge","n":"` + rfcN + `","e":"` + strings.Repeat("A", 40) + `BAQAB_____"}`,
		`{"kty":"RSA","kid":"enc","use":"enc","n":"` + rfcN + `","e":"AQAB"}`,
		`{"kty":"RSA","n":"` + rfcN + `","e":"AQAB"}`,
		`{"kty":"RSA","kid":"none"}`,
		`{"kty":"EC","crv":"P-384","kid":"p384","x":"` + b64(p384.X) + `","y":"` + b64(p384.Y) + `"}`,
		`{"kty":"EC","crv":"P-256","kid":"off","x":"` + rfcX + `","y":"` + rfcX + `"}`,
		`{"kty":"OKP","crv":"Ed25519","kid":"ed","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`,
		`{"kty":"oct","kid":"secret","k":"c2VjcmV0"}`, `7`,
	}
	keys, err := jwks.Parse([]byte(`{"keys":[` + strings.Join(append(strange, good), ",") + `]}`))
	if err != nil || len(keys) != 2 || keys[0].ID != "r1" || keys[1].ID != "e1" || fmt.Sprint(keys[0].Endorsements) != "[msteams]" {
		t.Fatalf("%+v, %v", keys, err)
	}
	for _, text := range []string{`{"keys":[` + strings.Join(strange, ",") + `]}`, `{"keys":[]}`, `{}`, `[]`, ``, `{"keys":[` + strings.Repeat("{},", 100) + `{}]}`} {
		if keys, err := jwks.Parse([]byte(text)); err == nil {
			t.Errorf("%.40s: %+v", text, keys)
		}
	}
}

func TestFetch(t *testing.T) {
	t.Parallel()
	client := httpclient.New(httpclient.Options{})
	t.Cleanup(client.Close)
	set := `{"keys":[{"kty":"RSA","kid":"r1","n":"` + rfcN + `","e":"AQAB"}]}`
	mux := http.NewServeMux()
	far := httptest.NewServer(mux)
	t.Cleanup(far.Close)
	for path, body := range map[string]string{
		"/keys": set, "/openid": `{"jwks_uri":"` + far.URL + `/keys"}`, "/loop": `{"jwks_uri":"` + far.URL + `/loop"}`, "/file": `{"jwks_uri":"file:///etc/passwd"}`, "/page": "<html>",
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
	}
	for _, path := range []string{"/keys", "/openid"} {
		if keys, err := jwks.Fetch(t.Context(), client, far.URL+path); err != nil || len(keys) != 1 {
			t.Errorf("%s: %+v, %v", path, keys, err)
		}
	}
	for _, path := range []string{"/loop", "/file", "/page", "/none"} {
		if keys, err := jwks.Fetch(t.Context(), client, far.URL+path); err == nil {
			t.Errorf("%s: %+v", path, keys)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"keys":[{"kty":"RSA","kid":"r1","n":"` + rfcN + `","e":"AQAB"}]}`))
	f.Add([]byte(`{"keys":[{"kty":"EC","crv":"P-256","kid":"e1","x":"` + rfcX + `","y":"` + rfcY + `"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		keys, err := jwks.Parse(data)
		for _, k := range keys {
			if k.Check() != nil {
				t.Errorf("%+v", k)
			}
		}
		if err == nil && len(keys) == 0 {
			t.Error("no keys, and no error")
		}
	})
}
