// Package values is the record in which the small values of one owner stand together, a channel or a contact: so their number has a
// bound, and one compare-and-set writes each. It is pure; packages runtime and sendertest store it.
package values

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/bonychat/puente/pkg/provider"
)

// Record is what one owner has. Processes of other versions read it: fields are added, never renamed. The zero value holds nothing.
type Record struct {
	// Last is the highest revision that was given.
	Last uint64 `json:"last,omitempty"`
	// Values are by their keys.
	Values map[string]Value `json:"values,omitempty"`
}

// Value is one value. It may be a credential: for no log.
type Value struct {
	Value    []byte `json:"value"`
	Revision uint64 `json:"revision"`
	// At is when it was said, where it comes of an event, or written.
	At time.Time `json:"at"`
}

// Read reads a record. One that cannot be read is of another version, and as if it were lost.
func Read(data []byte) Record {
	var r Record
	if len(data) == 0 || json.Unmarshal(data, &r) != nil {
		return Record{}
	}
	return r
}

// Data is the record as it is stored; nil for one that holds nothing.
func (r Record) Data() ([]byte, error) {
	if len(r.Values) == 0 {
		return nil, nil
	}
	return json.Marshal(r)
}

// Get is the value of a key and its revision.
func (r Record) Get(key string) ([]byte, uint64) {
	v := r.Values[key]
	return v.Value, v.Revision
}

// Put writes a value at a time where its revision is still this one, and returns the new one. An empty value takes it out, and has
// revision 0. The errors are those of [provider.Values].
func (r *Record) Put(b provider.StateBounds, key string, value []byte, revision uint64, at time.Time) (uint64, error) {
	if err := b.Check(key, value); err != nil {
		return 0, err
	}
	before, there := r.Values[key]
	switch {
	case before.Revision != revision:
		return 0, provider.ErrStateChanged
	case len(value) == 0:
		delete(r.Values, key)
		return 0, nil
	case !there && len(r.Values) >= b.Values:
		return 0, fmt.Errorf("%w: there may be %d", provider.ErrStateValues, b.Values)
	}
	if r.Values == nil {
		r.Values = map[string]Value{}
	}
	// of an owner that went and came back no revision is one that was given before
	r.Last = max(r.Last+1, uint64(at.UnixNano()))
	r.Values[key] = Value{Value: value, Revision: r.Last, At: at}
	return r.Last, nil
}

// Say writes what an event said at a time, unless what is there was said or written later, and says whether it did. What stands there
// already is not written again.
func (r *Record) Say(b provider.StateBounds, key, value string, at time.Time) (bool, error) {
	before := r.Values[key]
	if before.At.After(at) || string(before.Value) == value {
		return false, b.Check(key, []byte(value))
	}
	_, err := r.Put(b, key, []byte(value), before.Revision, at)
	return err == nil, err
}
