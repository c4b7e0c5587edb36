package bridge

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/draft"
	"github.com/bonychat/puente/pkg/config/operators"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/services/control"
	"github.com/bonychat/puente/services/control/auth"
	"github.com/bonychat/puente/services/puente/running"
)

// control serves the control API on the internal port.
func (b *bridge) control(ctx context.Context, env service.Env) error {
	cfg := *b.cfg
	cfg.History.Folder = cmp.Or(cfg.History.Folder, filepath.Join(cfg.Data, "history"))
	o := control.Options{
		Tokens: &b.tokens, Reflection: cfg.Control.Reflection, History: cfg.History, PublicURL: cfg.PublicURL, TraceURL: cfg.Trace.URL, Source: b.file, Networks: b.networks.Known(),
		Console: cfg.Control.Console, Try: b.try,
	}
	if b.demo != nil {
		o.Source = "the demonstration"
	} else {
		e := &editor{draft.NewEditor(b.file, o.Networks), b.again}
		o.Adder, o.Changer = e, e
	}
	return control.Serve(ctx, env, o)
}

// takeTokens has the control API take the tokens of a configuration. Where it has none, that is the one of the data folder:
// commands of the same user read it there, so that nothing has to be set up on one machine.
func (b *bridge) takeTokens(cfg *config.Config) {
	path := filepath.Join(b.cfg.Data, running.TokenFile)
	if len(cfg.Control.Tokens) > 0 {
		b.tokens.Set(cfg.Control.Tokens)
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) { // nobody takes it any more
			b.log.Warn("the old token of the control API could not be removed", "err", err)
		}
		return
	}
	owner, err := auth.Owner(path)
	if err != nil {
		b.log.Warn("the control API takes nobody: its token cannot be written to the data folder", "err", err)
		b.tokens.Set(nil)
		return
	}
	b.tokens.Set([]operators.Token{owner})
}
