package bus

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/topology"
)

// ForgetIDs makes a stream forget the message ids it remembers, as a restart of the server does.
func (b *Bus) ForgetIDs(ctx context.Context, stream string) error {
	s, err := b.js().Stream(ctx, stream)
	if err != nil {
		return err
	}
	c := s.CachedInfo().Config
	window := c.Duplicates
	c.Duplicates = 100_000_000 // 100 ms, the shortest
	if _, err := b.js().UpdateStream(ctx, c); err != nil {
		return err
	}
	if err := pause(ctx, 300_000_000); err != nil {
		return err
	}
	c.Duplicates = window
	_, err = b.js().UpdateStream(ctx, c)
	return err
}

// Sever cuts the connection at once, as the death of the process does: nothing that runs can store anything more.
func (b *Bus) Sever() { b.sever() }

// DeleteConsumers deletes all consumers of a stream behind their owners' backs.
func (b *Bus) DeleteConsumers(ctx context.Context, stream string) error {
	s, err := b.js().Stream(ctx, stream)
	if err != nil {
		return err
	}
	names := s.ConsumerNames(ctx)
	for name := range names.Name() {
		if err := s.DeleteConsumer(ctx, name); err != nil {
			return err
		}
	}
	return names.Err()
}

// ConsumerNames are the consumers that a stream has.
func (b *Bus) ConsumerNames(ctx context.Context, stream string) (names []string, err error) {
	s, err := b.js().Stream(ctx, stream)
	if err != nil {
		return nil, err
	}
	list := s.ConsumerNames(ctx)
	for name := range list.Name() {
		names = append(names, name)
	}
	return names, list.Err()
}

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

// UnitRecords are the keys of the units whose record is there.
func (b *Bus) UnitRecords(ctx context.Context) []string {
	all, err := b.Bucket(topology.Leases).All(ctx)
	if err != nil {
		return []string{err.Error()}
	}
	var keys []string
	for key := range all {
		if strings.HasPrefix(key, "unit.") {
			keys = append(keys, key)
		}
	}
	return keys
}

// PublishUnheard stores a message without ringing: as if the broker had lost the bell.
func (b *Bus) PublishUnheard(ctx context.Context, p Post) error {
	m, err := message(ctx, p)
	if err != nil {
		return err
	}
	_, err = b.js().PublishMsg(ctx, m)
	return err
}

// Undelivered is how many messages of a stream its consumers have not delivered yet.
func (b *Bus) Undelivered(ctx context.Context, stream string) (n uint64) {
	s, err := b.js().Stream(ctx, stream)
	if err != nil {
		return 1
	}
	list := s.ListConsumers(ctx)
	for info := range list.Info() {
		n += info.NumPending
	}
	return n
}

// ShortenLease lets a process be believed dead sooner; call it before the bus works on anything.
func (b *Bus) ShortenLease(d time.Duration) { b.lease = d }

// Lapses is how often the own lease ran out.
func (b *Bus) Lapses() int {
	lapses, _ := b.membership().valid()
	return lapses
}

// ReplayUntil replays as [Bus.Replay] does and stops short of an end, as a process that dies there: before anything is
// published, or before the letters are removed.
func (b *Bus) ReplayUntil(ctx context.Context, letters []Letter, published bool) error {
	loaded, err := b.loadLetters(ctx, letters)
	if err != nil {
		return err
	}
	if published {
		_, err = b.replayParts(ctx, loaded)
		return err
	}
	parts, err := b.unsent(ctx, loaded)
	if err == nil {
		_, _, err = b.raise(ctx, parts)
	}
	return err
}

// Provoke makes the broker close the connection for good: it is sent a line that is longer than it reads.
func (b *Bus) Provoke() error { return b.nc().Publish(strings.Repeat("x", 5000), nil) }

// Connection tells one connection from the next.
func (b *Bus) Connection() any { return b.link() }

// Severed says that [Bus.Sever] was called.
func (b *Bus) Severed() bool { return b.over() }

// Believes is what a process takes for the truth, to be read by a person.
func (b *Bus) Believes() string {
	m := b.membership()
	v := m.view()
	return fmt.Sprintf("%s: valid %t, sure %t, lapse %d, crowd %s, records %v", b.instance, v.valid, v.sure, v.lapse, v.crowd(), m.recordsOf(""))
}

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
