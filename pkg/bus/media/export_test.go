package media

import (
	"context"
	"encoding/json"
	"io"
	"strconv"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/topology"
)

// PutEarlier stores a file as the earlier versions did, in a store as they made it; each piece that is read becomes a chunk.
func (s *Store) PutEarlier(ctx context.Context, id string, meta map[string]string, body io.Reader) (*File, error) {
	store, err := s.bus.JetStream().CreateOrUpdateObjectStore(ctx, jetstream.ObjectStoreConfig{
		Bucket: topology.EarlierMedia, TTL: topology.KeepMedia, MaxBytes: 1 << 30, Replicas: 1, Storage: jetstream.FileStorage,
	})
	if err != nil {
		return nil, err
	}
	info, err := store.Put(ctx, jetstream.ObjectMeta{Name: id, Metadata: meta}, body)
	if err != nil {
		return nil, err
	}
	return earlierFile(info), nil
}

// Filled is a body as the version before this one read it.
func Filled(r io.Reader) io.Reader { return filled{r} }

type filled struct{ r io.Reader }

func (f filled) Read(p []byte) (int, error) {
	n, err := io.ReadFull(f.r, p)
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	return n, err
}

// Even says that the chunks of a file of earlier versions are of one size, so that a place leads to its chunk.
func (f *File) Even() bool { return f.chunks.size > 0 }

// Age has a file be so much older.
func (s *Store) Age(ctx context.Context, f *File, by time.Duration) error {
	data, err := json.Marshal(info{Name: f.Name, MediaType: f.MediaType, Size: f.Size, Digest: f.Digest, Stored: f.Stored.Add(-by), Piece: f.pieces.size})
	if err != nil {
		return err
	}
	return s.write(ctx, topology.FileSubject(f.pieces.network, f.pieces.id, topology.FileInfo), data)
}

// DropPiece loses one piece of a file.
func (s *Store) DropPiece(ctx context.Context, f *File, number int) error {
	stream, err := s.bus.JetStream().Stream(ctx, topology.Files.Name)
	if err != nil {
		return err
	}
	m, err := stream.GetLastMsgForSubject(ctx, topology.FileSubject(f.pieces.network, f.pieces.id, strconv.Itoa(number)))
	if err != nil {
		return err
	}
	return stream.DeleteMsg(ctx, m.Sequence)
}

// DropChunk loses one chunk of a file of earlier versions.
func (s *Store) DropChunk(ctx context.Context, f *File, index int) error {
	stream, err := s.bus.JetStream().Stream(ctx, topology.EarlierMediaStream)
	if err != nil {
		return err
	}
	sequence := uint64(1)
	for ; ; index-- {
		m, err := stream.GetMsg(ctx, sequence, jetstream.WithGetMsgSubject(f.chunks.subject))
		if err != nil {
			return err
		}
		if index == 0 {
			return stream.DeleteMsg(ctx, m.Sequence)
		}
		sequence = m.Sequence + 1
	}
}
