package bridge

import (
	"sync"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/draft"
)

// adder writes channels into the configuration file of the process, for operators. It is safe for concurrent use.
type adder struct {
	file     string
	networks []config.Network
	again    chan<- struct{} // has the file read again; it has room for one wish

	mu sync.Mutex
}

// Addable implements [channels.Adder].
func (a *adder) Addable() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return draft.Addable(a.file, a.networks)
}

// Add implements [channels.Adder].
func (a *adder) Add(d draft.Channel) (written []string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if written, err = draft.Add(a.file, d, a.networks); err != nil {
		return nil, err
	}
	select {
	case a.again <- struct{}{}:
	default: // it is wished already
	}
	return written, nil
}
