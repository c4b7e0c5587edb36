package intake

import (
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

// What a body can be refused for. Each is an answer to the caller: it holds nothing of the body.
var (
	ErrTooLarge = errors.New("the body is too large")
	ErrTooSlow  = errors.New("the body did not arrive in time")
	ErrBroken   = errors.New("the body could not be read")
	ErrBusy     = errors.New("the gateway is reading too many bodies; try again in a moment")
)

// Read reads a body of at most limit bytes within what the call may hold. It takes back what was prepared for a body that is not read,
// the header Connection and the deadline of reading: the connection goes on, and however long the answer takes, it is not cut off. The
// error is one of those above.
func Read(w http.ResponseWriter, r *http.Request, limit int64, h *Hold) ([]byte, error) {
	if r.ContentLength > limit {
		return nil, ErrTooLarge
	}
	body, err := readAll(http.MaxBytesReader(unwrap(w), r.Body, limit), h, r.ContentLength, limit)
	switch {
	case errors.Is(err, ErrBusy):
		return nil, err
	case err != nil:
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return nil, ErrTooLarge
		}
		if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
			return nil, ErrTooSlow
		}
		return nil, ErrBroken
	}
	w.Header().Del("Connection")
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	return body, nil
}

// firstBuffer is what is held of a body before any of it has come, in bytes.
const firstBuffer = 4 << 10

// readAll reads into a buffer that doubles as the body comes, whatever was announced: -1 where nothing was. r reads no
// more than limit.
func readAll(r io.Reader, h *Hold, announced, limit int64) ([]byte, error) {
	if announced < 0 {
		announced = limit
	}
	var body []byte
	for size := int64(firstBuffer); int64(len(body)) <= announced; size *= 2 {
		size = min(size, announced+1) // one byte more finds the end
		if !h.grow(size) {
			return nil, ErrBusy
		}
		body = append(make([]byte, 0, size), body...)
		for len(body) < cap(body) {
			n, err := r.Read(body[len(body):cap(body)])
			body = body[:len(body)+n]
			if errors.Is(err, io.EOF) {
				return body, nil
			}
			if err != nil {
				return nil, err
			}
		}
	}
	return nil, ErrBroken // more than was announced
}

// unwrap is the server's own writer. Told that the limit was hit, the server lingers after the answer: a connection
// that is closed while the caller still sends may take the answer with it.
func unwrap(w http.ResponseWriter) http.ResponseWriter {
	for {
		outer, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return w
		}
		w = outer.Unwrap()
	}
}
