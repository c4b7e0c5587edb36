package control

import (
	"context"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/services/control/history"
)

// keepHistory opens the history and has it follow the journal until stop is called. followed is told what ended that. A
// folder that cannot be used is no reason to have no history: it lies in a temporary one then.
func keepHistory(ctx context.Context, env service.Env, c config.History) (h *history.History, followed <-chan error, stop func() error, err error) {
	o := history.Options{Dir: c.Folder, Keep: c.Keep, MaxBytes: c.Store, Log: env.Log}
	if h, err = history.Open(o); err != nil && o.Dir != "" {
		env.Log.Error("the history lies in a temporary folder, and is built anew at each start", "err", err)
		o.Dir = ""
		h, err = history.Open(o)
	}
	if err != nil {
		return nil, nil, nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	ended, told := make(chan struct{}), make(chan error, 1)
	go func() {
		defer close(ended)
		told <- h.Follow(ctx, env.Bus)
	}()
	return h, told, func() error {
		cancel()
		<-ended
		return h.Close()
	}, nil
}
