package ledger

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bonychat/puente/pkg/version"
	"github.com/bonychat/puente/services/puente/ledger/history"
	"github.com/bonychat/puente/services/puente/ledger/vendors"
)

// relay is the phone network's way to the bridge: it repeats calls, loses answers and is late with receipts, by seed.
type relay struct {
	*shared
	vendor vendors.Vendor  // nil where the phone network speaks for itself
	life   context.Context // of what is told late
	wait   sync.WaitGroup
	late   atomic.Int64 // calls answered here and not taken by the bridge yet
	away   atomic.Int64 // calls that the bridge had no room for: 503

	mu    sync.Mutex
	count map[string]int
}

func newRelay(ctx context.Context, s *shared, d vendors.Vendor) *relay {
	return &relay{shared: s, vendor: d, life: ctx, count: map[string]int{}}
}

// ServeHTTP passes on a call at /hook/<channel>.
func (y *relay) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	channel := strings.TrimPrefix(r.URL.Path, "/hook/")
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	var c vendors.Heard
	if json.Unmarshal(body, &c) != nil || len(c.Events) == 0 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	receipts := c.Events[0].Receipt != nil
	lane := history.Lane{Way: history.Inbound, Channel: channel, Contact: c.Events[0].From}
	y.mu.Lock()
	y.count[lane.Channel+lane.Contact]++
	n := y.count[lane.Channel+lane.Contact]
	y.mu.Unlock()
	var fault history.Fault
	if y.strikes(lane) {
		fault = y.dice.fault(hookFaults, "hook", lane, n)
	}
	pause := time.Duration(100+y.dice.random("hook waits", lane, n).IntN(2900)) * time.Millisecond
	pass := func(ctx context.Context) int { return y.pass(ctx, channel, r.Header, body, c) }
	if fault == hookLate && receipts {
		y.recorder.Struck(fault)
		y.late.Add(1)
		y.wait.Go(func() {
			defer y.late.Add(-1)
			for sleep(y.life, pause) && pass(y.life)/100 != 2 {
				pause = 200 * time.Millisecond
			}
		})
		return
	}
	status := pass(r.Context())
	if status/100 == 2 {
		switch fault {
		case hookRepeated:
			y.recorder.Struck(fault)
			y.wait.Go(func() {
				if sleep(y.life, pause) {
					pass(y.life)
				}
			})
		case hookDropped:
			y.recorder.Struck(fault)
			drop(w)
			return
		}
	}
	w.WriteHeader(status)
}

// pass calls the bridge once, with each of the vendor's calls until one is not taken, and returns the last status, 502 for none.
func (y *relay) pass(ctx context.Context, channel string, header http.Header, body []byte, c vendors.Heard) (status int) {
	calls := []vendors.Call{{Header: header, Body: body}}
	if y.vendor != nil {
		calls = y.vendor.Calls(channel, &c)
	}
	for _, call := range calls {
		if status = y.call(ctx, channel, call); status/100 != 2 {
			return status
		}
	}
	for _, e := range c.Events {
		if e.Receipt != nil {
			mID, _, _ := strings.Cut(e.Receipt.OwnID, "-")
			y.recorder.Told(history.Told{MID: mID, Value: e.Receipt.Status, At: time.Now()})
		}
	}
	return status
}

// call makes one call.
func (y *relay) call(ctx context.Context, channel string, call vendors.Call) int {
	resp, err := y.front.do(ctx, y.client, "/webhooks/"+y.options.network()+"/"+channel, call.Header, call.Body)
	if err != nil {
		return http.StatusBadGateway
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	if resp.StatusCode == http.StatusServiceUnavailable {
		y.away.Add(1)
	}
	return resp.StatusCode
}

// front is the way to whichever ingress is there, as a load balancer in front of them finds it.
type front struct {
	bases []string
	next  atomic.Uint64

	mu        sync.Mutex
	unreached []string // why calls found nobody, or were cut off
}

// missed notes that a call had no answer. One that took too long is no such call: how long something takes is the machine's.
func (f *front) missed(path string, err error) {
	if late, ok := errors.AsType[net.Error](err); ok && late.Timeout() {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.unreached = append(f.unreached, fmt.Sprintf("%s %s: %v", time.Now().Format(time.TimeOnly), path, err))
}

// do posts; where nobody listens, it asks the next.
func (f *front) do(ctx context.Context, client *http.Client, path string, header http.Header, body []byte) (resp *http.Response, err error) {
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
		if resp, err = client.Do(req); !refusedConnection(err) {
			if err != nil && ctx.Err() == nil {
				f.missed(path, err)
			}
			return resp, err
		}
	}
	f.missed(path, err)
	return nil, err
}

// sleep waits; false where the context ends first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
