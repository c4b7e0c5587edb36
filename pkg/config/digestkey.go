package config

import (
	"encoding/base64"
	hexadecimal "encoding/hex"

	"github.com/bonychat/puente/pkg/config/yamlfile"
	"github.com/bonychat/puente/pkg/secret"
)

// digestKeyLength is that of a digest key in bytes.
const digestKeyLength = 32

// digestKey is a key as base64 or hex; empty where it is missing or a mistake was reported.
func digestKey(p yamlfile.Place) secret.Value[[]byte] {
	s := p.Text()
	if s == "" {
		return secret.Value[[]byte]{}
	}
	for _, decode := range []func(string) ([]byte, error){hexadecimal.DecodeString, base64.StdEncoding.DecodeString, base64.RawStdEncoding.DecodeString} {
		if key, err := decode(s); err == nil && len(key) == digestKeyLength {
			return secret.Hide(key)
		}
	}
	p.Wrong("must be %d bytes in base64 or hex, such as file:digest.key: openssl rand -base64 %d makes one", digestKeyLength, digestKeyLength)
	return secret.Value[[]byte]{}
}
