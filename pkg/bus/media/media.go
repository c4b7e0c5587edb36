// Package media is the store of attachments: files of messages, kept for 30 days where every service finds them. It knows
// neither messages nor HTTP.
//
//	f, err := media.New(b).Put(ctx, "foto.png", "image/png", body)
//	http.ServeContent(w, r, "", f.Stored, media.New(b).Open(ctx, f))
//
// It is not its job to bound a file, to look at what it is, or to decide who may read it: whoever knows an id may. A store that
// is full takes no file until old ones are gone: [Store.Put] and [Store.Keep] fail, and nothing else does.
package media

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
)

// Store is the store of attachments of a deployment. It holds nothing of its own: two on one connection are the same. It is
// safe for concurrent use.
type Store struct{ bus *bus.Bus }

// New is the store that is reached by a connection. It does no I/O.
func New(b *bus.Bus) *Store { return &Store{b} }

// File is a stored attachment. It never changes.
type File struct {
	// ID names the file in links: 32 hex digits, or 26 letters and digits. Who knows it may read the file.
	ID string
	// Name is what the sender called it, "" where unknown: a stranger's text, of any length and content.
	Name string
	// MediaType is what the file was stored as; nothing here looks at its bytes.
	MediaType string
	// Size is in bytes.
	Size int64
	// Digest is the same for the same bytes: "SHA-256=" and its base64.
	Digest string
	// Stored is by the clock of the process that stored it. The file is gone 30 days after.
	Stored time.Time

	// chunks is where its bytes are.
	chunks chunks
}

// The keys of what the store remembers of a file besides its bytes. Files of 30 days have them: they are not renamed.
const (
	metaName = "name"
	metaType = "media-type"
)

// Put stores an attachment under a new id that cannot be guessed. It reads the body to its end, 128 kB at a time, and does not
// close it. The file is whole or not there at all: an error of the body is returned as it is, wrapped, and what was stored of
// the file is taken out again. How large it may be is the caller's to bound. It takes as long as the body does; only the context
// ends it before.
func (s *Store) Put(ctx context.Context, name, mediaType string, body io.Reader) (*File, error) {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	return s.put(ctx, hex.EncodeToString(random[:]), name, mediaType, body)
}

// Keep is like [Store.Put], but the same bytes under the same name and type are stored once. Their id follows from them by
// the deployment's key, so that it is no easier to guess; [bus.Bus.LoadDigestKey] comes before. A file that has less than half
// of its 30 days left is stored anew. It is for pictures that are made here and sent again and again, and holds all of data in
// memory.
func (s *Store) Keep(ctx context.Context, name, mediaType string, data []byte) (*File, error) {
	sum := sha256.Sum256(data)
	id := s.bus.Digest("file", name, mediaType, string(sum[:]))
	if f, err := s.Stat(ctx, id); err == nil && time.Since(f.Stored) < topology.KeepMedia/2 {
		return f, nil
	}
	return s.put(ctx, id, name, mediaType, bytes.NewReader(data))
}

// put stores under an id. Two at once under the same id leave one of the two, whole. The client cuts the body into chunks of
// 128 kB, and writes what the file is only after the last of them.
func (s *Store) put(ctx context.Context, id, name, mediaType string, body io.Reader) (*File, error) {
	store, err := s.bus.JetStream().ObjectStore(ctx, topology.Media)
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", topology.Media, err)
	}
	info, err := store.Put(ctx, jetstream.ObjectMeta{Name: id, Metadata: map[string]string{metaName: name, metaType: mediaType}}, filled{body})
	if err != nil {
		return nil, fmt.Errorf("store file: %w", err)
	}
	return fileOf(info), nil
}

// fileID is what Put and Keep name files by. Whatever else somebody asks for was never stored.
var fileID = regexp.MustCompile(`^([0-9a-f]{32}|[a-z2-7]{26})$`)

// Stat finds a stored attachment, or [bus.ErrNotFound], also where its time is over. The id may be anybody's text: one that no file
// can have is not asked for, since it would become part of a subject.
func (s *Store) Stat(ctx context.Context, id string) (*File, error) {
	if !fileID.MatchString(id) {
		return nil, bus.ErrNotFound
	}
	store, err := s.bus.JetStream().ObjectStore(ctx, topology.Media)
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", topology.Media, err)
	}
	info, err := store.GetInfo(ctx, id)
	if errors.Is(err, jetstream.ErrObjectNotFound) {
		return nil, bus.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("find file: %w", err)
	}
	return fileOf(info), nil
}

// fileOf is a file as the client's object store knows it. The chunks are of one size where there are as many as that size
// makes of the whole: versions before stored what a connection gave as it came.
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

// filled fills what it is asked to read into, so that all chunks of a file but the last are of one size: then the place of a
// chunk follows from its number, and a range of a video costs no look at what is before it.
type filled struct{ r io.Reader }

// Read implements [io.Reader]. Its end is told after the last bytes, as the client expects it.
func (f filled) Read(p []byte) (int, error) {
	n, err := io.ReadFull(f.r, p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return n, err
}
