package media

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"

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

// earlierReader reads one chunk after the other, and finds the chunk of a place after a seek. The client's own reader pushes the
// whole file from its start, so that a reader who stalls fills the connection, and a range costs all that is before it.
type earlierReader struct {
	ctx  context.Context // of the whole reading: io.Reader has no place for one
	bus  *bus.Bus
	file *File
	open *chunk // nil before the first
	at   int64  // where the open chunk starts in the file
	place
}

// chunk is one message of a file.
type chunk struct {
	index    uint64 // its place among the file's chunks
	sequence uint64 // its place in the stream
	data     []byte
}

// Read implements [io.Reader]: it returns what is left of one chunk at most. A file that was deleted meanwhile, or that lacks
// a chunk, is an error and never a shorter file.
func (r *earlierReader) Read(p []byte) (int, error) {
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
func (r *earlierReader) reach() error {
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
func (r *earlierReader) end() int64 { return r.at + int64(len(r.open.data)) }

// take opens the chunk that starts at a place of the file.
func (r *earlierReader) take(at int64, get func() (*chunk, error)) error {
	return again(r.ctx, func() error {
		c, err := get()
		if err == nil && len(c.data) == 0 {
			err = errGap
		}
		if err == nil {
			r.open, r.at = c, at
		}
		return err
	})
}

// find is a file's chunk by its index, with about twice the logarithm of the stream's length in requests at the worst. The chunks of a file that was stored alone follow each other, so that the second
// request finds it; where those of others stand between, it is looked for with steps that double, then by halves.
func (r *earlierReader) find(index uint64) (*chunk, error) {
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
func (r *earlierReader) next(sequence uint64) (*chunk, error) {
	ctx, cancel := context.WithTimeout(r.ctx, bus.RequestTimeout)
	defer cancel()
	ask, err := json.Marshal(map[string]any{"seq": sequence, "next_by_subj": r.file.chunks.subject, "batch": 1})
	if err != nil {
		return nil, err
	}
	m, err := r.bus.Conn().RequestWithContext(ctx, r.bus.API("DIRECT.GET."+topology.EarlierMediaStream), ask)
	if err != nil {
		return nil, err
	}
	if err := statusOf(m.Header); err != nil {
		return nil, err
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
