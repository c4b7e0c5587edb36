package record

import (
	"context"

	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/topology"

	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
)

// The external id index leads from the id that a network gave a message to the send. A network may tell of a message before
// it has answered its send: such a receipt is pending for an hour. An outcome and a receipt that pass each other meet, because
// each writes its own record first and then looks for the other's: whoever comes second finds the other.

// Digester makes keyed digests, as a [bus.Bus] does.
type Digester interface {
	Digest(of digest.Purpose, parts ...string) string
}

// RefDigest is the ref of a message: what stands for the id that its network gave it, "" for none. Ids count per channel.
func RefDigest(d Digester, network, channel, id string) string {
	if id == "" {
		return ""
	}
	return d.Digest(digest.ForRef, network, channel, id)
}

// ContactDigest stands for a contact, by an address of it or by the name that the platform has for it, wherever it is remembered
// and in the journal. Contacts are told apart per channel.
func ContactDigest(d Digester, channel, address string) string {
	return d.Digest(digest.ForContact, channel, address)
}

// LinkRef leaves the way from a ref to a send, and returns the receipt that was pending for it, an empty one for none. Where
// a network gives the same id again for a replay, the ref leads to the replay then.
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

// Ref is the send that a ref leads to, or fails with [bus.ErrNotFound].
func (ix *Index) Ref(ctx context.Context, network, channel, ref string) (*indexv1.Ref, error) {
	send := &indexv1.Ref{}
	_, err := ix.store.Read(ctx, topology.RefSubject(network, channel, ref), send)
	return send, about(err, "ref on channel %s", channel)
}

// PendReceipt leaves a receipt whose ref leads nowhere for the outcome of its send, and looks for the ref once more: found,
// the receipt is to be handled now; with [bus.ErrNotFound] the outcome will find it, or it is about something foreign. Of
// several receipts the furthest stays.
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
