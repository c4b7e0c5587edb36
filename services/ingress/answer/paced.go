package answer

import (
	"net/http"
	"sync/atomic"
	"time"
)

// leastPace is how many bytes a second a reader takes at least, on average, after a first time that it is given anyway:
// nobody holds a place for hours.
const leastPace, firstFor = 16 << 10, 30 * time.Second

// paced is an answer that its reader must go on taking: each write has a time, and so have all together. One that
// stalls is cut off. The server takes the deadline back before the connection's next request.
type paced struct {
	http.ResponseWriter
	pause   time.Duration // how long one write may take
	last    *atomic.Bool  // set: the connection ends with this answer
	began   time.Time     // of the first
	written int64
}

// Pace is an answer of which each write may take so long, and all together a time that its length allows: 16 kB a second after the
// first half minute. Whoever takes longer is cut off. Where last is set when the answer begins, the connection ends with it.
func Pace(w http.ResponseWriter, pause time.Duration, last *atomic.Bool) http.ResponseWriter {
	return &paced{ResponseWriter: w, pause: pause, last: last}
}

func (p *paced) WriteHeader(status int) {
	p.extend()
	p.ResponseWriter.WriteHeader(status)
}

func (p *paced) Write(b []byte) (int, error) {
	p.extend()
	n, err := p.ResponseWriter.Write(b)
	p.written += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController set deadlines.
func (p *paced) Unwrap() http.ResponseWriter { return p.ResponseWriter }

func (p *paced) extend() {
	now := time.Now()
	if p.began.IsZero() {
		p.began = now
		if p.last.Load() {
			p.Header().Set("Connection", "close")
		}
	}
	next, last := now.Add(p.pause), p.began.Add(firstFor+time.Duration(p.written)*time.Second/leastPace)
	if last.Before(next) {
		next = last
	}
	_ = http.NewResponseController(p.ResponseWriter).SetWriteDeadline(next)
}
