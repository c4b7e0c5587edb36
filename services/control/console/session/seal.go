package session

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
)

// sealStep is what the length of a sealed text is filled up to a multiple of, in bytes, so that an address tells little of it.
const sealStep = 64

// Seal makes a text that may stand in an address of it: only the browser whose form was sent can open it again, and a log of
// addresses tells nothing. The text holds no byte 0.
func (s *Sessions) Seal(r *http.Request, text string) (string, error) {
	box, err := boxOf(r)
	if err != nil {
		return "", err
	}
	plain := make([]byte, (len(text)/sealStep+1)*sealStep)
	copy(plain, text)
	nonce := make([]byte, box.NonceSize())
	_, _ = rand.Read(nonce)
	return encode(box.Seal(nonce, nonce, plain, nil)), nil
}

// Open is the text that was sealed in this browser; ok is false for anything else.
func (s *Sessions) Open(r *http.Request, sealed string) (text string, ok bool) {
	data, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return "", false
	}
	box, err := boxOf(r)
	if err != nil || len(data) < box.NonceSize() {
		return "", false
	}
	plain, err := box.Open(nil, data[:box.NonceSize()], data[box.NonceSize():], nil)
	if err != nil {
		return "", false
	}
	for i, b := range plain {
		if b == 0 {
			return string(plain[:i]), true
		}
	}
	return "", false
}

var errNoCookie = errors.New("the browser has sent no form of this console")

// boxOf seals with a key that follows from what this browser has as a cookie that no script reads.
func boxOf(r *http.Request) (cipher.AEAD, error) {
	secret := secretOf(r)
	if secret == nil {
		return nil, errNoCookie
	}
	key := sha256.Sum256(append([]byte("seal\n"), secret...))
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
