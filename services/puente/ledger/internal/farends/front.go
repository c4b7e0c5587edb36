package farends

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/bonychat/puente/pkg/version"
)

// Front is the way to whichever ingress is there, as a load balancer in front of them finds it. It is safe for concurrent use.
type Front struct {
	bases []string
	next  atomic.Uint64

	mu        sync.Mutex
	unreached []string // why calls found nobody, or were cut off
}

// NewFront is the way to those that have these base URLs.
func NewFront(bases ...string) *Front { return &Front{bases: bases} }

// Unreached is why calls found nobody, or were cut off before an answer. Calls that were given up, since the answer took too long,
// are not among them.
func (f *Front) Unreached() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.unreached)
}

// missed notes that a call had no answer. One that took too long is no such call: how long something takes is the machine's.
func (f *Front) missed(path string, err error) {
	if late, ok := errors.AsType[net.Error](err); ok && late.Timeout() {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.unreached = append(f.unreached, fmt.Sprintf("%s %s: %v", time.Now().Format(time.TimeOnly), path, err))
}

// Do posts; where nobody listens, it asks the next.
func (f *Front) Do(ctx context.Context, client *http.Client, path string, header http.Header, body []byte) (resp *http.Response, err error) {
	first := f.next.Add(1)
	for i := range len(f.bases) {
		base := f.bases[(first+uint64(i))%uint64(len(f.bases))]
		var req *http.Request
		if req, err = http.NewRequestWithContext(ctx, http.MethodPost, base+path, bytes.NewReader(body)); err != nil {
			return nil, err
		}
		for name, values := range header {
			switch name {
			case "Content-Length", "Accept-Encoding", "User-Agent", "Connection": // of the call that brought it
			default:
				req.Header[name] = values
			}
		}
		req.Header.Set("User-Agent", version.UserAgent())
		if resp, err = client.Do(req); !errors.Is(err, syscall.ECONNREFUSED) {
			if err != nil && ctx.Err() == nil {
				f.missed(path, err)
			}
			return resp, err
		}
	}
	f.missed(path, err)
	return nil, err
}
