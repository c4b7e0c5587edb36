package broker

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/bus/snapshot"
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/pkg/version"
)

// Support writes a new zip file for whoever helps with a bridge that runs: versions, settings, how channels and streams
// stand, counts. Each file of it is put together from what is listed here, so that no credential, no address of a person and
// no text is in it, whatever is added to the bridge. cfg is the configuration; nil where there is no file.
func Support(ctx context.Context, from Place, cfg *config.Config, file string, out io.Writer) error {
	return from.with(ctx, func(ctx context.Context, b *bus.Bus) (err error) {
		f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, os.ErrExist) {
			return fmt.Errorf("%s is there already: nothing is overwritten", file)
		}
		if err != nil {
			return err
		}
		defer func() {
			err = errors.Join(err, f.Close())
			if err != nil {
				_ = os.Remove(file)
			}
		}()
		archive := zip.NewWriter(f)
		for _, part := range []struct {
			name string
			make func(context.Context, *bus.Bus) (any, error)
		}{
			{"about.json", aboutProgram},
			{"configuration.json", func(context.Context, *bus.Bus) (any, error) { return settingsOf(cfg), nil }},
			{"channels.json", channelStates},
			{"streams.json", streamFills},
			{"dead-letters.json", letterCounts},
		} {
			content, err := part.make(ctx, b)
			if err != nil {
				return fmt.Errorf("%s: %w", part.name, err)
			}
			w, err := archive.Create(part.name)
			if err != nil {
				return err
			}
			e := json.NewEncoder(w)
			e.SetIndent("", "  ")
			if err := e.Encode(content); err != nil {
				return err
			}
		}
		if err := archive.Close(); err != nil {
			return err
		}
		fmt.Fprintf(out, "%s: versions, settings without secrets, states and counts. Look through it before you send it\n", file)
		return nil
	})
}

func aboutProgram(context.Context, *bus.Bus) (any, error) {
	return map[string]any{
		"version": version.About(), "system": runtime.GOOS + "/" + runtime.GOARCH, "cpus": runtime.NumCPU(), "written_at": time.Now().UTC(),
	}, nil
}

// settingsOf are those settings that can hold no secret. Of an account only the network's name is told.
func settingsOf(cfg *config.Config) any {
	if cfg == nil {
		return nil
	}
	return map[string]any{
		"public_url": cfg.PublicURL, "listen": cfg.Listen, "internal": cfg.Internal,
		"nats": map[string]any{
			"embedded": cfg.NATS.Embedded(), "replicas": cfg.NATS.Replicas, "store": cfg.NATS.Store, "sync": cfg.NATS.SyncInterval.String(),
		},
		"log":             map[string]any{"level": cfg.Log.Level.String(), "format": cfg.Log.Format},
		"trace":           map[string]any{"trust_caller": cfg.Trace.TrustCaller, "jaeger": cfg.Trace.Jaeger != ""},
		"stop":            map[string]any{"grace": cfg.Stop.Grace.String()},
		"trusted_proxies": len(cfg.TrustedProxies), "allow_addresses": len(cfg.AllowAddresses),
	}
}

// channelState is how a channel stands.
type channelState struct {
	directory.Channel
	// Suspended is by destination.
	Suspended map[string]suspended `json:"suspended,omitempty"`
	// PausedUntil is by destination; what the operator wrote is left out.
	PausedUntil map[string]time.Time `json:"paused_until,omitempty"`
	// Waiting is how many messages wait, by destination.
	Waiting map[string]uint64 `json:"waiting"`
}

// suspended is why a channel is not sent to: the reason's code, since its words may quote a network.
type suspended struct {
	Code  string    `json:"code"`
	Since time.Time `json:"since"`
}

func channelStates(ctx context.Context, b *bus.Bus) (any, error) {
	channels, err := directory.List(ctx, b)
	if err != nil {
		return nil, err
	}
	pauses, err := directory.Pauses(ctx, b)
	if err != nil {
		return nil, err
	}
	stored, err := kv.Open(b, topology.Channels).All(ctx)
	if err != nil {
		return nil, err
	}
	var all []channelState
	for _, c := range channels {
		s := channelState{Channel: c, Suspended: map[string]suspended{}, PausedUntil: map[string]time.Time{}, Waiting: map[string]uint64{}}
		for _, far := range []string{c.Network, topology.Platform} {
			var why struct {
				Reason reason.Reason
				Since  time.Time
			}
			if data, is := stored["state."+far+"."+c.ID]; is && json.Unmarshal(data, &why) == nil {
				s.Suspended[far] = suspended{why.Reason.Code(), why.Since}
			}
			if s.Waiting[far], err = b.Backlog(ctx, far, c.ID); err != nil {
				return nil, err
			}
		}
		for _, p := range pauses {
			if p.Channel == c.ID {
				s.PausedUntil[p.Far] = p.Until
			}
		}
		all = append(all, s)
	}
	return all, nil
}

func streamFills(ctx context.Context, b *bus.Bus) (any, error) {
	names, err := snapshot.Names(ctx, b)
	if err != nil {
		return nil, err
	}
	all := map[string]any{}
	for _, name := range names {
		s, err := b.State(ctx, name)
		if err != nil {
			return nil, err
		}
		all[name] = map[string]any{
			"messages": s.Messages, "bytes": s.Bytes, "max_bytes": s.MaxBytes, "first": s.FirstTime, "last": s.LastTime, "replicas": s.Replicas, "created": s.Created,
		}
	}
	return all, nil
}

// mostCounted bounds the dead letters that are counted.
const mostCounted = 100_000

// page is how many dead letters are read at once.
const page = 1000

// letterCounts counts dead letters by who gave them up, network, channel, kind and the code of the reason.
func letterCounts(ctx context.Context, b *bus.Bus) (any, error) {
	counts, total, q := map[string]int{}, 0, deadletter.Query{Limit: page}
	for {
		letters, more, err := deadletter.List(ctx, b, q)
		if err != nil {
			return nil, err
		}
		for _, l := range letters {
			counts[strings.Join([]string{l.Service, l.Network, l.Channel, l.Kind.String(), l.Why.Code()}, " ")]++
		}
		if total += len(letters); !more || total >= mostCounted {
			return map[string]any{"counts": counts, "complete": !more}, nil
		}
		q.After = letters[len(letters)-1].Sequence
	}
}
