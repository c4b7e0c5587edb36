package digest_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"
	"sync"
	"testing"

	"github.com/bonychat/puente/pkg/digest"
)

// digestKey is the key of a deployment of these tests.
var digestKey = bytes.Repeat([]byte{7}, 32)

// keyed has that key.
func keyed(t *testing.T) *digest.Keys {
	t.Helper()
	keys, err := digest.KeysOf(digestKey)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// before is the digest of earlier versions, which had one key for all, and a label as the first part.
func before(label string, parts ...string) string {
	mac := hmac.New(sha256.New, digestKey)
	for _, p := range append([]string{label}, parts...) {
		_ = binary.Write(mac, binary.BigEndian, uint64(len(p)))
		mac.Write([]byte(p))
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(mac.Sum(nil)))[:digest.Length]
}

// TestWhatVersionsBeforeHaveDigestedIsFound: but for the digests that nobody looks for, all are as they were. A purpose that is derived
// by a mistake loses receipts and doubles messages at the next upgrade.
func TestWhatVersionsBeforeHaveDigestedIsFound(t *testing.T) {
	t.Parallel()
	keys := keyed(t)
	derived := map[digest.Purpose]bool{digest.ForWebhook: true, digest.ForReceipt: true, digest.ForFile: true, digest.ForReplay: true}
	labels := map[string]bool{}
	for _, p := range digest.Purposes() {
		labels[p.String()] = true
		if same := keys.Of(p, "telegram", "A", "") == before(p.String(), "telegram", "A", ""); same == derived[p] {
			t.Errorf("%s: as versions before made it: %t", p, same)
		}
	}
	for _, label := range []string{
		"message", "content", "call", "call-key", "call-bytes", "ref", "own", "mark", "contact", "number", "alias", "account", "identity", "webhook", "receipt", "file", "replay",
	} {
		if !labels[label] {
			t.Errorf("nothing is called %s, as versions before called it", label)
		}
	}
	// the derived ones stay as they are from now on
	for p, want := range map[digest.Purpose]string{
		digest.ForWebhook: "rerdq2cdpjtnrlnlunsckc4n4t", digest.ForReceipt: "x7zeb2no5kka3mraeblaprc2po", digest.ForFile: "dp5cab2kxjuxl3shfxitxccxgk", digest.ForReplay: "xjy7gktx7tqbzxd4ukzruakq4g"} {
		if got := keys.Of(p, "telegram", "A"); got != want {
			t.Errorf("%s: %s, not %s", p, got, want)
		}
	}
}

// TestDigestsOfTwoPurposesHaveNothingInCommon: nor do those of parts that are the same when they are put together.
func TestDigestsOfTwoPurposesHaveNothingInCommon(t *testing.T) {
	t.Parallel()
	keys := keyed(t)
	seen := map[string]string{}
	for _, p := range digest.Purposes() {
		for _, parts := range [][]string{{"ana"}, {"an", "a"}, {"ana", ""}, {"", "ana"}, {p.String(), "ana"}, nil} {
			of := p.String() + " " + strings.Join(parts, "|")
			d := keys.Of(p, parts...)
			if other, there := seen[d]; there {
				t.Errorf("%s is digested as %s is", of, other)
			}
			if seen[d] = of; len(d) != digest.Length {
				t.Errorf("%s: %q", of, d)
			}
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("there is a digest without a purpose")
		}
	}()
	keys.Of(digest.Purpose{}, "ana")
}

// TestManyAtOnce: what one digest is made with serves the next.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	keys := keyed(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			part := strings.Repeat("x", 10*i)
			want := keyed(t).Of(digest.ForContact, part, "y")
			for range 1000 {
				if got := keys.Of(digest.ForContact, part, "y"); got != want {
					t.Errorf("%q, want %q", got, want)
					return
				}
			}
		})
	}
	wg.Wait()
}
