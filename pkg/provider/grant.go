package provider

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

// grant is what is kept. Processes of other versions read it: fields are added, never renamed.
type grant struct {
	// Seed stands for the configured token that it goes back to.
	Seed string `json:"seed"`
	// Refresh is the refresh token that is good now, "" for the configured one; Access, which ends at Until, is what came with it.
	Refresh string    `json:"refresh,omitempty"`
	Access  string    `json:"access,omitempty"`
	Until   time.Time `json:"until,omitzero"`
	// Renew is from when on it is renewed.
	Renew time.Time `json:"renew,omitzero"`
	// Claim is whose turn it is to renew, until ClaimUntil.
	Claim      string    `json:"claim,omitempty"`
	ClaimUntil time.Time `json:"claim_until,omitzero"`

	// of what was read
	revision uint64
	others   []grant
}

// grants are the value that is kept: one for each configured token, the newest last. While a token is changed there are processes with
// either, and none may throw away what the other was given.
type grants struct {
	Of []grant `json:"grants"`
}

// maxOthers is how many configured tokens are remembered besides.
const maxOthers = 2

// read is what is kept of the configured token.
func (t *Token) read(ctx context.Context) (grant, error) {
	g := grant{Seed: t.seed}
	data, revision, err := t.state.Get(ctx, t.key)
	if err != nil {
		return g, err
	}
	var all grants
	_ = json.Unmarshal(data, &all) // one that cannot be read is lost
	for _, one := range all.Of {
		if one.Seed == t.seed {
			one.others = g.others
			g = one
		} else {
			g.others = append(g.others, one)
		}
	}
	g.revision = revision
	return g, nil
}

// store keeps what was given; only then it may be used. Where it cannot be stored it stays in memory, and is stored before anything else
// is done.
func (t *Token) store(ctx context.Context, g *grant) error {
	t.pending = g
	err := t.put(ctx, g)
	if errors.Is(err, ErrStateChanged) {
		err = t.again(ctx, g)
	}
	if err == nil {
		t.pending = nil
	}
	return err
}

// again stores what was given where somebody has written since: one whose turn came when ours was over, or this process itself, whose
// write was answered by nothing.
func (t *Token) again(ctx context.Context, g *grant) error {
	now, err := t.read(ctx)
	if err != nil {
		return err
	}
	switch {
	case now.Refresh == g.Refresh && now.Access == g.Access: // it stands there
		return nil
	case now.Access != "" && now.Claim == "" && now.Until.After(g.Until): // a newer one was given
		*g = now
		return nil
	}
	g.revision, g.others = now.revision, now.others
	return t.put(ctx, g)
}

// put writes a grant where it is still what it was.
func (t *Token) put(ctx context.Context, g *grant) error {
	others := g.others[max(0, len(g.others)-maxOthers):]
	data, err := json.Marshal(grants{append(slices.Clone(others), *g)})
	if err != nil {
		return outcome.Temporary(reason.StateNotKept, err)
	}
	revision, err := t.state.Put(ctx, t.key, data, g.revision)
	if err != nil {
		return err
	}
	g.revision = revision
	return nil
}
