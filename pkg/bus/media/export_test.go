package media

import (
	"context"
	"io"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/topology"
)

// PutUneven stores a file as versions before did: each piece that is read becomes a chunk.
func (s *Store) PutUneven(ctx context.Context, id string, body io.Reader) (*File, error) {
	store, err := s.bus.JetStream().ObjectStore(ctx, topology.Media)
	if err != nil {
		return nil, err
	}
	info, err := store.Put(ctx, jetstream.ObjectMeta{Name: id}, body)
	if err != nil {
		return nil, err
	}
	return fileOf(info), nil
}

// Even says that a file's chunks are of one size, so that a place leads to its chunk.
func (f *File) Even() bool { return f.chunks.size > 0 }

// DropChunk loses one chunk of a file.
func (s *Store) DropChunk(ctx context.Context, f *File, index int) error {
	stream, err := s.bus.JetStream().Stream(ctx, "OBJ_"+topology.Media)
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
