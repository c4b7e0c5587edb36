package bus

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"

	"crypto/rand"

	"github.com/nats-io/nats.go/jetstream"
)

// File is a stored attachment.
type File struct {
	ID        string
	Name      string // "" where unknown
	MediaType string
	Size      int64
	// Digest is the same for the same bytes.
	Digest string
	Stored time.Time
}

const (
	metaName = "name"
	metaType = "media-type"
)

// PutFile stores an attachment under a new id that cannot be guessed. It is whole or not there at all.
func (b *Bus) PutFile(ctx context.Context, name, mediaType string, body io.Reader) (*File, error) {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	return b.putFile(ctx, hex.EncodeToString(random[:]), name, mediaType, body)
}

// KeepFile is like PutFile, but the same bytes are stored once: their id, no easier to guess, follows from them. A file
// that is near its end is stored anew.
func (b *Bus) KeepFile(ctx context.Context, name, mediaType string, data []byte) (*File, error) {
	sum := sha256.Sum256(data)
	id := b.Digest("file", name, mediaType, string(sum[:]))
	if f, err := b.StatFile(ctx, id); err == nil && time.Since(f.Stored) < keepMedia/2 {
		return f, nil
	}
	return b.putFile(ctx, id, name, mediaType, bytes.NewReader(data))
}

func (b *Bus) putFile(ctx context.Context, id, name, mediaType string, body io.Reader) (*File, error) {
	store, err := b.js().ObjectStore(ctx, Media)
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", Media, err)
	}
	info, err := store.Put(ctx, jetstream.ObjectMeta{Name: id, Metadata: map[string]string{metaName: name, metaType: mediaType}}, body)
	if err != nil {
		return nil, fmt.Errorf("store file: %w", err)
	}
	return fileOf(info), nil
}

// fileID is what PutFile and KeepFile name files by. Whatever else somebody asks for was never stored.
var fileID = regexp.MustCompile(`^([0-9a-f]{32}|[a-z2-7]{26})$`)

// StatFile finds a stored attachment, or [ErrNotFound]. An id that no file can have is not asked for: it would become
// part of a subject.
func (b *Bus) StatFile(ctx context.Context, id string) (*File, error) {
	if !fileID.MatchString(id) {
		return nil, ErrNotFound
	}
	store, err := b.js().ObjectStore(ctx, Media)
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", Media, err)
	}
	info, err := store.GetInfo(ctx, id)
	if errors.Is(err, jetstream.ErrObjectNotFound) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("find file: %w", err)
	}
	return fileOf(info), nil
}

// OpenFile reads a stored attachment. Seeking costs a second read of what is skipped. It is not safe for concurrent use.
func (b *Bus) OpenFile(ctx context.Context, f *File) io.ReadSeekCloser {
	return &fileReader{ctx: ctx, bus: b, file: f}
}

func fileOf(info *jetstream.ObjectInfo) *File {
	return &File{
		ID: info.Name, Name: info.Metadata[metaName], MediaType: info.Metadata[metaType], Size: int64(info.Size),
		Digest: info.Digest, Stored: info.ModTime,
	}
}

// fileReader makes an object, which is read from its start only, seekable: it opens at the first read after a seek and
// reads on to the place.
type fileReader struct {
	ctx  context.Context
	bus  *Bus
	file *File
	open jetstream.ObjectResult
	at   int64 // where the open object stands
	want int64 // where the next read is to be
}

func (r *fileReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.want
	case io.SeekEnd:
		offset += r.file.Size
	}
	if offset < 0 {
		return 0, errors.New("seek before the start")
	}
	r.want = offset
	return offset, nil
}

func (r *fileReader) Read(p []byte) (int, error) {
	if r.want >= r.file.Size {
		return 0, io.EOF
	}
	if r.open == nil || r.want < r.at {
		if err := r.reopen(); err != nil {
			return 0, err
		}
	}
	if skip := r.want - r.at; skip > 0 {
		n, err := io.CopyN(io.Discard, r.open, skip)
		r.at += n
		if err != nil {
			return 0, fmt.Errorf("read file: %w", err)
		}
	}
	n, err := r.open.Read(p)
	r.at += int64(n)
	r.want = r.at
	return n, err
}

func (r *fileReader) reopen() error {
	_ = r.Close()
	store, err := r.bus.js().ObjectStore(r.ctx, Media)
	if err != nil {
		return fmt.Errorf("open store %s: %w", Media, err)
	}
	if r.open, err = store.Get(r.ctx, r.file.ID); err != nil {
		return fmt.Errorf("open file: %w", err)
	}
	r.at = 0
	return nil
}

func (r *fileReader) Close() error {
	if r.open == nil {
		return nil
	}
	err := r.open.Close()
	r.open = nil
	return err
}
