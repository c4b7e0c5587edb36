package bus

import "github.com/bonychat/puente/pkg/digest"

// SetDigestKeys gives the bus the keys of its deployment, once, before anything calls [Bus.Digest]; provision.LoadDigestKey reads
// them.
func (b *Bus) SetDigestKeys(keys *digest.Keys) { b.digests.Store(keys) }

// HasDigestKeys says that [Bus.Digest] can be called.
func (b *Bus) HasDigestKeys() bool { return b.digests.Load() != nil }

// Digest is [digest.Keys.Of] with the deployment's keys. Without [Bus.SetDigestKeys] it panics: a digest without the key would be
// stored, and never be found again.
func (b *Bus) Digest(of digest.Purpose, parts ...string) string {
	return b.digests.Load().Of(of, parts...)
}
