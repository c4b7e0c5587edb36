package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"github.com/bonychat/puente/services/control/history/internal/projection"
)

// Key is what table keys has in place of a text by which messages are found: a number is compared faster, and takes less room. Two texts
// with one key are not to be expected: there are 2^64 keys.
type Key int64

// Ref is the key of the digest of a network's id.
func Ref(digest string) Key { return keyOf("ref", digest) }

// Trace is the key of a trace id.
func Trace(id string) Key { return keyOf("trace", id) }

// Contact is the key of the digest of a contact's address; 0 for "".
func Contact(digest string) Key {
	if digest == "" {
		return 0
	}
	return keyOf("contact", digest)
}

func keyOf(what, text string) Key {
	data := append(append(make([]byte, 0, 80), what...), ' ')
	sum := sha256.Sum256(append(data, projection.Cut(text, 64)...))
	return Key(binary.BigEndian.Uint64(sum[:]))
}

// foundBy is a row of table keys.
type foundBy struct {
	key     Key
	message int64
}

// addFound adds the rows of the batch to those that are written, in the order of the table: neighbours are on one page.
func (w *Writer) addFound(ctx context.Context) error {
	slices.SortFunc(w.found, func(a, b foundBy) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.message, b.message)) })
	for _, f := range w.found {
		if err := w.addKey.add(ctx, int64(f.key), f.message); err != nil {
			return err
		}
	}
	w.found = w.found[:0]
	return nil
}
