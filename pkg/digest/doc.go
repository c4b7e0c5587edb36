// Package digest makes what stands for an address or a network's id wherever others could read it: in subjects, in the journal, in
// logs. A digest is a keyed hash (HMAC-SHA256). A bare hash of a phone number would be found in seconds, by hashing all numbers.
//
//	keys, err := digest.KeysOf(key)
//	name := keys.Of(digest.ForContact, channel, address)
//
// What is digested for two places that must not be compared has two purposes: see [Purpose]. A deployment has one key from its first
// start on. With another one, nothing would be found again of what was stored before.
//
// The package knows no broker: package provision makes and loads the key, and [bus.Bus] has the digests of its deployment.
//
// [bus.Bus]: https://pkg.go.dev/github.com/bonychat/puente/pkg/bus#Bus
package digest
