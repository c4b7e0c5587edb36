package bridge

import (
	"context"

	"github.com/bonychat/puente/pkg/config/draft"
	"github.com/bonychat/puente/pkg/provider/registration"
	"github.com/bonychat/puente/pkg/provider/runtime"
	livev1 "github.com/bonychat/puente/proto/gen/puente/live/v1"
)

// editor writes channels into the configuration file of the process, for operators, and has it read again. It is safe for concurrent
// use.
type editor struct {
	*draft.Editor
	again chan<- struct{} // has the file read again; it has room for one wish
}

// Add implements [channels.Adder].
func (e *editor) Add(d draft.Channel) (written []string, err error) { return e.read(e.Editor.Add(d)) }

// Change implements [channels.Changer].
func (e *editor) Change(c draft.Change) (written []string, err error) {
	return e.read(e.Editor.Change(c))
}

// Remove implements [channels.Changer].
func (e *editor) Remove(id, version string) (written []string, err error) {
	return e.read(e.Editor.Remove(id, version))
}

// read has the file read again where something was written.
func (e *editor) read(written []string, err error) ([]string, error) {
	if err == nil && len(written) > 0 {
		select {
		case e.again <- struct{}{}:
		default: // it is wished already
		}
	}
	return written, err
}

// try asks a network about credentials that are no channel's. The networks are those of the program: the one that is asked need have
// no service that runs. known is false for any other.
func (b *bridge) try(ctx context.Context, network, channel string, account []byte) (findings []*livev1.Finding, known bool) {
	d := b.networks.Named(network)
	if d == nil {
		return nil, false
	}
	t := registration.Target{Channel: channel, Account: account, PublicURL: b.cfg.PublicURL, AllowAddresses: b.cfg.AllowAddresses}
	return runtime.Try(ctx, d, t), true
}
