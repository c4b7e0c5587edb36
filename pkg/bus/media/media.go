// Package media is the store of attachments: files of messages, kept for 30 days where every service finds them. It knows
// neither messages nor HTTP.
//
//	f, err := media.New(b).Put(ctx, "telegram", "foto.png", "image/png", body)
//	http.ServeContent(w, r, "", f.Stored, media.New(b).Open(ctx, f))
//
// Each file belongs to a network: it is on the stream FILES under subjects of that network. So a broker with accounts can let a
// network's service write its own files and no others. Files that earlier versions have stored, in one object store for all networks, can
// be read by their ids until their 30 days are over.
//
// # What is stored
//
// A file is so many messages of the stream, each under a subject of its own:
//
//	file.<network>.<id>.0, .1, …    its bytes, 128 kB in each but the last
//	file.<network>.<id>.info        what it is, as JSON: written last, so that there is a file only where it is whole
//
// The stream keeps the last message of each subject. So an empty message removes a piece, and a file that is stored again takes no more
// room. The stream refuses roll-ups, and only an operator may purge it: who may write one subject cannot harm another.
//
// # What can go wrong
//
// A process that dies while it stores leaves pieces without an info. Nobody finds those, and they are gone after 30 days. In a cluster, a
// server may be a moment behind: then a file that was stored just now is [bus.ErrNotFound]. Where a piece is lost, reading fails at
// that piece. A full store takes no file until old ones are gone: then [Store.Put] and [Store.Keep] fail with
// [bus.ErrNoRoom], and reading goes on.
//
// This package does not bound the size of a file, does not look at its bytes, and does not decide who may read it: whoever knows an id
// may.
package media

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/internal/refusal"
	"github.com/bonychat/puente/pkg/digest"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/pkg/topology"
)

// Store is the store of attachments of a deployment. It holds nothing of its own: two on one connection are the same. It is
// safe for concurrent use.
type Store struct{ bus *bus.Bus }

// New is the store that is reached by a connection. It does no I/O.
func New(b *bus.Bus) *Store { return &Store{b} }

// File is a stored attachment. It never changes.
type File struct {
	// ID names the file in links: the network, a hyphen, and 32 hex digits, or 26 letters and digits; of earlier versions without
	// network and hyphen. Who knows it may read the file.
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

	// pieces is where its bytes are; of a file of earlier versions they are in chunks.
	pieces pieces
	chunks *chunks
}

// info is what is stored of a file besides its bytes. Files of 30 days have it: fields are added, never renamed.
type info struct {
	Name      string    `json:"name,omitempty"`
	MediaType string    `json:"media_type,omitempty"`
	Size      int64     `json:"size"`
	Digest    string    `json:"digest"`
	Stored    time.Time `json:"stored"`
	// Piece is the size of each piece but the last, in bytes.
	Piece int64 `json:"piece"`
}

// pieceSize is how a file is cut: small enough for a broker with the smallest max_payload, and for a reader's memory.
const pieceSize = 128 << 10

// undoFor bounds the removal of what a file that broke off has left.
const undoFor = 30 * time.Second

// Put stores an attachment of a network under a new id that cannot be guessed. It reads the body to its end, 128 kB at a time, and does
// not close it. The caller bounds the size, and the time by the context. The file is there whole or not at all: after an error, of
// the body or of the store, what was stored is removed, which takes up to 30 s more. An error of the body is returned wrapped.
func (s *Store) Put(ctx context.Context, network, name, mediaType string, body io.Reader) (*File, error) {
	var random [16]byte
	_, _ = rand.Read(random[:]) // never fails
	return s.put(ctx, network, hex.EncodeToString(random[:]), name, mediaType, body, s.undo)
}

// Keep is [Store.Put] for what is sent again and again, such as pictures that are made here: the same bytes of one network, with the same
// name and type, are stored once. The id is a keyed digest of them, so that it cannot be guessed either; [provision.LoadDigestKey]
// has to be called before. A file with less than half of its 30 days left is stored again. All of data is in memory.
func (s *Store) Keep(ctx context.Context, network, name, mediaType string, data []byte) (*File, error) {
	sum := sha256.Sum256(data)
	id := s.bus.Digest(digest.ForFile, name, mediaType, string(sum[:]))
	if f, err := s.Stat(ctx, network+"-"+id); err == nil && time.Since(f.Stored) < topology.KeepMedia/2 {
		return f, nil
	}
	// what a failure leaves may be an older file's, with the same bytes
	return s.put(ctx, network, id, name, mediaType, bytes.NewReader(data), func(context.Context, string, string, int) {})
}

