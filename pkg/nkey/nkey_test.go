package nkey_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/nats-io/nkeys"

	"github.com/bonychat/puente/pkg/nkey"
)

func TestASeedSignsForItsPublicKey(t *testing.T) {
	seed, err := nkey.New()
	if err != nil {
		t.Fatal(err)
	}
	public, err := nkey.Public(seed)
	if err != nil || !nkey.IsPublic(public) || nkey.IsPublic(seed) {
		t.Fatalf("%q, %v", public, err)
	}
	signature, err := nkey.Sign(seed, []byte("nonce"))
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := nkeys.FromPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	if err := verifier.Verify([]byte("nonce"), signature); err != nil {
		t.Error(err)
	}
}

func TestWhatIsNoSeedOfAUserIsRefusedAndNotQuoted(t *testing.T) {
	seed, err := nkey.New()
	if err != nil {
		t.Fatal(err)
	}
	account, err := nkeys.CreateAccount()
	if err != nil {
		t.Fatal(err)
	}
	other, err := account.Seed()
	if err != nil {
		t.Fatal(err)
	}
	public, err := nkey.Public(seed)
	if err != nil {
		t.Fatal(err)
	}
	mistyped := seed[:20] + swapped(seed[20]) + seed[21:]
	for name, text := range map[string]string{
		"nothing": "", "a public key": public, "an account's": string(other), "mistyped": mistyped, "a line more": seed + "\n", "too short": seed[:40],
	} {
		if _, err := nkey.Public(text); !errors.Is(err, nkey.ErrSeed) {
			t.Errorf("%s: %v", name, err)
		} else if text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("%s is quoted", name)
		}
		if _, err := nkey.Sign(text, nil); !errors.Is(err, nkey.ErrSeed) {
			t.Errorf("%s signs: %v", name, err)
		}
	}
}

// swapped is another letter of the alphabet.
func swapped(c byte) string {
	if c == 'A' {
		return "B"
	}
	return "A"
}
