package broker

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/snapshot"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/pkg/version"
	"github.com/bonychat/puente/services/puente/words"
)

// backupFormat is the version of the file that [Backup] writes.
const backupFormat = 1

// manifest says what is in a backup. It is written last: a file without one is not whole.
type manifest struct {
	Format  int       `json:"format"`
	Version string    `json:"version"` // of Puente
	Begun   time.Time `json:"begun"`
	Ended   time.Time `json:"ended"`
	Streams []copied  `json:"streams"` // in the order in which they were taken
}

// copied is one stream of a backup.
type copied struct {
	snapshot.Stream
	File string `json:"file"` // in the archive
}

const manifestName = "manifest.json"

// backupTries is how often a stream is begun again whose snapshot the broker broke off, because what it was reading was
// removed.
const backupTries = 5

// Backup writes everything that the bridge's broker keeps into a new file that only its owner can read: it holds credentials,
// messages and the digest key. The bridge may run. A file that is there already is not touched; what an error leaves
// unfinished is removed. Progress is told where out is a terminal.
func Backup(ctx context.Context, from Place, file string, out io.Writer) error {
	return from.with(ctx, func(ctx context.Context, b *bus.Bus) (err error) {
		f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, os.ErrExist) {
			return fmt.Errorf("%s is there already: a backup overwrites nothing", file)
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
		m := manifest{Format: backupFormat, Version: version.String(), Begun: time.Now().UTC()}
		archive := zip.NewWriter(f)
		if err := m.take(ctx, b, archive, newProgress(out)); err != nil {
			return err
		}
		m.Ended = time.Now().UTC()
		w, err := archive.Create(manifestName)
		if err != nil {
			return err
		}
		if err := json.NewEncoder(w).Encode(m); err != nil {
			return err
		}
		if err := errors.Join(archive.Close(), f.Sync()); err != nil {
			return err
		}
		info, err := f.Stat()
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s: %s, %s, %d bytes. It holds credentials and messages: keep it as you keep a key\n",
			file, words.Count(len(m.Streams), "stream"), words.Count(int(m.messages()), "record"), info.Size())
		return nil
	})
}

// take copies every stream into the archive.
func (m *manifest) take(ctx context.Context, b *bus.Bus, archive *zip.Writer, p *progress) error {
	names, err := snapshot.Names(ctx, b)
	if err != nil {
		return err
	}
	defer p.end()
	for _, name := range names {
		for try := 1; ; try++ {
			c := copied{File: fmt.Sprintf("streams/%s.%d", name, try)}
			// the snapshot is compressed already
			w, err := archive.CreateHeader(&zip.FileHeader{Name: c.File, Method: zip.Store})
			if err != nil {
				return err
			}
			p.begin(name)
			if c.Stream, err = snapshot.Take(ctx, b, name, p.count(w)); err == nil {
				m.Streams = append(m.Streams, c)
				break
			}
			if ctx.Err() != nil || try == backupTries {
				return err
			}
			_ = pause.For(ctx, time.Second)
		}
	}
	return nil
}

// messages is how many records there are in all.
func (m *manifest) messages() (sum uint64) {
	for _, s := range m.Streams {
		sum += s.Messages
	}
	return sum
}
