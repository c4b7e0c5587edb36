package digest

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"strings"
)

// Function is a hash function. There is no default.
type Function string

// The hash functions. MD5 and SHA1 are for networks that offer nothing better; in an HMAC both still hold.
const (
	MD5    Function = "md5"
	SHA1   Function = "sha1"
	SHA256 Function = "sha256"
	SHA384 Function = "sha384"
	SHA512 Function = "sha512"
)

// New makes the hash function; nil for an unknown one.
func (d Function) New() func() hash.Hash {
	return map[Function]func() hash.Hash{MD5: md5.New, SHA1: sha1.New, SHA256: sha256.New, SHA384: sha512.New384, SHA512: sha512.New}[d]
}

// Size is how many bytes a digest has; 0 for an unknown function.
func (d Function) Size() int {
	if f := d.New(); f != nil {
		return f().Size()
	}
	return 0
}

// Of is the digest of data; nil for an unknown function.
func (d Function) Of(data []byte) []byte {
	f := d.New()
	if f == nil {
		return nil
	}
	h := f()
	h.Write(data)
	return h.Sum(nil)
}

// Encoding says how bytes are written as text. There is no default.
type Encoding string

// The encodings.
const (
	Hex    Encoding = "hex"    // lower or upper case
	Base64 Encoding = "base64" // with padding
	Raw    Encoding = "raw"    // the bytes themselves: keys, and digests that are part of a signed text
	SPKI   Encoding = "spki"   // of a public key: its SubjectPublicKeyInfo in base64
)

// Decode reads bytes. It is strict: every value has exactly one spelling, except that hex may be in lower or upper case. It is false for
// any other text.
func (e Encoding) Decode(text string) ([]byte, bool) {
	switch e {
	case Hex:
		b, err := hex.DecodeString(text)
		return b, err == nil
	case Base64, SPKI:
		b, err := base64.StdEncoding.Strict().DecodeString(text)
		return b, err == nil && !strings.ContainsAny(text, "\r\n") // which the decoder passes over
	case Raw:
		return []byte(text), true
	}
	return nil, false
}

// Encode writes bytes for a signed text, hex in lower case. An unknown encoding writes them as they are.
func (e Encoding) Encode(b []byte) []byte {
	switch e {
	case Hex:
		return hex.AppendEncode(nil, b)
	case Base64:
		return base64.StdEncoding.AppendEncode(nil, b)
	default:
		return b
	}
}
