package control

import (
	"context"
	"sync"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/services/control/history"
)

// keepHistory opens the history and has it follow the journal until stop is called. A folder that cannot be used is no reason
// to have none: it lies in a temporary one then.
func keepHistory(ctx context.Context, env service.Env, c config.History) (h *history.History, stop func(), err error) {
	o := history.Options{Dir: c.Folder, Keep: c.Keep, MaxBytes: c.Store, Log: env.Log}
	if h, err = history.Open(o); err != nil && o.Dir != "" {
		env.Log.Error("the history lies in a temporary folder, and is built anew at each start", "err", err)
		o.Dir = ""
		h, err = history.Open(o)
	}
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var following sync.WaitGroup
	following.Go(func() {
		if err := h.Follow(ctx, env.Bus); err != nil {
			env.Log.Error("the history is not followed any more", "err", err)
		}
	})
	return h, func() {
		cancel()
		following.Wait()
		_ = h.Close()
	}, nil
}
