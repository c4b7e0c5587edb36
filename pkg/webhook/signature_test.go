package webhook_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"testing"

	"github.com/bonychat/puente/pkg/webhook"
	"github.com/bonychat/puente/pkg/webhook/digest"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

func spki(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(der)
}

func p256(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestASignatureIsOfItsKeyAndAlgorithm(t *testing.T) {
	t.Parallel()
	body := []byte("body")
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	otherPublic, _, _ := ed25519.GenerateKey(rand.Reader)
	ec, ec384 := p256(t, elliptic.P256()), p256(t, elliptic.P384())
	hashed := sha256.Sum256(body)
	ecSigned, err1 := ecdsa.SignASN1(rand.Reader, ec, hashed[:])
	ec384Signed, err2 := ecdsa.SignASN1(rand.Reader, ec384, hashed[:])
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	edSigned := ed25519.Sign(private, body)
	ed := proof.Signature{Algorithm: proof.Ed25519, KeyEncoding: digest.Hex}
	with := func(a proof.Algorithm, e digest.Encoding) proof.Signature {
		return proof.Signature{Algorithm: a, KeyEncoding: e}
	}
	for _, test := range []struct {
		name   string
		scheme proof.Signature
		key    string
		signed []byte
		want   webhook.Cause
	}{
		{"Ed25519", ed, hex.EncodeToString(public), edSigned, webhook.Authentic},
		{"Ed25519, key in base64", with(proof.Ed25519, digest.Base64), base64.StdEncoding.EncodeToString(public), edSigned, webhook.Authentic},
		{"Ed25519, key as SPKI", with(proof.Ed25519, digest.SPKI), spki(t, public), edSigned, webhook.Authentic},
		{"Ed25519, another key", ed, hex.EncodeToString(otherPublic), edSigned, webhook.Forged},
		{"Ed25519, no key", ed, "", edSigned, webhook.Forged},
		{"Ed25519, a short key", ed, hex.EncodeToString(public[:31]), edSigned, webhook.Forged},
		{"Ed25519, a key that is no hex", ed, "zz", edSigned, webhook.Forged},
		{"Ed25519, the key of another algorithm", with(proof.Ed25519, digest.SPKI), spki(t, &ec.PublicKey), ecSigned, webhook.Forged},
		{"Ed25519, a short signature", ed, hex.EncodeToString(public), edSigned[:63], webhook.Forged},
		{"Ed25519, a long signature", ed, hex.EncodeToString(public), append(edSigned[:64:64], 0), webhook.Forged},
		{"Ed25519, no signature", ed, hex.EncodeToString(public), nil, webhook.Unsigned},
		{"ECDSA", with(proof.ECDSAP256, digest.SPKI), spki(t, &ec.PublicKey), ecSigned, webhook.Authentic},
		{"ECDSA, another key", with(proof.ECDSAP256, digest.SPKI), spki(t, &p256(t, elliptic.P256()).PublicKey), ecSigned, webhook.Forged},
		{"ECDSA, another curve", with(proof.ECDSAP256, digest.SPKI), spki(t, &ec384.PublicKey), ec384Signed, webhook.Forged},
		{"ECDSA, the key of another algorithm", with(proof.ECDSAP256, digest.SPKI), spki(t, public), edSigned, webhook.Forged},
		{"ECDSA, a key that is none", with(proof.ECDSAP256, digest.SPKI), "AAAA", ecSigned, webhook.Forged},
		{"ECDSA, a signature that is not DER", with(proof.ECDSAP256, digest.SPKI), spki(t, &ec.PublicKey), ecSigned[1:], webhook.Forged},
		{"ECDSA, a key in hex", with(proof.ECDSAP256, digest.Hex), hex.EncodeToString(public), edSigned, webhook.Forged},
		{"an unknown algorithm", with("rsa", digest.SPKI), spki(t, public), edSigned, webhook.Forged},
		{"an algorithm with secrets", with(proof.HS256, digest.Hex), hex.EncodeToString(public), edSigned, webhook.Forged},
		{"no algorithm", with("", digest.Hex), hex.EncodeToString(public), edSigned, webhook.Forged},
	} {
		test.scheme.Key, test.scheme.Header, test.scheme.Encoding = "public_key", "X-Signature", digest.Hex
		c := webhook.Call{Method: http.MethodPost, Header: http.Header{}, Body: body}
		if test.signed != nil {
			c.Header.Set("X-Signature", hex.EncodeToString(test.signed))
		}
		p := webhook.Policy{Verify: test.scheme}
		if got := p.Check(c, webhook.Secrets{"public_key": {test.key}}); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		c.Body = []byte("Body")
		if got := p.Check(c, webhook.Secrets{"public_key": {test.key}}); got == webhook.Authentic {
			t.Errorf("%s: admitted with another body", test.name)
		}
	}
}
