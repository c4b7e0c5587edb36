package proof

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/bonychat/puente/pkg/webhook/expr"
	"github.com/bonychat/puente/pkg/webhook/internal/scan"
	"github.com/bonychat/puente/pkg/webhook/proof/internal/jws"
)

// KeySet is for a network that signs its tokens with private keys and publishes the public ones. The network's service fetches these and
// publishes them with the policy; ingress fetches nothing. A token names its key by kid.
type KeySet struct {
	// URL is where the vendor publishes its keys: a JWK set (RFC 7517), or an OpenID configuration whose jwks_uri names one.
	URL string `json:"url,omitempty"`
	// Endorsed finds a value in the call that has to be among the endorsements of the key, as in the Bot Framework; the zero value asks
	// for none.
	Endorsed expr.Expr `json:"endorsed,omitzero"`
	// Published are the keys as they were last fetched. The service sets them by [Judge.WithKeys]; authors leave them empty. Without a key
	// nobody is admitted.
	Published []PublicKey `json:"published,omitempty"`
}

// PublicKey is one public key of a vendor.
type PublicKey struct {
	// ID is its kid.
	ID string `json:"id"`
	// SPKI is the key: a SubjectPublicKeyInfo in DER, in base64.
	SPKI string `json:"spki"`
	// Endorsements say what the vendor lets the key sign for; empty if it says nothing.
	Endorsements []string `json:"endorsements,omitempty"`
}

// The algorithms of a [JWT] whose keys are a [KeySet].
const (
	RS256 Algorithm = "RS256"
	ES256 Algorithm = "ES256"
)

// given says that there is one.
func (k KeySet) given() bool { return k.URL != "" || !k.Endorsed.None() || len(k.Published) > 0 }

// of are the keys that a token may be signed with: the one that it names, where that is one of an algorithm. So a stranger's token
// costs one check of a signature at most, whatever the vendor publishes.
func (k KeySet) of(token string, algorithms []Algorithm) (out jws.Keys, found *PublicKey) {
	head, _, _ := scan.Segments(token)
	id := scan.Text(scan.Member(scan.Segment(head), "kid"))
	i := slices.IndexFunc(k.Published, func(one PublicKey) bool { return one.ID == id })
	if id == "" || i < 0 {
		return out, nil
	}
	key, err := k.Published[i].parse()
	if err != nil {
		return out, nil
	}
	algorithm := RS256
	if _, curve := key.(*ecdsa.PublicKey); curve {
		algorithm = ES256
	}
	// what the token says of its algorithm counts for nothing against the key
	if said := Algorithm(scan.Text(scan.Member(scan.Segment(head), "alg"))); said != algorithm || !slices.Contains(algorithms, algorithm) {
		return out, nil
	}
	out.Keys = append(out.Keys, key)
	return out, &k.Published[i]
}

// live are the keys that this token may be signed with; of the vendor's the one that it names.
func (j JWT) live(token string, s expr.Secrets) (jws.Keys, *PublicKey) {
	if j.Keys.given() {
		return j.Keys.of(token, j.Algorithms)
	}
	return j.keys(s[j.Secret], scan.Claim(token, j.SecretBy)), nil
}

// keys are the live secrets that this token may be signed with.
func (j JWT) keys(live []string, by string) (out jws.Keys) {
	for _, secret := range live {
		if j.SecretBy != "" {
			name, rest, ok := strings.Cut(secret, ":")
			if !ok || name == "" || name != by {
				continue
			}
			secret = rest
		}
		if secret != "" {
			out.Keys = append(out.Keys, []byte(secret))
		}
	}
	return out
}

// endorsed says whether a key may sign for this call.
func (k KeySet) endorsed(key *PublicKey, c expr.Call) bool {
	if k.Endorsed.None() {
		return true
	}
	value := k.Endorsed.Find(c)
	return key != nil && value != "" && slices.Contains(key.Endorsements, value)
}

// Bounds of a key: a larger one would make each check expensive.
const (
	smallestRSA = 2048 // bits
	largestRSA  = 4096
)

// parse is the key itself: RSA of 2,048 to 4,096 bits, or on the curve P-256.
func (k PublicKey) parse() (any, error) {
	der, err := base64.StdEncoding.DecodeString(k.SPKI)
	if err != nil {
		return nil, errors.New("is no base64")
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, errors.New("is no public key")
	}
	switch key := key.(type) {
	case *rsa.PublicKey:
		if n := key.N.BitLen(); n >= smallestRSA && n <= largestRSA {
			return key, nil
		}
	case *ecdsa.PublicKey:
		if key.Curve == elliptic.P256() {
			return key, nil
		}
	}
	return nil, errors.New("is of a kind that is not taken")
}

// Check says what is wrong with a key that is to be published: RSA with 2,048 to 4,096 bits and P-256 are allowed.
func (k PublicKey) Check() error {
	if k.ID == "" {
		return errors.New("a key has no kid")
	}
	if _, err := k.parse(); err != nil {
		return fmt.Errorf("key %q %w", k.ID, err)
	}
	return nil
}

func (k KeySet) problem() error {
	u, err := url.Parse(k.URL)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.Fragment != "":
		return errors.New("keys: url is where the vendor publishes its keys, https://…")
	case k.Endorsed.Problem() != nil:
		return fmt.Errorf("keys: endorsed: %w", k.Endorsed.Problem())
	}
	for _, one := range k.Published {
		if err := one.Check(); err != nil {
			return fmt.Errorf("keys: published: %w", err)
		}
	}
	return nil
}

// KeySets are the addresses at which vendors publish the keys that the scheme needs, each once, in the scheme's order.
func (j Judge) KeySets() []string { return keySets(j.scheme) }

func keySets(s Scheme) (all []string) {
	switch s := s.(type) {
	case JWT:
		if s.Keys.URL != "" {
			all = append(all, s.Keys.URL)
		}
	case AnyOf:
		for _, one := range s {
			for _, url := range keySets(one) {
				if !slices.Contains(all, url) {
					all = append(all, url)
				}
			}
		}
	}
	return all
}

// WithKeys is a copy of the scheme with the keys that were fetched, by the address of their set. A set that is not among them keeps the
// keys that it has.
func (j Judge) WithKeys(fetched map[string][]PublicKey) Scheme { return withKeys(j.scheme, fetched) }

func withKeys(s Scheme, fetched map[string][]PublicKey) Scheme {
	switch s := s.(type) {
	case JWT:
		if keys := fetched[s.Keys.URL]; len(keys) > 0 {
			s.Keys.Published = keys
		}
		return s
	case AnyOf:
		out := make(AnyOf, len(s))
		for i, one := range s {
			out[i] = withKeys(one, fetched)
		}
		return out
	default:
		return s
	}
}

// Published are the fetched keys that the scheme holds, by the address of their set.
func (j Judge) Published() map[string][]PublicKey {
	all := map[string][]PublicKey{}
	published(j.scheme, all)
	return all
}

func published(s Scheme, all map[string][]PublicKey) {
	switch s := s.(type) {
	case JWT:
		if len(s.Keys.Published) > 0 {
			all[s.Keys.URL] = s.Keys.Published
		}
	case AnyOf:
		for _, one := range s {
			published(one, all)
		}
	}
}
