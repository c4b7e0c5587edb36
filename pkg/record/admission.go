package record

import (
	"context"
	"errors"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"

	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// Admission is what is remembered of a credential that admits one call.
type Admission struct {
	// Another says that the credential has admitted another call: this one is refused.
	Another bool
	// Stored says that the call was stored before: this is its repeat.
	Stored bool

	subject  string
	record   *indexv1.Admission
	revision uint64
	keep     time.Duration
}

// Admit gives a credential, by its digest, to a call, by its own, before that is stored: of two calls at once, by whichever
// process, one has it. A call that was not stored keeps it, so that the network's repeat is taken; nobody else's is. keep is
// how long it is remembered.
func (ix *Index) Admit(ctx context.Context, network, channel, credential, call string, keep time.Duration) (Admission, error) {
	a := Admission{subject: topology.CallSubject(network, channel, credential), record: &indexv1.Admission{Call: call}, keep: keep}
	revision, err := create(ctx, ix.store, a.subject, a.record, keep, func(there *indexv1.Admission, revision uint64) bool {
		a.record, a.revision = there, revision
		return false
	})
	if revision != 0 {
		a.revision = revision
	}
	a.Another, a.Stored = a.record.GetCall() != call, a.record.GetSequence() != 0
	return a, about(err, "admission of a call on channel %s", channel)
}

// Settle notes the sequence under which an admitted call was stored. Where that fails its repeat is stored again, and is found
// by the ids of its events.
func (ix *Index) Settle(ctx context.Context, a Admission, sequence uint64) error {
	a.record.Sequence = sequence
	_, err := ix.store.Replace(ctx, a.subject, a.record, a.revision, a.keep)
	if errors.Is(err, bus.ErrConflict) {
		return nil // by its repeat, which was stored too
	}
	return about(err, "admission of a call")
}
