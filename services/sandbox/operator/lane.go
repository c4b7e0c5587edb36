package operator

import (
	"context"
	"sync"
	"time"
)

// kind tells the two lanes of a contact apart, so that a receipt that is not due yet holds back nothing typed.
type kind int

const (
	typed kind = iota
	receipts
)

type laneKey struct {
	contact string
	kind    kind
}

// item is one event on its way to the gateway.
type item struct {
	due   time.Time
	seq   uint64 // of the phone's entry, for what was typed
	event event
}

// Bounds of one call and of the pauses between tries.
const (
	batchEvents = 50
	batchBytes  = 512 << 10 // the gateway admits 1 MB
	firstPause  = 200 * time.Millisecond
	lastPause   = 5 * time.Second
)

// lane holds the events of one contact and kind, told in order and one call at a time.
type lane struct {
	key    laneKey
	items  []item
	after  time.Time // not before this, because a call failed
	pause  time.Duration
	queued bool // in ready, at a worker, or waiting for its timer
}

// lanes give the workers the lanes that have something due. Nothing waits in a goroutine of its own.
type lanes struct {
	limit int

	mu    sync.Mutex
	wake  *sync.Cond
	byKey map[laneKey]*lane
	ready []*lane
	count int
}

func newLanes(limit int) *lanes {
	l := &lanes{limit: limit, byKey: map[laneKey]*lane{}}
	l.wake = sync.NewCond(&l.mu)
	return l
}

// room reports whether n more events fit.
func (l *lanes) room(n int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count+n <= l.limit
}

func (l *lanes) waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count
}

func (l *lanes) push(key laneKey, i item) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ln := l.byKey[key]
	if ln == nil {
		ln = &lane{key: key}
		l.byKey[key] = ln
	}
	ln.items = append(ln.items, i)
	l.count++
	if !ln.queued {
		l.queue(ln)
	}
}

// queue makes a lane ready now or when its first event is due, and forgets an empty one.
func (l *lanes) queue(ln *lane) {
	if len(ln.items) == 0 {
		ln.queued = false
		delete(l.byKey, ln.key)
		return
	}
	ln.queued = true
	wait := max(time.Until(ln.items[0].due), time.Until(ln.after))
	if wait <= 0 {
		l.ready = append(l.ready, ln)
		l.wake.Signal()
		return
	}
	time.AfterFunc(wait, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.ready = append(l.ready, ln)
		l.wake.Signal()
	})
}

// run hands batches to deliver until the context ends. Deliver says whether the batch is finished, one way or the
// other; else its events come again, and in the same order, after a pause.
func (l *lanes) run(ctx context.Context, workers int, deliver func(context.Context, laneKey, []item) bool) {
	stop := context.AfterFunc(ctx, func() {
		l.mu.Lock() // no worker may be between its look at the context and its wait
		defer l.mu.Unlock()
		l.wake.Broadcast()
	})
	defer stop()
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				ln, batch := l.take(ctx)
				if ln == nil {
					return
				}
				l.done(ln, len(batch), deliver(ctx, ln.key, batch))
			}
		})
	}
	wg.Wait()
}

// take waits for a lane with something due; nil when the context has ended.
func (l *lanes) take(ctx context.Context) (*lane, []item) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.ready) == 0 || ctx.Err() != nil {
		if ctx.Err() != nil {
			return nil, nil
		}
		l.wake.Wait()
	}
	ln := l.ready[0]
	l.ready = l.ready[1:]
	bytes, n, now := 0, 0, time.Now()
	for n < len(ln.items) && n < batchEvents && !ln.items[n].due.After(now) {
		bytes += len(ln.items[n].event.Message) + 300
		if n > 0 && bytes > batchBytes {
			break
		}
		n++
	}
	n = max(n, 1) // a clock that was set back
	return ln, append([]item(nil), ln.items[:n]...)
}

func (l *lanes) done(ln *lane, n int, finished bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if finished {
		ln.items = ln.items[n:]
		l.count -= n
		ln.pause = 0
	} else {
		ln.pause = min(max(2*ln.pause, firstPause), lastPause)
		ln.after = time.Now().Add(ln.pause)
	}
	l.queue(ln)
}
