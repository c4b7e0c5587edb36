package broker

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/node"
	"github.com/bonychat/puente/pkg/bus/snapshot"
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/pkg/topology"
)

// Restore makes an empty bridge of a backup: the broker in a data folder that has none yet, or a NATS that holds no stream of
// a deployment. No service may run on it. Without yes it only says what the backup holds and what may be sent twice, and
// returns an error. What an error leaves half done in a data folder is removed.
func Restore(ctx context.Context, to Place, file string, yes bool, out io.Writer) error {
	archive, err := zip.OpenReader(file)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no file %s", file)
	}
	if err != nil {
		return fmt.Errorf("%s is no backup, or not whole: %w", file, err)
	}
	defer archive.Close()
	m, err := manifestOf(&archive.Reader)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	m.warn(out)
	if !yes {
		return errors.New("nothing was changed: say --yes to restore it")
	}
	return to.withEmpty(ctx, func(b *bus.Bus) error {
		if err := m.put(ctx, b, &archive.Reader, newProgress(out)); err != nil {
			return err
		}
		fmt.Fprintln(out, "restored: start the bridge")
		return nil
	})
}

// manifestOf reads what the backup says of itself.
func manifestOf(archive *zip.Reader) (m manifest, err error) {
	f, err := archive.Open(manifestName)
	if err != nil {
		return m, errors.New("it is no backup of puente, or not whole: it has no " + manifestName)
	}
	defer f.Close()
	if err := json.NewDecoder(f).Decode(&m); err != nil {
		return m, fmt.Errorf("%s cannot be read: %w", manifestName, err)
	}
	if m.Format != backupFormat {
		return m, fmt.Errorf("it has format %d: this version reads format %d", m.Format, backupFormat)
	}
	return m, nil
}

// warn says what a restore does, and what may be sent twice.
func (m *manifest) warn(out io.Writer) {
	fmt.Fprintf(out, "backup of %s by version %s\n", m.Begun.Local().Format(time.DateTime), m.Version)
	waiting := uint64(0)
	for _, s := range m.Streams {
		if strings.HasPrefix(s.Name, "EGRESS_") || s.Name == topology.Messages.Name {
			waiting += s.Messages
			if s.Messages > 0 {
				fmt.Fprintf(out, "  %d waiting in %s\n", s.Messages, s.Name)
			}
		}
	}
	fmt.Fprintf(out, `%d waiting messages and statuses are sent once the bridge starts. Those that were sent after this backup was taken
are sent a second time. Messages that came in later are not in it.
Stop every service of the bridge before you restore, also one that runs on another machine.
`, waiting)
}

// put makes all streams of the backup.
func (m *manifest) put(ctx context.Context, b *bus.Bus, archive *zip.Reader, p *progress) error {
	defer p.end()
	for _, s := range m.Streams {
		f, err := archive.Open(s.File)
		if err != nil {
			return fmt.Errorf("the backup holds no %s: %w", s.File, err)
		}
		p.begin(s.Name)
		err = snapshot.Put(ctx, b, s.Stream, p.counting(f))
		_ = f.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// withEmpty calls with the broker of an empty bridge: an embedded one is started for it, and stopped.
func (p Place) withEmpty(ctx context.Context, call func(*bus.Bus) error) (err error) {
	o := bus.Options{Name: "puente"}
	url, data := p.URL, p.Data
	if url == "" && data == "" {
		cfg, err := config.LoadShared(p.File)
		if err != nil {
			return err
		}
		if url, o.Access = cfg.NATS.URL, service.Access(cfg.NATS); cfg.NATS.Embedded() {
			data = cfg.Data
		}
	}
	if data != "" {
		folder := filepath.Join(data, "nats")
		if _, err := os.Stat(filepath.Join(folder, "jetstream")); err == nil {
			return fmt.Errorf("the data folder %s holds a bridge already: stop it, and move the folder away", data)
		}
		n, err := node.Start(node.Options{Dir: folder, SyncAlways: true})
		if errors.Is(err, node.ErrInUse) {
			return fmt.Errorf("a puente is running on the data folder %s: stop it, and move the folder away", data)
		}
		if err != nil {
			return err
		}
		defer func() {
			n.Stop()
			if err != nil { // it was made here
				err = errors.Join(err, os.RemoveAll(filepath.Join(folder, "jetstream")))
			}
		}()
		o.Node = n
	}
	b, err := bus.Connect(url, o)
	if err != nil {
		return err
	}
	defer func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		b.Close(last)
	}()
	there, err := snapshot.Names(ctx, b)
	if err != nil {
		return err
	}
	if len(there) > 0 {
		return fmt.Errorf("the NATS holds a bridge already, with the stream %s: a restore is for an empty one", there[0])
	}
	if err := call(b); err != nil && data == "" {
		return fmt.Errorf("%w; remove the streams that were restored before you try again", err)
	} else if err != nil {
		return err
	}
	return nil
}
