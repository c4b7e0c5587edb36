package config_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/config"
)

func TestADigestKeyIsReadInBase64AndHex(t *testing.T) {
	key := bytes.Repeat([]byte{0xfb}, 32)
	for _, text := range []string{hex.EncodeToString(key), base64.StdEncoding.EncodeToString(key), base64.RawStdEncoding.EncodeToString(key)} {
		c := must(t, fmt.Sprintf("digest_key: %q", text))
		if !bytes.Equal(c.DigestKey.Reveal(), key) || strings.Contains(fmt.Sprintf("%+v", c), text) {
			t.Errorf("%s is read as another, or shown", text)
		}
	}
	for _, text := range []string{"S3CRET", hex.EncodeToString(key[1:]), strings.Repeat("S3CRET", 8)} {
		_, err := parse(t, fmt.Sprintf("digest_key: %q", text))
		if err == nil || !strings.Contains(err.Error(), "puente.yaml:1: digest_key: must be 32 bytes in base64 or hex") || strings.Contains(err.Error(), "S3CRET") {
			t.Errorf("%v", err)
		}
	}
	// a service is given nothing of it
	if c, err := config.Parse("puente.yaml", []byte("digest_key: file:none"), env); err != nil || c.DigestKey.Reveal() != nil {
		t.Errorf("%v", err)
	}
}
