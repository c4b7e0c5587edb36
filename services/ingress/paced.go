package ingress

import (
	"net/http"
	"time"
)

// leastPace is how many bytes a second a reader of a file takes at least, on average, after a first time that it is
// given anyway: nobody holds a place for hours.
const leastPace, firstFor = 16 << 10, 30 * time.Second

// paced is an answer that its reader must go on taking: each write has a time, and so have all together. One that
// stalls is cut off. The server takes the deadline back before the connection's next request.
type paced struct {
	http.ResponseWriter
	control *http.ResponseController
	began   time.Time
	written int64
	pause   time.Duration // how long one write may take
}

func (p *paced) Write(b []byte) (int, error) {
	p.extend()
	n, err := p.ResponseWriter.Write(b)
	p.written += int64(n)
	return n, err
}

func (p *paced) extend() {
	next, last := time.Now().Add(p.pause), p.began.Add(firstFor+time.Duration(p.written)*time.Second/leastPace)
	if last.Before(next) {
		next = last
	}
	_ = p.control.SetWriteDeadline(next)
}
