package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/pkg/topology"
)

// pieces is where the bytes of a file are: one message for each piece, under its number.
type pieces struct {
	network, id string
	size        int64 // of each but the last, in bytes
}

// Open reads a stored attachment, one piece of 128 kB at a time: what is not read is not asked for, and what is
// skipped is not read. Each request to the broker is bounded by 5 s. It is not safe for concurrent use. It does no I/O by itself,
// needs no closing, and fails at the first Read where the file is gone.
func (s *Store) Open(ctx context.Context, f *File) io.ReadSeeker {
	if f.chunks != nil {
		return &earlierReader{ctx: ctx, bus: s.bus, file: f, place: place{size: f.Size}}
	}
	return &reader{ctx: ctx, store: s, file: f, place: place{size: f.Size}, open: -1}
}

// place is where the next read is to be in a file.
type place struct {
	size int64 // of the file
	want int64
}

// Seek implements [io.Seeker]. It asks the broker for nothing: the next Read does.
func (p *place) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += p.want
	case io.SeekEnd:
		offset += p.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the start")
	}
	p.want = offset
	return offset, nil
}

// reader reads one piece after the other, and keeps the last one: who reads on in it, or seeks within it, asks for nothing. It takes 128 kB
// of memory. Its file may end meanwhile, 30 days after it was stored: the oldest pieces go first.
type reader struct {
	ctx   context.Context // of the whole reading: io.Reader has no place for one
	store *Store
	file  *File
	place
	open int64 // the number of the piece in data, -1 for none
	data []byte
}

// Read implements [io.Reader]: it returns what is left of one piece at most. A file that was deleted meanwhile, or that lacks
// a piece, is an error and never a shorter file.
func (r *reader) Read(p []byte) (int, error) {
	if r.want >= r.file.Size {
		return 0, io.EOF
	}
	size := r.file.pieces.size
	if number := r.want / size; number != r.open {
		data, err := r.piece(number)
		if err != nil {
			return 0, fmt.Errorf("read file: %w", err)
		}
		r.open, r.data = number, data
	}
	n := copy(p, r.data[r.want-r.open*size:])
	r.want += int64(n)
	return n, nil
}

// Why bytes of a file were not found. errNone: nothing is where they are asked for. errGap: what is there is not what belongs there.
var (
	errNone = errors.New("nothing is stored there")
	errGap  = errors.New("a part is missing")
)

// A replica that has not stored the last pieces yet may be the one that answers: what is not found is asked for so often, with
// pauses.
const partTries, partPause = 3, 100 * time.Millisecond

// again calls get until it finds something, as often as that may help.
func again(ctx context.Context, get func() error) error {
	for try := 1; ; try++ {
		err := get()
		if err == nil || try == partTries || !errors.Is(err, errNone) && !errors.Is(err, errGap) {
			return err
		}
		if pause.For(ctx, partPause) != nil {
			return ctx.Err()
		}
	}
}

// piece is a piece of the file by its number. One of another length than belongs there is none.
func (r *reader) piece(number int64) (data []byte, err error) {
	p := r.file.pieces
	want := min(p.size, r.file.Size-number*p.size)
	err = again(r.ctx, func() (err error) {
		data, err = r.store.read(r.ctx, topology.FileSubject(p.network, p.id, strconv.FormatInt(number, 10)))
		if err == nil && int64(len(data)) != want {
			err = errGap
		}
		return err
	})
	return data, err
}

// read is the message under a subject, or errNone, also where an empty one took its place. It asks nothing else of the broker, so
// that a right to the subject is all that it needs.
func (s *Store) read(ctx context.Context, subject string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, bus.RequestTimeout)
	defer cancel()
	m, err := s.bus.Conn().RequestWithContext(ctx, s.bus.API("DIRECT.GET."+topology.Files.Name+"."+subject), nil)
	if err != nil {
		return nil, err
	}
	if err := statusOf(m.Header); err != nil {
		return nil, err
	}
	if len(m.Data) == 0 {
		return nil, errNone
	}
	return m.Data, nil
}

// header is what is looked at of a message's.
type header interface{ Get(name string) string }

// statusOf is the error of an answer that is no message: a message has no status, and what is none has nothing else.
func statusOf(h header) error {
	switch status := h.Get("Status"); status {
	case "":
		return nil
	case strconv.Itoa(http.StatusNotFound):
		return errNone
	default:
		return fmt.Errorf("the broker answered %s %s", status, h.Get("Description"))
	}
}
