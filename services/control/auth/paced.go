package auth

import (
	"io"
	"net/http"
	"time"
)

// body is a request's. When it has been read, the deadline of reading it is over: with HTTP/1 a deadline that passes later
// would count as a caller who has gone.
type body struct {
	io.ReadCloser
	read func()
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.read()
	}
	return n, err
}

// taken is an answer whose caller has to take each piece in time: else it is cut off.
type taken struct {
	http.ResponseWriter
	control *http.ResponseController
	// streams says that a deadline which passes between two pieces ends the answer: so does HTTP/2.
	streams bool
}

func (t *taken) Write(p []byte) (int, error) {
	defer t.within()()
	return t.ResponseWriter.Write(p)
}

// Flush implements [http.Flusher], which streams need.
func (t *taken) Flush() {
	defer t.within()()
	_ = t.control.Flush()
}

func (t *taken) within() (after func()) {
	_ = t.control.SetWriteDeadline(time.Now().Add(takeWithin))
	return func() {
		if t.streams {
			_ = t.control.SetWriteDeadline(time.Time{})
		}
	}
}

// Unwrap lets http.ResponseController set deadlines.
func (t *taken) Unwrap() http.ResponseWriter { return t.ResponseWriter }
