package ingress

import (
	"context"
	"time"

	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
)

// policy is a network's declaration, as of when it was read.
type policy struct {
	provider.Description
	read time.Time
}

// policyKept is how long a declaration is used before it is read again.
const policyKept = 10 * time.Second

func (in *Ingress) policy(ctx context.Context, network string) (provider.Description, error) {
	in.mu.Lock()
	known, ok := in.policies[network]
	in.mu.Unlock()
	if ok && time.Since(known.read) < policyKept {
		return known.Description, nil
	}
	fresh := policy{read: time.Now()}
	if err := directory.Declaration(ctx, in.Bus, network, &fresh.Description); err != nil {
		if ok {
			return known.Description, nil // better than to turn callers away
		}
		return provider.Description{}, err
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.policies[network] = fresh
	return fresh.Description, nil
}
