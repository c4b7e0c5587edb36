package ingress

import (
	"context"
	"fmt"
	"time"

	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/webhook"
)

// admit gives a credential that counts once to a call before that is stored. The call is known by its key, or by its bytes
// where it has none.
func (in *Ingress) admit(ctx context.Context, call webhook.Call, credential, key string, keep time.Duration) (record.Admission, error) {
	identity := in.Bus.Digest(digest.ForCallKey, key)
	if key == "" {
		identity = in.Bus.Digest(digest.ForCallBytes, call.Method, call.Suffix, call.Query, string(call.Body))
	}
	a, err := in.index.Admit(ctx, call.Network, call.Channel, in.Bus.Digest(digest.ForCall, call.Network, call.Channel, credential), identity, keep)
	if err != nil {
		return a, fmt.Errorf("remember a call: %w", err)
	}
	return a, nil
}

// settleFor bounds the note that a call was stored.
const settleFor = 2 * time.Second

// settle notes that the call was stored, so that its repeats need not be. Where that fails, a repeat is stored again, and
// found by the key of its events.
func (in *Ingress) settle(ctx context.Context, a record.Admission, sequence uint64) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleFor)
	defer cancel()
	if err := in.index.Settle(ctx, a, sequence); err != nil {
		in.Log.Debug("stored call not noted", "err", err)
	}
}
