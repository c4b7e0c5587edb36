package bench

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// farEnd is both far ends of both sides: the phone network at /phone/<channel>/messages and the platform at
// /platform/<channel>. It counts, and does nothing else.
type farEnd struct {
	url     string
	server  *http.Server
	served  sync.WaitGroup
	current atomic.Pointer[tally]
	latency atomic.Int64           // of the network's answer, in nanoseconds
	down    atomic.Pointer[string] // the channel whose network is out of order
	ids     atomic.Int64
}

func newFarEnd() (*farEnd, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f := &farEnd{url: "http://" + l.Addr().String()}
	f.server = &http.Server{Handler: f, ReadHeaderTimeout: 10 * time.Second}
	f.served.Go(func() { _ = f.server.Serve(l) })
	return f, nil
}

func (f *farEnd) close() {
	_ = f.server.Close()
	f.served.Wait()
}

// marked begins what tells a message apart: its phase and its number follow.
const marked = "bench "

// ServeHTTP takes a send, a status, or what a contact wrote.
func (f *farEnd) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	t := f.current.Load()
	if strings.HasPrefix(r.URL.Path, "/platform/") {
		phase, number, ok := find(body)
		switch {
		case t == nil:
		case !ok:
			t.told()
		case t.phase == phase:
			t.arrived(number)
		}
		return
	}
	channel, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/phone/"), "/")
	if down := f.down.Load(); down != nil && *down == channel {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	phase, number, ok := find(body)
	if ok && t != nil && t.phase == phase {
		t.arrived(number)
	}
	if d := f.latency.Load(); d > 0 {
		time.Sleep(time.Duration(d))
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, `{"id":"n%d"}`, f.ids.Add(1))
}

// find reads "bench <phase> <number> ".
func find(body []byte) (phase, number int, ok bool) {
	_, rest, ok := bytes.Cut(body, []byte(marked))
	if !ok {
		return 0, 0, false
	}
	first, rest, ok := bytes.Cut(rest, []byte(" "))
	if !ok {
		return 0, 0, false
	}
	second, _, ok := bytes.Cut(rest, []byte(" "))
	if !ok {
		return 0, 0, false
	}
	phase, err := strconv.Atoi(string(first))
	if err != nil {
		return 0, 0, false
	}
	number, err = strconv.Atoi(string(second))
	return phase, number, err == nil
}

// text is what is sent: 160 bytes, which say what they belong to.
func text(phase, number int) string {
	s := fmt.Sprintf("%s%d %d ", marked, phase, number)
	return s + strings.Repeat("x", max(0, 160-len(s)))
}
