// Package jwks fetches the public keys of the private ones by which a vendor signs its calls, for a policy with a KeySet (package proof). The
// network's service fetches them, and never ingress. It reads JWK sets (RFC 7517) with RSA keys and keys on the curve P-256, the
// endorsements of the Bot Framework, and OpenID configurations, whose jwks_uri names the set.
//
//	keys, err := jwks.Fetch(ctx, client, "https://login.example.com/.well-known/openid-configuration")
package jwks

import (
	"context"
	"crypto/ecdh"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/url"

	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// most bounds the keys of a set. Vendors have some ten.
const most = 100

// set is a JWK set, or an OpenID configuration that names one.
type set struct {
	URI  string            `json:"jwks_uri"`
	Keys []json.RawMessage `json:"keys"`
}

type key struct {
	ID           string   `json:"kid"`
	Type         string   `json:"kty"`
	Use          string   `json:"use"`
	N            string   `json:"n"`
	E            string   `json:"e"`
	Curve        string   `json:"crv"`
	X            string   `json:"x"`
	Y            string   `json:"y"`
	Endorsements []string `json:"endorsements"`
}

// Fetch fetches the keys that are published at an address, at most 100. Keys of other kinds, and keys that are not for signatures, are left
// out. It is an error if no key is left. Errors are those of the client, or say what is wrong with the answer.
func Fetch(ctx context.Context, client *httpclient.Client, address string) ([]proof.PublicKey, error) {
	first, err := get(ctx, client, address)
	if err != nil {
		return nil, err
	}
	if first.URI != "" && first.Keys == nil {
		from, _ := url.Parse(address)
		to, err := url.Parse(first.URI)
		if err != nil || from == nil || to.Scheme != "https" && to.Scheme != from.Scheme {
			return nil, errors.New("the address of the keys is not https")
		}
		if first, err = get(ctx, client, first.URI); err != nil {
			return nil, err
		}
	}
	return first.public()
}

func get(ctx context.Context, client *httpclient.Client, address string) (s set, err error) {
	resp, err := client.Do(ctx, httpclient.Request{URL: address, Idempotent: true})
	if err != nil {
		return s, err
	}
	if err := resp.Err(); err != nil {
		return s, err
	}
	if json.Unmarshal(resp.Body, &s) != nil {
		return s, errors.New("the answer is no set of keys")
	}
	return s, nil
}

// Parse reads a JWK set, as [Fetch] does.
func Parse(data []byte) ([]proof.PublicKey, error) {
	var s set
	if json.Unmarshal(data, &s) != nil {
		return nil, errors.New("no set of keys")
	}
	return s.public()
}

func (s set) public() (out []proof.PublicKey, err error) {
	if len(s.Keys) > most {
		return nil, fmt.Errorf("a set of %d keys is not believed", len(s.Keys))
	}
	for _, raw := range s.Keys {
		var k key
		if json.Unmarshal(raw, &k) != nil || k.Use != "" && k.Use != "sig" {
			continue
		}
		der, ok := k.spki()
		one := proof.PublicKey{ID: k.ID, SPKI: base64.StdEncoding.EncodeToString(der), Endorsements: k.Endorsements}
		if ok && one.Check() == nil {
			out = append(out, one)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("the set has no key that is taken: RSA of 2,048 to 4,096 bits, or P-256, with a kid")
	}
	return out, nil
}

// spki is the key in DER; false for one of another kind.
func (k key) spki() ([]byte, bool) {
	number := func(text string) *big.Int {
		raw, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil {
			return new(big.Int)
		}
		return new(big.Int).SetBytes(raw)
	}
	var public any
	switch {
	case k.Type == "RSA":
		e := number(k.E)
		if !e.IsInt64() || e.Int64() < 3 || e.Int64() > 1<<31-1 {
			return nil, false
		}
		public = &rsa.PublicKey{N: number(k.N), E: int(e.Int64())}
	case k.Type == "EC" && k.Curve == "P-256":
		const size = 32
		point := make([]byte, 1+2*size)
		point[0] = 4 // not compressed
		x, y := number(k.X), number(k.Y)
		if x.BitLen() > 8*size || y.BitLen() > 8*size {
			return nil, false
		}
		x.FillBytes(point[1 : 1+size])
		y.FillBytes(point[1+size:])
		var err error
		if public, err = ecdh.P256().NewPublicKey(point); err != nil {
			return nil, false
		}
	default:
		return nil, false
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	return der, err == nil
}
