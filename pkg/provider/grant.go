package provider

import (
	"context"
	"errors"

	"github.com/bonychat/puente/pkg/provider/internal/grant"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

// kept is a grant as it was read, and what is written upon it.
type kept struct {
	grant.Grant
	revision uint64
	others   []grant.Grant // of other configured tokens
}

// read is what is kept of the configured token.
func (t *Token) read(ctx context.Context) (kept, error) {
	data, revision, err := t.state.Get(ctx, t.key)
	if err != nil {
		return kept{}, err
	}
	g, others := grant.Read(data, t.seed)
	return kept{g, revision, others}, nil
}

// store keeps what was given; only then it may be used. Where it cannot be stored it stays in memory, and is stored before anything else
// is done.
func (t *Token) store(ctx context.Context, g *kept) error {
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
func (t *Token) again(ctx context.Context, g *kept) error {
	now, err := t.read(ctx)
	if err != nil {
		return err
	}
	switch {
	case now.Same(&g.Grant): // it stands there
		return nil
	case now.Access != "" && now.Claim == "" && now.Until.After(g.Until): // a newer one was given
		*g = now
		return nil
	}
	g.revision, g.others = now.revision, now.others
	return t.put(ctx, g)
}

// put writes a grant where it is still what it was.
func (t *Token) put(ctx context.Context, g *kept) error {
	data, err := grant.Data(g.Grant, g.others)
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
