package media

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/topology"
)

// chunks is where the bytes of a file are: messages of one subject, in order, others possibly between them.
type chunks struct {
	subject string
	count   uint64
	size    int64 // of each but the last, in bytes; 0 where they differ
}

// Open reads a stored attachment, one chunk of 128 kB at a time: what is not read is not asked for, and what is
// skipped is not read. Each request to the broker is bounded by 5 s. It is not safe for concurrent use. It does no I/O by itself,
// needs no closing, and fails at the first Read where the file is gone.
//
// The client's own reader is not used: it pushes the whole file from its start, so that a reader who stalls fills the
// connection, and a range costs all that is before it.
func (s *Store) Open(ctx context.Context, f *File) io.ReadSeeker {
	return &fileReader{ctx: ctx, bus: s.bus, file: f}
}

// fileReader reads one chunk after the other, and finds the chunk of a place after a seek.
type fileReader struct {
	ctx  context.Context // of the whole reading: io.Reader has no place for one
	bus  *bus.Bus
	file *File
	open *chunk // nil before the first
	at   int64  // where the open chunk starts in the file
	want int64  // where the next read is to be
}

// chunk is one message of a file.
type chunk struct {
	index    uint64 // its place among the file's chunks
	sequence uint64 // its place in the stream
	data     []byte
}

// Seek implements [io.Seeker]. It asks the broker for nothing: the next Read does.
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

// Read implements [io.Reader]: it returns what is left of one chunk at most. A file that was deleted meanwhile, or that lacks
// a chunk, is an error and never a shorter file.
func (r *fileReader) Read(p []byte) (int, error) {
	if r.want >= r.file.Size {
		return 0, io.EOF
	}
	if err := r.reach(); err != nil {
		return 0, fmt.Errorf("read file: %w", err)
	}
	n := copy(p, r.open.data[r.want-r.at:])
	r.want += int64(n)
	return n, nil
}

// reach opens the chunk that holds the place of the next read. In a file of even chunks it goes there at once; else it follows the
// chunks, from the open one or from the first: only they tell how long each is.
func (r *fileReader) reach() error {
	if r.open != nil && r.want >= r.at && r.want < r.end() {
		return nil
	}
	if size := r.file.chunks.size; size > 0 && (r.open == nil || r.want != r.end()) {
		index := r.want / size
		return r.take(index*size, func() (*chunk, error) { return r.find(uint64(index)) })
	}
	if r.open == nil || r.want < r.at {
		if err := r.take(0, func() (*chunk, error) { return r.find(0) }); err != nil {
			return err
		}
	}
	for r.want >= r.end() {
		index, after := r.open.index+1, r.open.sequence+1
		err := r.take(r.end(), func() (*chunk, error) {
			c, err := r.next(after)
			if err == nil && c.index != index {
				err = errGap
			}
			return c, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// end is where the open chunk ends in the file.
func (r *fileReader) end() int64 { return r.at + int64(len(r.open.data)) }

// Why a chunk was not found. errNone: no chunk of the file is at or behind the place that was asked for. errGap: the one that
// is there is not the one that belongs there.
var (
	errNone = errors.New("no further chunk")
	errGap  = errors.New("a chunk is missing")
)

// A replica that has not stored the last chunks yet may be the one that answers: what is not found is asked for so often, with
// pauses.
const chunkTries, chunkPause = 3, 100 * time.Millisecond

// take opens the chunk that starts at a place of the file.
func (r *fileReader) take(at int64, get func() (*chunk, error)) error {
	for try := 1; ; try++ {
		c, err := get()
		if err == nil && len(c.data) == 0 {
			err = errGap
		}
		if err == nil {
			r.open, r.at = c, at
			return nil
		}
		if try == chunkTries || !errors.Is(err, errNone) && !errors.Is(err, errGap) {
			return err
		}
		select {
		case <-r.ctx.Done():
			return r.ctx.Err()
		case <-time.After(chunkPause):
		}
	}
}

// find is a file's chunk by its index. The chunks of a file that was stored alone follow each other, so that the second
// request finds it; where those of others stand between, it is looked for with steps that double, then by halves.
func (r *fileReader) find(index uint64) (*chunk, error) {
	c, err := r.next(1)
	switch {
	case err != nil:
		return nil, err
	case c.index != 0:
		return nil, errGap
	case index == 0:
		return c, nil
	}
	// if no other file was stored at the time, the chunk is as far behind the first in the stream as in the file
	low, high, step := c.sequence+index, uint64(0), index // the chunk's sequence is in low to high; high is 0 while unknown
	for at := low; high == 0 || low <= high; {
		c, err := r.next(at)
		switch {
		case errors.Is(err, errNone):
			high = at - 1
		case err != nil:
			return nil, err
		case c.index == index:
			return c, nil
		case c.index > index:
			high = at - 1
		default:
			low = c.sequence + index - c.index
		}
		if at = low + step; high != 0 {
			at = low + (high-low)/2
		}
		step *= 2
	}
	return nil, errGap
}

// next is the file's first chunk at or behind a sequence of the stream, or errNone. What it asks of the broker is what
// nats.go asks for a message of a subject; asked as a batch of one, the broker tells how many follow as well.
func (r *fileReader) next(sequence uint64) (*chunk, error) {
	ctx, cancel := context.WithTimeout(r.ctx, bus.RequestTimeout)
	defer cancel()
	ask, err := json.Marshal(map[string]any{"seq": sequence, "next_by_subj": r.file.chunks.subject, "batch": 1})
	if err != nil {
		return nil, err
	}
	m, err := r.bus.Conn().RequestWithContext(ctx, r.bus.API("DIRECT.GET.OBJ_"+topology.Media), ask)
	if err != nil {
		return nil, err
	}
	// a message has no status; what is none has nothing else
	switch status := m.Header.Get("Status"); status {
	case "":
	case strconv.Itoa(http.StatusNotFound):
		return nil, errNone
	default:
		return nil, fmt.Errorf("the broker answered %s %s", status, m.Header.Get("Description"))
	}
	at, err := strconv.ParseUint(m.Header.Get(nats.JSSequence), 10, 64)
	if err != nil {
		return nil, errors.New("the broker named no sequence")
	}
	// how many of the file follow says which of its chunks this is
	behind, err := strconv.ParseUint(m.Header.Get("Nats-Num-Pending"), 10, 64)
	if err != nil || behind >= r.file.chunks.count {
		return nil, errors.New("the broker told no number of chunks that follow")
	}
	return &chunk{index: r.file.chunks.count - 1 - behind, sequence: at, data: m.Data}, nil
}
