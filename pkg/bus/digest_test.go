package bus_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/provision"
)

// digestKey is the key of a deployment of these tests.
var digestKey = bytes.Repeat([]byte{7}, 32)

// keyed is a connection to a deployment with that key.
func keyed(t *testing.T) *bus.Bus {
	t.Helper()
	b := bustest.StartEmpty(t).Connect("provision")
	if err := provision.Apply(t.Context(), b, nil, provision.Storage{Replicas: 1, DigestKey: digestKey}); err != nil {
		t.Fatal(err)
	}
	if err := b.LoadDigestKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b
}

// before is the digest of versions before, which had one key for all, and a label as the first part.
func before(label string, parts ...string) string {
	mac := hmac.New(sha256.New, digestKey)
	for _, p := range append([]string{label}, parts...) {
		_ = binary.Write(mac, binary.BigEndian, uint64(len(p)))
		mac.Write([]byte(p))
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(mac.Sum(nil)))[:bus.DigestLength]
}

// TestWhatVersionsBeforeHaveDigestedIsFound: but for the digests that nobody looks for, all are as they were. A purpose that is derived
// by a mistake loses receipts and doubles messages at the next upgrade.
func TestWhatVersionsBeforeHaveDigestedIsFound(t *testing.T) {
	t.Parallel()
	b := keyed(t)
	derived := map[bus.Purpose]bool{bus.ForWebhook: true, bus.ForReceipt: true, bus.ForFile: true, bus.ForReplay: true}
	labels := map[string]bool{}
	for _, p := range bus.Purposes() {
		labels[p.String()] = true
		if same := b.Digest(p, "telegram", "A", "") == before(p.String(), "telegram", "A", ""); same == derived[p] {
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
	for p, want := range map[bus.Purpose]string{
		bus.ForWebhook: "rerdq2cdpjtnrlnlunsckc4n4t", bus.ForReceipt: "x7zeb2no5kka3mraeblaprc2po", bus.ForFile: "dp5cab2kxjuxl3shfxitxccxgk", bus.ForReplay: "xjy7gktx7tqbzxd4ukzruakq4g"} {
		if got := b.Digest(p, "telegram", "A"); got != want {
			t.Errorf("%s: %s, not %s", p, got, want)
		}
	}
}

// TestDigestsOfTwoPurposesHaveNothingInCommon: nor do those of parts that are the same when they are put together.
func TestDigestsOfTwoPurposesHaveNothingInCommon(t *testing.T) {
	t.Parallel()
	b := keyed(t)
	seen := map[string]string{}
	for _, p := range bus.Purposes() {
		for _, parts := range [][]string{{"ana"}, {"an", "a"}, {"ana", ""}, {"", "ana"}, {p.String(), "ana"}, nil} {
			of := p.String() + " " + strings.Join(parts, "|")
			d := b.Digest(p, parts...)
			if other, there := seen[d]; there {
				t.Errorf("%s is digested as %s is", of, other)
			}
			if seen[d] = of; len(d) != bus.DigestLength {
				t.Errorf("%s: %q", of, d)
			}
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("there is a digest without a purpose")
		}
	}()
	b.Digest(bus.Purpose{}, "ana")
}
