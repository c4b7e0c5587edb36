package ingress

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/webhook"

	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// admission is what is remembered of a credential that admits one call.
type admission struct {
	subject  string
	record   *indexv1.Admission
	revision uint64
	keep     time.Duration
	another  bool // it has admitted another call
}

// admit gives a credential to a call before that is stored: of two calls at once, by whichever process, one has it. A
// call that was not stored keeps it, so that the network's repeat is taken; nobody else's is.
func (in *Ingress) admit(ctx context.Context, call webhook.Call, credential, key string, keep time.Duration) (admission, error) {
	identity := in.Bus.Digest("call-key", key)
	if key == "" {
		identity = in.Bus.Digest("call-bytes", call.Method, call.Suffix, call.Query, string(call.Body))
	}
	a := admission{
		subject: topology.CallSubject(call.Network, call.Channel, in.Bus.Digest("call", call.Network, call.Channel, credential)),
		record:  &indexv1.Admission{Call: identity}, keep: keep,
	}
	var err error
	for range 2 { // two at once can both be refused while there is nothing yet
		a.revision, err = in.Bus.Create(ctx, a.subject, a.record, keep)
		if !errors.Is(err, bus.ErrExists) {
			break
		}
		found := &indexv1.Admission{}
		a.revision, err = in.Bus.Read(ctx, a.subject, found)
		if !errors.Is(err, bus.ErrNotFound) {
			a.record, a.another = found, err == nil && found.GetCall() != identity
			break
		}
	}
	if err != nil {
		return a, fmt.Errorf("remember a call: %w", err)
	}
	return a, nil
}

// settleFor bounds the note that a call was stored.
const settleFor = 2 * time.Second

// settle notes that the call was stored, so that its repeats need not be. Where that fails, a repeat is stored again, and
// found by the key of its events.
func (in *Ingress) settle(ctx context.Context, a admission, sequence uint64) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleFor)
	defer cancel()
	a.record.Sequence = sequence
	if _, err := in.Bus.Replace(ctx, a.subject, a.record, a.revision, a.keep); err != nil && !errors.Is(err, bus.ErrConflict) {
		in.Log.Debug("stored call not noted", "err", err)
	}
}
