package bus

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/topology"
)

// Sever cuts the connection at once, as the death of the process does: nothing that runs can store anything more.
func (b *Bus) Sever() { b.sever() }

// Remake deletes a stream and makes it anew, as a restore from an old backup does.
func (b *Bus) Remake(ctx context.Context, s topology.Stream) error {
	if err := b.js().DeleteStream(ctx, s.Name); err != nil {
		return err
	}
	_, err := b.js().CreateStream(ctx, configOf(s, 1))
	return err
}

// ReadAnewEvery makes a watch of the bucket read everything anew this often.
func (k *Bucket) ReadAnewEvery(d time.Duration) *Bucket {
	k.again = d
	return k
}

// Reconnect loses the connection and gets it back.
func (b *Bus) Reconnect() error { return b.nc().ForceReconnect() }

// DeleteBucket deletes a bucket.
func (b *Bus) DeleteBucket(ctx context.Context, name string) error {
	return b.js().DeleteKeyValue(ctx, name)
}

// Provoke makes the broker close the connection for good: it is sent a line that is longer than it reads.
func (b *Bus) Provoke() error { return b.nc().Publish(strings.Repeat("x", 5000), nil) }

// Connection tells one connection from the next.
func (b *Bus) Connection() any { return b.link() }

// PutUneven stores a file as versions before did: each piece that is read becomes a chunk.
func (b *Bus) PutUneven(ctx context.Context, id string, body io.Reader) (*File, error) {
	store, err := b.js().ObjectStore(ctx, topology.Media)
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
func (b *Bus) Even(f *File) bool { return f.chunks.size > 0 }

// DropChunk loses one chunk of a file.
func (b *Bus) DropChunk(ctx context.Context, f *File, index int) error {
	s, err := b.js().Stream(ctx, "OBJ_"+topology.Media)
	if err != nil {
		return err
	}
	sequence := uint64(1)
	for ; ; index-- {
		m, err := s.GetMsg(ctx, sequence, jetstream.WithGetMsgSubject(f.chunks.subject))
		if err != nil {
			return err
		}
		if index == 0 {
			return s.DeleteMsg(ctx, m.Sequence)
		}
		sequence = m.Sequence + 1
	}
}

// Received is how many bytes the connection got.
func (b *Bus) Received() uint64 { return b.nc().Stats().InBytes }

// Sent is how many messages the connection sent.
func (b *Bus) Sent() uint64 { return b.nc().Stats().OutMsgs }
