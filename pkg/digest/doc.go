// Package digest makes digests: keyed hashes (HMAC-SHA256) that stand for an address or a network's id wherever others could read it,
// in subjects, in the journal and in logs. They are keyed because a bare hash of a phone number can be inverted in seconds, by hashing all
// numbers.
//
//	keys, err := digest.KeysOf(key)
//	name := keys.Of(digest.ForContact, channel, address)
//
// Digests with different purposes cannot be compared: see [Purpose]. A deployment has one key from its first start on. With another key
// nothing that was stored before would be found again.
//
// The package knows no broker: package provision makes and loads the key, and [bus.Bus] has the digests of its deployment.
//
// [bus.Bus]: https://pkg.go.dev/github.com/bonychat/puente/pkg/bus#Bus
package digest
