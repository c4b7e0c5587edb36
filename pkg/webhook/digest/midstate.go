package digest

import (
	"encoding"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash"
)

// An HMAC hashes its key first: padded to one block and mixed with a constant, once for the inner and once for the outer hash
// (RFC 2104). After that block each hash is in a state, its midstate. The key has no other effect. So whoever has the two midstates can
// make and check every MAC of the key, but does not have the key: computing it from them means inverting the hash function. A weak
// key can still be guessed, and a guess be checked with the midstates, as it can with any MAC that was seen.
//
// Only the words of the state are kept, in the order of the standards. The format in which the standard library marshals its hashes is
// not promised to stay readable.

// chaining is how many bytes of state each function has, which can be more than its digest has.
var chaining = map[Function]int{MD5: 16, SHA1: 20, SHA256: 32, SHA384: 64, SHA512: 64}

// headers are what the standard library writes before the state that it marshals, see [Function.restored]. They are those of this version
// of Go; a test fails when a later version has others.
var headers = map[Function]string{MD5: "md5\x01", SHA1: "sha\x01", SHA256: "sha\x03", SHA384: "sha\x04", SHA512: "sha\x07"}

// errState means that a hash does not marshal as it did, or that a state is none.
var errState = errors.New("no state of this hash")

// Midstates are the two midstates of the HMAC with this key, in base64 without padding: the words of the inner one, then those of the
// outer one, each word with its highest byte first. It fails for an unknown function, and if the standard library's hashes have changed.
func (d Function) Midstates(key []byte) (string, error) {
	fresh := d.New()
	if fresh == nil {
		return "", errState
	}
	block := fresh().BlockSize()
	if len(key) > block {
		key = d.Of(key)
	}
	var out []byte
	for _, constant := range []byte{0x36, 0x5c} {
		padded := make([]byte, block)
		copy(padded, key)
		for i := range padded {
			padded[i] ^= constant
		}
		h := fresh()
		h.Write(padded)
		m, ok := h.(encoding.BinaryMarshaler)
		if !ok {
			return "", errState
		}
		data, err := m.MarshalBinary()
		// the header, the state, a block that is empty at the end of one, and the number of bytes
		size, header := chaining[d], headers[d]
		if err != nil || len(data) != len(header)+size+block+8 || string(data[:len(header)]) != header {
			return "", errState
		}
		out = append(out, data[len(header):len(header)+size]...)
	}
	return base64.RawStdEncoding.EncodeToString(out), nil
}

// restored is a hash that has taken one block, and stands at this state.
func (d Function) restored(state []byte) (hash.Hash, error) {
	h := d.New()()
	u, ok := h.(encoding.BinaryUnmarshaler)
	if !ok {
		return nil, errState
	}
	data := append([]byte(headers[d]), state...)
	data = append(data, make([]byte, h.BlockSize())...)
	data = binary.BigEndian.AppendUint64(data, uint64(h.BlockSize()))
	if err := u.UnmarshalBinary(data); err != nil {
		return nil, errState
	}
	return h, nil
}

// MAC is an HMAC that goes on from midstates. It is not safe for concurrent use.
type MAC struct{ inner, outer hash.Hash }

// Resume makes the HMAC whose [Function.Midstates] these are. Any other text is an error.
func (d Function) Resume(midstates string) (*MAC, error) {
	size := chaining[d]
	data, err := base64.RawStdEncoding.DecodeString(midstates)
	if err != nil || size == 0 || len(data) != 2*size {
		return nil, errState
	}
	var m MAC
	if m.inner, err = d.restored(data[:size]); err != nil {
		return nil, err
	}
	if m.outer, err = d.restored(data[size:]); err != nil {
		return nil, err
	}
	return &m, nil
}

// Write adds to what is signed. It never fails.
func (m *MAC) Write(p []byte) (int, error) { return m.inner.Write(p) }

// Sum is the MAC of what was written. The MAC must not be used after that.
func (m *MAC) Sum() []byte {
	m.outer.Write(m.inner.Sum(nil))
	return m.outer.Sum(nil)
}
