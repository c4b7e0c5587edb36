package traffic

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// FarEnd is both far ends of both sides: the phone network at /phone/<channel>/messages and the platform at
// /platform/<channel>. It counts, and does nothing else. It is safe for concurrent use; phases come one after the other.
type FarEnd struct {
	// URL is where it is called.
	URL string

	phases  atomic.Int64 // begun so far
	server  *http.Server
	served  sync.WaitGroup
	current atomic.Pointer[Tally]
	latency atomic.Int64           // of the network's answer, in nanoseconds
	down    atomic.Pointer[string] // the channel whose network is out of order
	ids     atomic.Int64
}

// Listen has one listen, until it is closed.
func Listen() (*FarEnd, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f := &FarEnd{URL: "http://" + l.Addr().String()}
	f.server = &http.Server{Handler: f, ReadHeaderTimeout: 10 * time.Second}
	f.served.Go(func() { _ = f.server.Serve(l) })
	return f, nil
}

// Close ends it, and waits for what it serves.
func (f *FarEnd) Close() {
	_ = f.server.Close()
	f.served.Wait()
}

// AnswerAfter is how long the network takes for an answer from now on.
func (f *FarEnd) AnswerAfter(latency time.Duration) { f.latency.Store(int64(latency)) }

// OutOfOrder has the network of a channel answer 503 from now on, and no other; "" for none.
func (f *FarEnd) OutOfOrder(channel string) { f.down.Store(&channel) }

// Phase is a new phase that nobody waits for.
func (f *FarEnd) Phase() int { return int(f.phases.Add(1)) }

// ServeHTTP takes a send, a status, or what a contact wrote.
func (f *FarEnd) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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
		case t.Phase == phase:
			t.arrived(number)
		}
		return
	}
	channel, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/phone/"), "/")
	if down := f.down.Load(); down != nil && *down != "" && *down == channel {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	phase, number, ok := find(body)
	if ok && t != nil && t.Phase == phase {
		t.arrived(number)
	}
	if d := f.latency.Load(); d > 0 {
		time.Sleep(time.Duration(d))
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, `{"id":"n%d"}`, f.ids.Add(1))
}
