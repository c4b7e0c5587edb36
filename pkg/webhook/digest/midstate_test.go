package digest_test

import (
	"bytes"
	"crypto/hmac"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/webhook/digest"
)

var functions = []digest.Function{digest.MD5, digest.SHA1, digest.SHA256, digest.SHA384, digest.SHA512}

// TestMidstatesMakeEveryMACOfTheirKey as the standard library does with the key, of whatever length. It is also what holds the
// format that is stored against a new version of Go.
func TestMidstatesMakeEveryMACOfTheirKey(t *testing.T) {
	t.Parallel()
	for _, f := range functions {
		block := f.New()().BlockSize()
		for _, length := range []int{1, 20, 32, block - 1, block, block + 1, 3 * block} {
			key := bytes.Repeat([]byte("k3y"), length)[:length]
			states, err := f.Midstates(key)
			if err != nil {
				t.Fatalf("%s: %v", f, err)
			}
			for _, size := range []int{0, 1, block - 1, block, 5*block + 3} {
				text := bytes.Repeat([]byte("m"), size)
				want := hmac.New(f.New(), key)
				want.Write(text)
				mac, err := f.Resume(states)
				if err != nil {
					t.Fatalf("%s: %v", f, err)
				}
				for piece := text; len(piece) > 0; piece = piece[min(7, len(piece)):] {
					if n, err := mac.Write(piece[:min(7, len(piece))]); n != min(7, len(piece)) || err != nil {
						t.Fatal(n, err)
					}
				}
				if got := mac.Sum(); !bytes.Equal(got, want.Sum(nil)) {
					t.Errorf("%s, key of %d, text of %d: %x", f, length, size, got)
				}
			}
			other, err := f.Midstates(append(key[:length-1:length-1], 'X'))
			if err != nil || other == states {
				t.Errorf("%s: two keys have the same states, %v", f, err)
			}
			if raw, err := base64.RawStdEncoding.DecodeString(states); length > 8 && (err != nil || bytes.Contains(raw, key[:8]) || strings.Contains(states, string(key[:8]))) {
				t.Errorf("%s: the key is in its states, %v", f, err)
			}
		}
	}
}

// TestMidstatesAreStoredInOneForm: what a process of another version has written is read. These words were made by another
// implementation of the functions.
func TestMidstatesAreStoredInOneForm(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		f                 digest.Function
		states, text, mac string // the MACs are those of RFC 2202 and RFC 4231, test case 2
	}{
		{digest.MD5, "y2GA6C+oPqhDJ41suVJpNFP1ZwxNTKXjD2b6yngfKrc", "what do ya want for nothing?", "750c783e6ab0b503eaa86e310a5db738"},
		{digest.SHA1, "Yk2Opz8rGAOVVLnkKMBl9an8uY4giDcq9QYQofgviwWOS/4yKAtONQ", "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
		{digest.SHA256, "ZV2n+sxDSzdaHNXLBpLuDqR6I9NMOvRJ26Ia4njHUAwOr+PVE0EubGpqL+stN1rMUaT9R22wlegjv6GKUvFB1Q", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
		{digest.SHA384, "TFoUd7ltrEIdaz5xmVE47gIXwL+P1GjvrOm59mxPY2lm++84mXpDYQo5RSchuuqiDE1W+hhF8hZcGnPVATZ9CWfd+RvEYX7QFyhEtOnGD0n/eNlBuNQZxH9wMjvm+r3x5WYHg6Q5wpCJ2XUSKTFZoNX26Nuot5Isid8/n3tyWV0", "what do ya want for nothing?", "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"},
		{digest.SHA512, "1UyAVOP6/G5S0Y19GNtgjPMbkSLRaqTLAqCAajZIgr6/8Da8AiOI2rQHy16TrDndj+F/g9qC2zdBOHwCKM3Xs4PY28dexJ131TWFdYBAbAe7ECOTYeuU7Z9+CKy0gwdMMj/IvXl5e2XYmqxV9QqQKMF0tciVA+rTFeBfkV1c64E", "what do ya want for nothing?", "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
	} {
		made, err := test.f.Midstates([]byte("Jefe"))
		if err != nil || made != test.states {
			t.Errorf("%s: %s, %v", test.f, made, err)
		}
		mac, err := test.f.Resume(test.states)
		if err != nil {
			t.Errorf("%s: %v", test.f, err)
			continue
		}
		_, _ = mac.Write([]byte(test.text))
		if got := hex.EncodeToString(mac.Sum()); got != test.mac {
			t.Errorf("%s: %s", test.f, got)
		}
	}
}

func TestWhatAreNoMidstatesIsRefused(t *testing.T) {
	t.Parallel()
	for _, f := range append(functions, "crc32", "") {
		states, _ := digest.SHA256.Midstates([]byte("Jefe"))
		for _, text := range []string{"", "Jefe", states + "A", states[1:], strings.Repeat("*", 86), "AAAA"} {
			if _, err := f.Resume(text); err == nil {
				t.Errorf("%s takes %q", f, text)
			}
		}
	}
	if _, err := digest.Function("crc32").Midstates([]byte("Jefe")); err == nil {
		t.Error("an unknown function has midstates")
	}
}
