package media

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
)

// Earlier versions kept files in one object store of the client's. For 30 days after an upgrade there are links to them; then this
// file and earlier_reader.go have nothing to do.

// The keys of what earlier versions remembered of a file besides its bytes.
const (
	metaName = "name"
	metaType = "media-type"
)

// earlier finds a file of earlier versions.
func (s *Store) earlier(ctx context.Context, id string) (*File, error) {
	store, err := s.bus.JetStream().ObjectStore(ctx, topology.EarlierMedia)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		return nil, bus.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", topology.EarlierMedia, err)
	}
	found, err := store.GetInfo(ctx, id)
	if errors.Is(err, jetstream.ErrObjectNotFound) {
		return nil, bus.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("find file: %w", err)
	}
	return earlierFile(found), nil
}

// earlierFile is a file as the client's object store knows it. The chunks are of one size where there are as many as that size
// makes of the whole: the first versions stored what a connection gave as it came.
func earlierFile(info *jetstream.ObjectInfo) *File {
	c := &chunks{subject: "$O." + topology.EarlierMedia + ".C." + info.NUID, count: uint64(info.Chunks)}
	if info.Opts != nil && (info.Size+uint64(info.Opts.ChunkSize)-1)/uint64(max(info.Opts.ChunkSize, 1)) == c.count {
		c.size = int64(info.Opts.ChunkSize)
	}
	return &File{
		ID: info.Name, Name: info.Metadata[metaName], MediaType: info.Metadata[metaType], Size: int64(info.Size),
		Digest: info.Digest, Stored: info.ModTime, chunks: c,
	}
}
