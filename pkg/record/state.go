package record

import (
	"context"
	"errors"
	"slices"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Outbound is the result of a claim of a message to a contact.
type Outbound struct {
	Claim Claim
	// Contents are the contents of its parts, for [Fresh] and [Resumed]. For Resumed they are those of the first try: the
	// network may declare other limits by now, and parts that were split in two ways must not meet under the same keys.
	Contents []*messagev1.Content
	// OnTheirWay is true when an earlier try has published all parts, which is certain once there is news of one.
	OnTheirWay bool
}

// ClaimOutbound takes a message to a contact; sequence is that of its entry in MESSAGES, and contents are those of its parts. A
// message that is void is never taken. A higher generation replaces the record: the message was given up before it was ready for
// its network, and then replayed.
func (ix *Index) ClaimOutbound(ctx context.Context, sequence uint64, m *messagev1.Message, contents []*messagev1.Content) (Outbound, error) {
	subject := topology.StateSubject(m.GetChannel(), m.GetId())
	state := taken(sequence, m, contents)
	state.Traceparent = bus.TraceParent(ctx)
	claim, found := Fresh, (*indexv1.State)(nil)
	revision, err := create(ctx, ix.store, subject, state, Keep, func(there *indexv1.State, _ uint64) bool {
		claim, found = claimOutbound(there, state), there
		return claim == Fresh
	})
	if err != nil {
		return Outbound{}, about(err, "state of message %s", m.GetId())
	}
	switch claim {
	case Fresh:
		ix.cache.put(subject, state, revision)
		return Outbound{Claim: Fresh, Contents: contents}, nil
	case Resumed:
		return Outbound{Claim: Resumed, Contents: contentsOf(found, m, contents), OnTheirWay: slices.ContainsFunc(found.GetParts(), heardOf)}, nil
	default:
		return Outbound{Claim: claim}, nil
	}
}

// Void makes sure that a message is never sent, should it turn up in MESSAGES: its claim drops it. Ingress calls it before it tells
// the platform that the message was not taken. If taken is true, the message was claimed already: it is on its way, and
// the platform has to be told that instead.
func (ix *Index) Void(ctx context.Context, channel, id string) (taken bool, err error) {
	void := &indexv1.State{Standing: indexv1.Standing_STANDING_VOID}
	_, err = create(ctx, ix.store, topology.StateSubject(channel, id), void, Keep, func(there *indexv1.State, _ uint64) bool {
		taken = there.GetStanding() == indexv1.Standing_STANDING_TAKEN
		return false
	})
	return taken, about(err, "state of message %s", id)
}

// Change is the next state of a message, decided and not written yet.
type Change struct {
	// State is the record as it will be written. Effect says whether it is written, and whether the platform is told.
	State  *indexv1.State
	Effect Effect

	id, subject string
	revision    uint64
}

// Advance decides what follows from news of a message, and writes nothing: [Index.Commit] does. From news of a message that is not
// remembered, because it is not ours or too old, nothing follows.
//
// A state that this index itself wrote last is not read again. If another process has changed it since, Commit is refused.
func (ix *Index) Advance(ctx context.Context, channel, id string, n News) (Change, error) {
	c := Change{id: id, subject: topology.StateSubject(channel, id)}
	var cached bool
	if c.State, c.revision, cached = ix.cache.take(c.subject); cached {
		if c.Effect = advance(c.State, n); c.Effect.Writes() {
			return c, nil
		}
	}
	c.State = &indexv1.State{}
	var err error
	c.revision, err = ix.store.Read(ctx, c.subject, c.State)
	if errors.Is(err, bus.ErrNotFound) {
		return Change{}, nil
	}
	if err != nil {
		return Change{}, about(err, "state of message %s", id)
	}
	c.Effect = advance(c.State, n)
	return c, nil
}

// Commit writes a change if [Change.Effect] says so. [bus.ErrConflict] means that somebody else wrote first: call [Index.Advance] again.
func (ix *Index) Commit(ctx context.Context, c Change) error {
	if !c.Effect.Writes() {
		return nil
	}
	revision, err := ix.store.Replace(ctx, c.subject, c.State, c.revision, kept(c.State))
	if err == nil {
		ix.cache.put(c.subject, c.State, revision)
	}
	return about(err, "state of message %s", c.id)
}

// taken is the record of a message that was claimed.
func taken(sequence uint64, m *messagev1.Message, contents []*messagev1.Content) *indexv1.State {
	s := &indexv1.State{
		Sequence: sequence, Standing: indexv1.Standing_STANDING_TAKEN, Generation: m.GetGeneration(), Parts: make([]eventv1.Status, len(contents)),
		Address: m.GetContact().GetAddress(), Network: m.GetNetwork(), AcceptedAt: m.GetAcceptedAt(),
	}
	if len(contents) != 1 || contents[0] != m.GetContent() { // else it goes as it was written
		s.Contents = contents
	}
	return s
}

// contentsOf are the parts as the claim made them whose record was found. today is how the message would be split now.
func contentsOf(found *indexv1.State, m *messagev1.Message, today []*messagev1.Content) []*messagev1.Content {
	switch n := len(found.GetParts()); {
	case n == len(found.GetContents()):
		return found.GetContents()
	case n == 1:
		return []*messagev1.Content{m.GetContent()}
	default:
		return today
	}
}

func heardOf(s eventv1.Status) bool { return s != waiting }
