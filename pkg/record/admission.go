package record

import (
	"context"
	"errors"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"

	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// Admission is the record of a credential that may admit one call only.
type Admission struct {
	// Another is true when the credential has already admitted another call: this one is refused.
	Another bool
	// Stored is true when this call was stored before: this is a repeat of it.
	Stored bool

	subject  string
	record   *indexv1.Admission
	revision uint64
	keep     time.Duration
}

// Admit gives a credential to a call. Call it before the call is stored. credential and call are digests. Of two calls with one
// credential, in whatever processes, exactly one gets it. A call that then could not be stored keeps the credential, so that
// the network's repeat of this call is admitted, and no other call. The record is kept for keep.
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

// Settle notes the sequence under which an admitted call was stored. If that fails, a repeat of the call is stored once more, and
// its events are recognised later by their ids.
func (ix *Index) Settle(ctx context.Context, a Admission, sequence uint64) error {
	a.record.Sequence = sequence
	_, err := ix.store.Replace(ctx, a.subject, a.record, a.revision, a.keep)
	if errors.Is(err, bus.ErrConflict) {
		return nil // by its repeat, which was stored too
	}
	return about(err, "admission of a call")
}
