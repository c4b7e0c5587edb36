package digest_test

import (
	"testing"

	"github.com/bonychat/puente/pkg/digest"
)

// BenchmarkOf is the digest of a contact's address, of which a message needs some.
func BenchmarkOf(b *testing.B) {
	keys, err := digest.KeysOf(digestKey)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		keys.Of(digest.ForContact, "chn_0123456789", "56912345678")
	}
}
