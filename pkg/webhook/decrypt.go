package webhook

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"errors"
)

// Decrypt says how to decrypt the text that a handshake of WeChat or WeCom sends, and wants to have back in plain: AES-256 in CBC, with
// a key of 43 characters of base64. In plain it is 16 random bytes, the text's length, the text, and the name of its receiver.
// https://developer.work.weixin.qq.com/document/path/90968
type Decrypt struct {
	// Key names the account's field with the key (EncodingAESKey). Ingress gets the field as it is.
	Key string `json:"key"`
	// Receiver names the account's field with the name that the receiver must have; "" accepts any.
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
