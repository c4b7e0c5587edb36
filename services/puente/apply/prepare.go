package apply

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/control/channels"
	"github.com/bonychat/puente/services/puente/words"
)

// Consent is what an operator has to allow expressly, since it cannot be undone. The zero value allows nothing.
type Consent struct {
	RemoveAll    bool // a file without channels removes those that are there
	NewDigestKey bool // a lost digest key is replaced by a new one
}

// Applied is what [Config] found and did.
type Applied struct {
	// Different are the channels that were added, changed and removed.
	Different directory.Difference
	// Small says that the broker takes messages that are too small; "" where it does not.
	Small string

	gone      string // what of versions before is no longer needed and was removed
	converted []string
}

// Config makes the streams of these networks and puts the configuration's channels where the services find them. n is the
// embedded broker, nil for the configured one.
func Config(ctx context.Context, n bus.Node, cfg *config.Config, networks []string, c Consent) (p Applied, err error) {
	quiet := slog.New(slog.DiscardHandler)
	err = service.Start(ctx, "puente", n, cfg, quiet, service.NewHealth(), func(ctx context.Context, env service.Env) error {
		storage := storageOf(cfg, c)
		storage.Converted = func(stream string, messages uint64) {
			p.converted = append(p.converted, fmt.Sprintf("%s: %s", stream, words.Count(int(messages), "message")))
		}
		if err := provision.Apply(ctx, env.Bus, networks, storage); err != nil {
			return explain(err)
		}
		p.Small = provision.SmallPayload(env.Bus)
		entries := channels.Entries(cfg)
		var err error
		if len(entries) == 0 && c.RemoveAll {
			p.Different, err = directory.Clear(ctx, env.Bus)
		} else {
			p.Different, err = directory.Apply(ctx, env.Bus, entries)
		}
		if err != nil {
			return explain(err)
		}
		p.gone, err = endEarlier(ctx, env.Bus, n != nil)
		return err
	})
	return p, err
}

// News is what an operator is told of what was done, in lines.
func (p Applied) News() (lines []string) {
	if len(p.converted) > 0 {
		lines = append(lines, "what waits was converted from a version before: "+strings.Join(p.converted, ", "))
	}
	if p.gone != "" {
		lines = append(lines, p.gone)
	}
	return lines
}

func storageOf(cfg *config.Config, c Consent) provision.Storage {
	return provision.Storage{Replicas: cfg.NATS.Replicas, Bytes: cfg.NATS.Store, Sent: &cfg.Retention.Sent, NewDigestKey: c.NewDigestKey, DigestKey: cfg.DigestKey.Reveal()}
}

// explain adds to an error what an operator can do about it on the command line.
func explain(err error) error {
	if _, ok := errors.AsType[*directory.RemovesAllError](err); ok {
		return fmt.Errorf("%w; if all of them shall go, start it again with --remove-all", err)
	}
	if errors.Is(err, provision.ErrDigestKeyLost) {
		return fmt.Errorf("%w. Where there is no backup, start it with --new-digest-key: contacts who are known by their digest alone, open questions and receipts on their way are not found any more then", err)
	}
	return err
}

// endEarlier ends what is kept for processes of versions before, once none runs, and says what that an operator may have heard of is
// gone. alone says that no other process can be there.
func endEarlier(ctx context.Context, b *bus.Bus, alone bool) (gone string, err error) {
	if !alone {
		if all, err := service.AllRead(ctx, b, directory.Form); err != nil || !all {
			return "", err
		}
	}
	if err := directory.DropEarlier(ctx, b); err != nil {
		return "", err
	}
	if err := provision.DenyRollups(ctx, b); err != nil {
		return "", err
	}
	dropped, err := provision.DropEarlierMedia(ctx, b)
	if dropped {
		gone = fmt.Sprintf("the store %s, in which versions before kept attachments, had no file left and was removed", topology.EarlierMedia)
	}
	return gone, err
}