// put stores under an id. What the file is comes after the last of its pieces, so that nobody finds half a file. Two at once under
// one id have the same bytes. undo is told how many pieces a file that fails has left.
func (s *Store) put(ctx context.Context, network, id, name, mediaType string, body io.Reader, undo func(ctx context.Context, network, id string, pieces int)) (*File, error) {
	fileID := network + "-" + id
	if !idForm.MatchString(fileID) {
		return nil, fmt.Errorf("store file: %q is no name of a network", network)
	}
	var (
		piece = make([]byte, pieceSize)
		sum   = sha256.New()
		size  int64
		n     int // pieces that may be stored
	)
	fail := func(err error) (*File, error) {
		undo(ctx, network, id, n)
		return nil, fmt.Errorf("store file: %w", err)
	}
	for {
		// whatever a connection gives at a time, all pieces but the last are of one size: so a place of the file leads to its piece, and
		// a range of a video costs no look at what is before it
		got, err := io.ReadFull(body, piece)
		if err != nil && err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) {
			return fail(err)
		}
		if got > 0 {
			sum.Write(piece[:got])
			size += int64(got)
			n++ // before it is stored: of a write that was not answered nobody knows
			if err := s.write(ctx, topology.FileSubject(network, id, strconv.Itoa(n-1)), piece[:got]); err != nil {
				return fail(err)
			}
		}
		if err != nil {
			break
		}
	}
	i := info{Name: name, MediaType: mediaType, Size: size, Digest: "SHA-256=" + base64.URLEncoding.EncodeToString(sum.Sum(nil)), Stored: time.Now(), Piece: pieceSize}
	data, err := json.Marshal(i)
	if err == nil {
		err = s.write(ctx, topology.FileSubject(network, id, topology.FileInfo), data)
	}
	if err != nil {
		return fail(err)
	}
	return i.file(fileID, network, id), nil
}

// undo takes out the pieces of a file that was not stored to its end, each by an empty one in its place: as much as can be done now.
// What stays is gone after 30 days, and nobody finds it.
func (s *Store) undo(ctx context.Context, network, id string, pieces int) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), undoFor)
	defer cancel()
	for i := range pieces {
		if s.write(ctx, topology.FileSubject(network, id, strconv.Itoa(i)), nil) != nil {
			return
		}
	}
}

// write stores one message, and returns once a majority of the servers has it, or after 5 s. It may be repeated: it takes the place of
// what is there. A full store is [bus.ErrNoRoom]. The connection's tracing is passed over, as a file of 100 MB would have 800 spans.
func (s *Store) write(ctx context.Context, subject string, data []byte) error {
	ctx, cancel := context.WithTimeout(ctx, bus.RequestTimeout)
	defer cancel()
	_, err := s.bus.JetStream().Publish(ctx, subject, data)
	if refusal.NoRoom(err) {
		return bus.ErrNoRoom
	}
	return err
}

// What files are named by: idForm by this version, earlierForm by those before. Whatever else somebody asks for was never stored.
var (
	idForm      = regexp.MustCompile(`^([a-z][a-z0-9]{0,31})-([0-9a-f]{32}|[a-z2-7]{26})$`)
	earlierForm = regexp.MustCompile(`^([0-9a-f]{32}|[a-z2-7]{26})$`)
)

// Stat finds a stored attachment, or [bus.ErrNotFound], also where its time is over. The id may be anybody's text: one that no file
// can have is not asked for, since it would become part of a subject.
func (s *Store) Stat(ctx context.Context, id string) (*File, error) {
	if earlierForm.MatchString(id) {
		return s.earlier(ctx, id)
	}
	parts := idForm.FindStringSubmatch(id)
	if parts == nil {
		return nil, bus.ErrNotFound
	}
	data, err := s.read(ctx, topology.FileSubject(parts[1], parts[2], topology.FileInfo))
	if errors.Is(err, errNone) {
		return nil, bus.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("find file: %w", err)
	}
	var i info
	if err := json.Unmarshal(data, &i); err != nil || i.Piece <= 0 || i.Size < 0 {
		return nil, errors.New("find file: what is stored of it cannot be read")
	}
	return i.file(id, parts[1], parts[2]), nil
}

// file is a file by what is stored of it.
func (i info) file(fileID, network, id string) *File {
	return &File{
		ID: fileID, Name: i.Name, MediaType: i.MediaType, Size: i.Size, Digest: i.Digest, Stored: i.Stored,
		pieces: pieces{network: network, id: id, size: i.Piece},
	}
}

// Await waits until the store is there, or the context ends: earlier versions have none, and "puente apply" makes it. What is
// waited for is logged once. It asks for a file that nobody has, since the service of a network has no right to ask for the stream:
// that would tell the ids of all files.
func (s *Store) Await(ctx context.Context, network string) error {
	const between = time.Second
	for told := false; ; {
		_, err := s.read(ctx, topology.FileSubject(network, "none", topology.FileInfo))
		if err == nil || errors.Is(err, errNone) {
			return nil
		}
		if s.bus.Over() && ctx.Err() == nil {
			return bus.ErrClosed
		}
		if !told {
			told = true
			s.bus.Logger().Info("the store of attachments is waited for: puente apply of this version makes it", "err", err)
		}
		if pause.For(ctx, between) != nil {
			return fmt.Errorf("wait for the store of attachments: %w", err)
		}
	}
}
