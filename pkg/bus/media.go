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

	"github.com/bonychat/puente/pkg/topology"
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
	chunks chunks
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
	if f, err := b.StatFile(ctx, id); err == nil && time.Since(f.Stored) < topology.KeepMedia/2 {
		return f, nil
	}
	return b.putFile(ctx, id, name, mediaType, bytes.NewReader(data))
}

func (b *Bus) putFile(ctx context.Context, id, name, mediaType string, body io.Reader) (*File, error) {
	store, err := b.js().ObjectStore(ctx, topology.Media)
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", topology.Media, err)
	}
	info, err := store.Put(ctx, jetstream.ObjectMeta{Name: id, Metadata: map[string]string{metaName: name, metaType: mediaType}}, filled{body})
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
	store, err := b.js().ObjectStore(ctx, topology.Media)
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", topology.Media, err)
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

func fileOf(info *jetstream.ObjectInfo) *File {
	f := &File{
		ID: info.Name, Name: info.Metadata[metaName], MediaType: info.Metadata[metaType], Size: int64(info.Size),
		Digest: info.Digest, Stored: info.ModTime, chunks: chunks{subject: "$O." + topology.Media + ".C." + info.NUID, count: uint64(info.Chunks)},
	}
	if info.Opts != nil && (info.Size+uint64(info.Opts.ChunkSize)-1)/uint64(max(info.Opts.ChunkSize, 1)) == f.chunks.count {
		f.chunks.size = int64(info.Opts.ChunkSize)
	}
	return f
}

// filled fills what it is asked to read into, so that all chunks of a file but the last are of one size.
type filled struct{ r io.Reader }

func (f filled) Read(p []byte) (int, error) {
	n, err := io.ReadFull(f.r, p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}
