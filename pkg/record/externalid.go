package record

import (
	"context"

	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/topology"

	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// The external id index leads from the id that a network gave a message to the send. A receipt may come before the network has
// answered the send: it is pending for an hour. An outcome and a receipt that are handled at the same time cannot miss each
// other, because each writes its own record first and then looks for the other's.

// Digester makes keyed digests, as a [bus.Bus] does.
type Digester interface {
	Digest(of digest.Purpose, parts ...string) string
}

// RefDigest is the ref of a message: the keyed digest of the id that its network gave it, "" where the id is "". The same id in
// two channels has two refs.
func RefDigest(d Digester, network, channel, id string) string {
	if id == "" {
		return ""
	}
	return d.Digest(digest.ForRef, network, channel, id)
}

// ContactDigest is the keyed digest that stands for a contact in records and in the journal. address is the contact's address at
// the network, or its id at the platform. The same person in two channels has two digests.
func ContactDigest(d Digester, channel, address string) string {
	return d.Digest(digest.ForContact, channel, address)
}

// LinkRef stores which send a ref belongs to. It returns the receipt that was pending for the ref, an empty one if none was.
// If a network gives the same id again for a replay, the ref belongs to the replay from then on.
func (ix *Index) LinkRef(ctx context.Context, network, channel, ref string, send *indexv1.Ref) (*indexv1.Early, error) {
	_, err := create(ctx, ix.store, topology.RefSubject(network, channel, ref), send, Keep, func(there *indexv1.Ref, _ uint64) bool {
		return there.GetId() == send.GetId() && there.GetGeneration() < send.GetGeneration()
	})
	if err != nil {
		return nil, about(err, "ref of message %s", send.GetId())
	}
	pending := &indexv1.Early{}
	_, err = ix.store.Read(ctx, topology.EarlySubject(network, channel, ref), pending)
	return pending, about(unlessNotFound(err), "pending receipt of message %s", send.GetId())
}

// Ref is the send that a ref belongs to. It fails with [bus.ErrNotFound] where none is known.
func (ix *Index) Ref(ctx context.Context, network, channel, ref string) (*indexv1.Ref, error) {
	send := &indexv1.Ref{}
	_, err := ix.store.Read(ctx, topology.RefSubject(network, channel, ref), send)
	return send, about(err, "ref on channel %s", channel)
}

// PendReceipt keeps a receipt whose ref is not known, until the outcome of its send is handled, for at most [KeepPending]. Then it
// looks for the ref once more. If it returns a ref, the caller handles the receipt now. [bus.ErrNotFound] means that the
// outcome will find the receipt, or that the message is not ours. Of several receipts only the furthest is kept.
func (ix *Index) PendReceipt(ctx context.Context, network, channel, ref string, receipt *indexv1.Early) (*indexv1.Ref, error) {
	err := change(ctx, ix.store, topology.EarlySubject(network, channel, ref), KeepPending, func(_ bool, pending *indexv1.Early) (bool, error) {
		return pend(pending, receipt), nil
	})
	if err != nil {
		return nil, about(err, "pending receipt on channel %s", channel)
	}
	return ix.Ref(ctx, network, channel, ref)
}

// pend is the event "a receipt came before its send's outcome". It says whether it is further than the one that is pending.
func pend(pending, receipt *indexv1.Early) bool {
	if Further(pending.GetStatus(), receipt.GetStatus()) == pending.GetStatus() {
		return false
	}
	pending.Status, pending.At, pending.UpTo = receipt.GetStatus(), receipt.GetAt(), receipt.GetUpTo()
	pending.Reason, pending.Why = receipt.GetReason(), receipt.GetWhy()
	return true
}
