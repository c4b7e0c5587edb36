package providertest

import (
	"testing"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/jwks"
	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/declared"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/inbound"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/outbound"
	"github.com/bonychat/puente/pkg/provider/providertest/internal/stage"
	"github.com/bonychat/puente/pkg/webhook/proof"
)

// run is one run of the kit.
type run struct {
	Kit
	network provider.Driver
	// played are the conversations that were played to their end.
	played []*conversation.Conversation
	// refused are the accounts that were reported as wrong, as they are written.
	refused map[string]bool
}

// play plays one conversation and holds it to the rules, in a bubble of its own. It says false where nothing could be
// played, since an account of the conversation is wrong: that is reported once, however many conversations have it.
func (k *run) play(t *testing.T, r stage.Reporter, c *conversation.Conversation) (ok bool) {
	t.Helper()
	stage.Bubble(t, r, func() {
		if ok = k.opens(r, c); ok {
			k.conversation(r, c)
		}
	})
	if ok {
		k.played = append(k.played, c)
	}
	return ok
}

// opens tries the accounts of a conversation.
func (k *run) opens(r stage.Reporter, c *conversation.Conversation) bool {
	r.Helper()
	for _, account := range c.Accounts() {
		if k.refused[string(account)] {
			return false
		}
		s, err := stage.New(k.network, &conversation.Conversation{Account: account}, stage.Rules{})
		if err != nil {
			k.refused[string(account)] = true
			r.Errorf("%v (said once: no conversation with this account is played)", err)
			return false
		}
		s.Close()
	}
	return true
}

// conversation plays a conversation. With -update it takes what it sees for right.
func (k *run) conversation(r stage.Reporter, c *conversation.Conversation) {
	r.Helper()
	s, err := stage.New(k.network, c, k.rules())
	if err != nil {
		r.Errorf("%v", err)
		return
	}
	defer s.Close()
	reading := inbound.New(s)
	playing := outbound.Playing{Stage: s, Reading: reading}
	for i, a := range c.Acts {
		if a.Account != nil {
			reading.Replace(string(a.Account))
		}
		if a.IsCall() {
			reading.Play(r, a)
			continue
		}
		a.Before.CopyFrom(s.Replies)
		a.Kept.CopyFrom(s.State)
		playing.Play(r, a, i)
	}
	for _, a := range c.Acts {
		if !a.IsCall() {
			playing.Hold(r, a)
		}
	}
}

// described is what the network declares, with the keys that its calls are signed with in these tests.
func (k *run) described() provider.Description {
	d := k.network.Describe()
	if d.Webhook == nil || len(k.Keys) == 0 {
		return d
	}
	keys := map[string][]proof.PublicKey{}
	for address, set := range k.Keys {
		keys[address], _ = jwks.Parse(set) // without any the policy admits nobody, and says so
	}
	policy := d.Webhook.WithKeys(keys)
	d.Webhook = &policy
	return d
}

// trial is the network with all its conversations.
func (k *run) trial() declared.Trial {
	return declared.Trial{
		Description: k.described(), Network: k.network, Conversations: k.played, Rules: k.rules(), Dir: k.Dir, Oracle: k.Oracle, Sign: k.Sign,
	}
}
