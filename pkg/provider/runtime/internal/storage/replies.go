package storage

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/topology"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Replies are one channel's, in the bucket REPLIES. What was said last and what was taken stand apart: who receives and
// who sends need not know of each other.
type Replies struct{ of Channel }

// NewReplies are those of a channel.
func NewReplies(of Channel) Replies { return Replies{of} }

// reply is a record: what was said, and for which send it was taken. Processes of other versions read it: fields are added, never
// renamed. The bucket forgets it after 25 hours.
type reply struct {
	// Token is what the network gave for one answer, "" where it gave none. Who has it may write to the contact: for no log.
	Token string `json:"token,omitempty"`
	// Until is when it ends, by the network's own word; zero for a token that was never given.
	Until time.Time `json:"until"`
	// Send is the key of the send that has taken it, "" in a record of what was said.
	Send string `json:"send,omitempty"`
	// None says that the send goes without. The token is then the last that was taken.
	None bool `json:"none,omitempty"`
}

// key is that of a contact's record of a kind, [said] or [taken]. The address is a digest in it: operators list keys.
func (r Replies) key(address, kind string) string {
	return r.of.Network + "." + r.of.ID + "." + r.of.Bus.Digest(digest.ForContact, r.of.ID, address) + "." + kind
}

// read is a record and its revision, 0 where there is none. It costs one request; the answer may be a moment old, so that what is written
// upon it names the revision.
func (r Replies) read(ctx context.Context, address, kind string) (out reply, revision uint64, err error) {
	data, revision, err := kv.Open(r.of.Bus, topology.Replies).Get(ctx, r.key(address, kind))
	if errors.Is(err, bus.ErrNotFound) {
		return out, 0, nil
	}
	if err != nil {
		return out, 0, err
	}
	if json.Unmarshal(data, &out) != nil {
		return reply{}, revision, nil // of another version: as if it were lost
	}
	return out, revision, nil
}

// write writes where the record is still the one that was read: a replica may have told an older one. An error means
// that the try has to be made again.
func (r Replies) write(ctx context.Context, address, kind string, v reply, revision uint64) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if revision == 0 {
		_, err = kv.Open(r.of.Bus, topology.Replies).Create(ctx, r.key(address, kind), data)
		return err
	}
	_, err = kv.Open(r.of.Bus, topology.Replies).Update(ctx, r.key(address, kind), data, revision)
	return err
}

// The two records of a contact. said is written by whoever receives, taken by whoever sends: with one record for both, a call
// that comes in could take a token from under a send.
const (
	said  = "said"
	taken = "taken"
)

// Last implements [provider.Replies]. It takes nothing: two messages may be given the same token.
func (r Replies) Last(ctx context.Context, address string) (provider.Reply, error) {
	last, _, err := r.read(ctx, address, said)
	if err != nil || !time.Now().Before(last.Until) {
		return provider.Reply{}, err
	}
	return provider.Reply{Token: last.Token, Until: last.Until}, nil
}

// Take implements [provider.Replies]. A token is taken for one send, in a record of its own: whoever sends the message again
// knows that it may be spent, and a newer token of the contact changes nothing about that.
func (r Replies) Take(ctx context.Context, m *messagev1.Message) (out provider.Reply, again bool, err error) {
	address, send := m.GetContact().GetAddress(), topology.MessageKey(m)
	before, revision, err := r.read(ctx, address, taken)
	if err != nil {
		return provider.Reply{}, false, err
	}
	// asked before for this message: the answer is what it was, whatever has come since
	switch {
	case before.Send == send && before.None:
		return provider.Reply{}, true, nil
	case before.Send == send:
		return provider.Reply{Token: before.Token, Until: before.Until}, true, nil
	}
	last, err := r.Last(ctx, address)
	if err != nil {
		return provider.Reply{}, false, err
	}
	// a token that another message has taken is spent; the record keeps it, so that it is known for that
	now := reply{Token: last.Token, Until: last.Until, Send: send}
	if last.Token == "" || last.Token == before.Token {
		last, now.Token, now.None = provider.Reply{}, before.Token, true
	}
	// before it is used: whoever sends the message again has to know, also that it went without
	err = r.write(ctx, address, taken, now, revision)
	if errors.Is(err, bus.ErrNoRoom) {
		return provider.Reply{}, false, nil // it goes without, as it does when it is tried again
	}
	if err != nil {
		return provider.Reply{}, false, err
	}
	return last, false, nil
}

// Drop implements [provider.Replies]. The token stays in the record, so that no later message is given it again.
func (r Replies) Drop(ctx context.Context, m *messagev1.Message) error {
	address, send := m.GetContact().GetAddress(), topology.MessageKey(m)
	before, revision, err := r.read(ctx, address, taken)
	if err != nil {
		return err
	}
	return r.write(ctx, address, taken, reply{Token: before.Token, Until: before.Until, Send: send, None: true}, revision)
}

// say keeps what was said of an address. What was said later counts: a call may come again after others.
func (r Replies) say(ctx context.Context, address string, v provider.Reply) error {
	before, revision, err := r.read(ctx, address, said)
	if err != nil || before.Until.After(v.Until) {
		return err
	}
	return r.write(ctx, address, said, reply{Token: v.Token, Until: v.Until}, revision)
}
