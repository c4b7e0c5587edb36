package farends

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/services/puente/ledger/history"
	"github.com/bonychat/puente/services/puente/ledger/vendors"
)

// relay is the phone network's way to the bridge: it repeats calls, loses answers and is late with receipts, by seed.
type relay struct {
	*shared
	life   context.Context // of what is told late; set before the first call
	wait   sync.WaitGroup
	late   atomic.Int64 // calls answered here and not taken by the bridge yet
	noRoom atomic.Int64 // calls that the bridge had no room for: 503

	mu    sync.Mutex
	count map[string]int
}

func newRelay(s *shared) *relay { return &relay{shared: s, count: map[string]int{}} }

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
	wait := time.Duration(100+y.dice.Random("hook waits", lane, n).IntN(2900)) * time.Millisecond
	pass := func(ctx context.Context) int { return y.pass(ctx, channel, r.Header, body, c) }
	if fault == hookLate && receipts {
		y.recorder.Struck(fault)
		y.late.Add(1)
		y.wait.Go(func() {
			defer y.late.Add(-1)
			for pause.For(y.life, wait) == nil && pass(y.life)/100 != 2 {
				wait = 200 * time.Millisecond
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
				if pause.For(y.life, wait) == nil {
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
	resp, err := y.options.Front.Do(ctx, y.options.Client, "/webhooks/"+y.options.Network+"/"+channel, call.Header, call.Body)
	if err != nil {
		return http.StatusBadGateway
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	if resp.StatusCode == http.StatusServiceUnavailable {
		y.noRoom.Add(1)
	}
	return resp.StatusCode
}
