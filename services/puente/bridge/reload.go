package bridge

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"

	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/config/broker"
	"github.com/bonychat/puente/pkg/config/yamlfile"
	"github.com/bonychat/puente/pkg/secret"
	"github.com/bonychat/puente/services/puente/apply"
	"github.com/bonychat/puente/services/puente/running"
)

// follow reads the file again at every signal, and whenever a channel was written into it, until the context ends.
func (f *fleet) follow(changes <-chan os.Signal) error {
	for {
		select {
		case <-f.ctx.Done():
			return nil
		case <-changes:
			f.change()
		case <-f.again:
			f.change()
		}
	}
}

// change makes the bridge carry what the file says now. A file with mistakes changes nothing.
func (f *fleet) change() {
	cfg, err := f.reload()
	if err != nil {
		f.refuse(err)
		return
	}
	for _, w := range cfg.Warnings {
		f.log.Warn("configuration", "warning", w.String())
	}
	settings := needRestart(f.cfg, cfg)
	if len(settings) > 0 {
		f.log.Warn("configuration: these settings take effect at the next start", "settings", settings)
	}
	next := *f.cfg // what is only read at the start stays as it was
	next.Channels = cfg.Channels
	p, err := apply.Config(f.ctx, embedded(f.node), &next, networksOf(cfg), apply.Consent{})
	if err != nil {
		f.log.Error("configuration not taken up: signal again to try again", "err", err)
		f.reread(running.Reading{Mistakes: []string{err.Error()}})
		return
	}
	f.takeTokens(cfg)
	f.expect(f.missing(cfg)...)
	f.startNetworks(cfg)
	f.log.Info("configuration read again", "channels", len(cfg.Channels), "added", p.Different.Added, "changed", p.Different.Changed, "removed", p.Different.Removed)
	if !f.records() { // which have it already
		fmt.Fprintf(f.out, "configuration read again: %s\n", p.Different)
	}
	for _, c := range cfg.Channels {
		if slices.Contains(p.Different.Added, c.ID) {
			f.introduce(f.out, c)
		}
	}
	f.reread(running.Reading{Added: p.Different.Added, Changed: p.Different.Changed, Removed: p.Different.Removed, Restart: settings})
}

// reread has the command that asked for it know what came of it.
func (f *fleet) reread(r running.Reading) {
	if err := f.announced.Reread(r); err != nil {
		f.log.Warn("what came of reading the configuration again could not be written", "err", err)
	}
}

// refuse says all that is wrong with a file.
func (f *fleet) refuse(err error) {
	mistakes, ok := errors.AsType[yamlfile.Mistakes](err)
	if !ok {
		f.log.Error("configuration not changed", "err", err)
		f.reread(running.Reading{Mistakes: []string{err.Error()}})
		return
	}
	var said []string
	for _, m := range mistakes {
		f.log.Error("configuration not changed", "mistake", m.String())
		said = append(said, m.String())
	}
	f.reread(running.Reading{Mistakes: said})
}

// needRestart are the settings, by their names in the file, that differ and are only read at the start: all but the
// channels and the tokens of the control API.
func needRestart(running, file *config.Config) (names []string) {
	for _, s := range []struct {
		name      string
		have, now any
	}{
		{"listen", running.Listen, file.Listen},
		{"internal", running.Internal, file.Internal},
		{"public_url", running.PublicURL, file.PublicURL},
		{"data", running.Data, file.Data},
		{"nats", plainly(running.NATS), plainly(file.NATS)},
		{"log", running.Log, file.Log},
		{"allow_addresses", running.AllowAddresses, file.AllowAddresses},
		{"trusted_proxies", running.TrustedProxies, file.TrustedProxies},
		{"trace", running.Trace, file.Trace},
		{"stop", running.Stop, file.Stop},
		{"history", running.History, file.History},
		{"digest_key", running.DigestKey.Reveal(), file.DigestKey.Reveal()},
		{"retention", running.Retention, file.Retention},
		{"control.reflection", running.Control.Reflection, file.Control.Reflection},
	} {
		if !reflect.DeepEqual(s.have, s.now) {
			names = append(names, s.name)
		}
	}
	return names
}

// natsSettings are those of NATS with their secrets in plain: a hidden one is equal to no other, not even to itself read again.
type natsSettings struct {
	broker.NATS
	nkey, key string
}

func plainly(n broker.NATS) natsSettings {
	plain := natsSettings{n, n.NKey.Reveal(), n.Key.Reveal()}
	plain.NKey, plain.Key = secret.Text{}, secret.Text{}
	return plain
}
