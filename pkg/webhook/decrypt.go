package webhook

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"errors"
)

// Decrypt is the text that a handshake sends encrypted and wants to have back, as WeChat and WeCom do: AES-256 in CBC, the key 43
// characters of base64, the text between 16 bytes at random and whom it is for.
// https://developer.work.weixin.qq.com/document/path/90968
type Decrypt struct {
	// Key names the account's field with the key (EncodingAESKey). It reaches whoever judges calls as it is.
	Key string `json:"key"`
	// Receiver names the account's field with whom the text has to be for; "" for anybody.
	Receiver string `json:"receiver,omitempty"`
}

// paddedTo is what the text is padded to, in bytes: more than a block of AES.
const paddedTo = 32

// of is what is encrypted; false where it cannot be decrypted, or is for somebody else.
func (d Decrypt) of(sent string, s Secrets) (string, bool) {
	raw, err := base64.StdEncoding.DecodeString(sent)
	if err != nil || len(raw) == 0 || len(raw)%aes.BlockSize != 0 {
		return "", false
	}
	for _, text := range s[d.Key] {
		key, err := base64.StdEncoding.DecodeString(text + "=")
		if err != nil || len(key) != 32 {
			continue
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			continue
		}
		plain := make([]byte, len(raw))
		cipher.NewCBCDecrypter(block, key[:aes.BlockSize]).CryptBlocks(plain, raw)
		if found, receiver, ok := unpack(plain); ok && (d.Receiver == "" || s.Holds(d.Receiver, receiver)) {
			return found, true
		}
	}
	return "", false
}

// unpack takes the text out of what was decrypted.
func unpack(plain []byte) (text, receiver string, ok bool) {
	const head = 20 // at random, and the length
	pad := int(plain[len(plain)-1])
	if pad < 1 || pad > paddedTo || len(plain)-pad < head {
		return "", "", false
	}
	length := binary.BigEndian.Uint32(plain[16:head])
	rest := plain[head : len(plain)-pad]
	if uint64(length) > uint64(len(rest)) {
		return "", "", false
	}
	return string(rest[:length]), string(rest[length:]), true
}

func (d Decrypt) problem() error {
	if d.Key == "" {
		return errors.New("decrypt: key is required")
	}
	return nil
}
