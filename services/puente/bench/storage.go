package bench

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/egress/phone"
	"github.com/bonychat/puente/services/puente/bench/report"
)

// storage measures what a carried message leaves at the broker: memory and disk now, and the disk that is held for one
// message a day, every day, once the oldest has gone again.
func (b *bench) storage(ctx context.Context, s setup) error {
	s.apart = true
	x, err := b.bridge(ctx, s, b.Channels)
	if err != nil {
		return err
	}
	defer x.stop()
	// as many before: what the broker keeps of its caches and buffers is there already
	if err := b.ordinary(x).Volley(ctx, b.far, b.Stored); err != nil {
		return err
	}
	memory, _, err := b.held(ctx, x)
	if err != nil {
		return err
	}
	if err := b.ordinary(x).Volley(ctx, b.far, b.Stored); err != nil {
		return err
	}
	memoryAfter, disk, err := b.held(ctx, x)
	if err != nil {
		return err
	}
	// all that was carried, since a block is compressed when it is full: the last ones of the streams are not, so that this is
	// rather too much
	now, days := 0.0, 0.0
	for name, bytes := range disk {
		held := float64(bytes) / float64(2*b.Stored)
		now += held
		days += held * keptDays(name)
	}
	for _, r := range []report.Row{
		{Measure: "broker memory per message carried", Value: float64(memoryAfter-memory) / float64(b.Stored)},
		{Measure: "broker disk per message carried", Value: now},
		{Measure: "broker disk held for one message a day", Value: days, Goal: heldGoal},
	} {
		r.Setup, r.Unit, r.N, r.Rounds = s.String(), "B", b.Stored, []float64{r.Value}
		b.add(r)
	}
	return nil
}

// heldGoal bounds the disk that is held for one message a day, in bytes.
const heldGoal = 10_000

// keptDays is how long a stream keeps what is carried; 0 for what is gone when it is done.
func keptDays(name string) float64 {
	if name == topology.Index.Name {
		return record.Keep.Hours() / 24
	}
	for _, s := range topology.Streams([]string{phone.Network.Name}) {
		if s.Name == name && !s.Queue {
			return s.MaxAge.Hours() / 24
		}
	}
	return 0
}

// held is the memory of the brokers, settled, and the bytes on their disks by stream.
func (b *bench) held(ctx context.Context, x *side) (memory int64, disk map[string]int64, err error) {
	if _, err := b.settled(ctx, x); err != nil {
		return 0, nil, err
	}
	_, brokers, err := x.use()
	if err != nil {
		return 0, nil, err
	}
	disk = map[string]int64{}
	for _, n := range x.nodes {
		stores, err := filepath.Glob(filepath.Join(x.folder, n.Name, "jetstream", "*", "streams", "*"))
		if err != nil {
			return 0, nil, err
		}
		for _, store := range stores {
			bytes, err := size(store)
			if err != nil {
				return 0, nil, err
			}
			disk[filepath.Base(store)] += bytes
		}
	}
	if len(disk) == 0 {
		return 0, nil, errors.New("the brokers' stores were not found")
	}
	return brokers.Memory, disk, nil
}

// size is how many bytes the files of a folder hold; what goes away meanwhile counts nothing.
func size(folder string) (bytes int64, err error) {
	err = filepath.WalkDir(folder, func(_ string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			bytes += info.Size()
		}
		return err
	})
	return bytes, err
}
