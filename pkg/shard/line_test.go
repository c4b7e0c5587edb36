package shard_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus/kv"
)

// What can become of a request.
type fate int

const (
	served     fate = iota
	refused         // answered with an error, nothing is stored
	lost            // never arrives: ends with its context
	unanswered      // is stored, and the answer is lost
	late            // ends with its context, and is stored afterwards
	slow            // is stored at once, and answered after one and a half seconds
)

// lateBy is how long after its end a late write is stored.
const lateBy = 3 * time.Second

// line is one process's way to a store; a [shard.KV].
type line struct {
	*store
	latency time.Duration // of requests, and of the watch

	mu      sync.Mutex
	fate    func(write bool, key string) fate
	stalled bool          // the watch shows nothing, and does not say so
	moved   chan struct{} // closed, and replaced, when stalled changed
	broken  chan struct{} // closed, and replaced, when the watch is interrupted
	watches int           // that have begun
	frozen  []kv.Entry    // what a watch shows, and nothing new; nil for all there is
}

func (s *store) line() *line {
	return &line{store: s, latency: time.Millisecond, moved: make(chan struct{}), broken: make(chan struct{})}
}

// meet sets what becomes of requests from now on; nil serves all.
func (l *line) meet(fate func(write bool, key string) fate) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fate = fate
}

// cut loses every request.
func (l *line) cut() { l.meet(func(bool, string) fate { return lost }) }

func (l *line) stall(stalled bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stalled = stalled
	close(l.moved)
	l.moved = make(chan struct{})
}

// freeze makes a watch that begins show what there is now, and nothing else: it is that of a replica which is behind.
func (l *line) freeze(frozen bool) {
	entries, _ := l.all()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.frozen = entries
	if !frozen {
		l.frozen = nil
	}
}

func (l *line) interrupt() {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.broken)
	l.broken = make(chan struct{})
}

func (l *line) begun() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.watches
}

var errRefused = errors.New("refused")

// request is one request's way, there and back. The real bucket bounds those without a bound too.
func (l *line) request(ctx context.Context, write bool, key string, serve func() error) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	l.mu.Lock()
	f := served
	if l.fate != nil {
		f = l.fate(write, key)
	}
	l.mu.Unlock()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(l.latency):
	}
	switch f {
	case served:
		return serve()
	case refused:
		return errRefused
	case unanswered:
		_ = serve()
	case slow:
		err := serve()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(1500 * time.Millisecond):
			return err
		}
	case late:
		context.AfterFunc(ctx, func() { time.AfterFunc(lateBy, func() { _ = serve() }) })
	}
	<-ctx.Done()
	return ctx.Err()
}

func (l *line) Get(ctx context.Context, key string) (value []byte, revision uint64, err error) {
	err = l.request(ctx, false, key, func() error {
		e, err := l.get(key)
		value, revision = e.Value, e.Revision
		return err
	})
	return value, revision, err
}

func (l *line) Put(ctx context.Context, key string, value []byte) error {
	return l.request(ctx, true, key, func() error {
		_, err := l.write(kv.Entry{Key: key, Value: value}, func(kv.Entry) bool { return true })
		return err
	})
}

func (l *line) Update(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	var written uint64
	err := l.request(ctx, true, key, func() error {
		w, err := l.write(kv.Entry{Key: key, Value: value}, func(there kv.Entry) bool {
			if revision == 0 {
				return there.Revision == 0 || there.Deleted
			}
			return there.Revision == revision
		})
		written = w
		return err
	})
	if err != nil {
		return 0, err
	}
	return written, nil
}

func (l *line) DeleteAt(ctx context.Context, key string, revision uint64) error {
	return l.request(ctx, true, key, func() error {
		_, err := l.write(kv.Entry{Key: key, Deleted: true}, func(there kv.Entry) bool {
			return revision == 0 || there.Revision == revision
		})
		return err
	})
}

func (l *line) Follow(ctx context.Context, filters []string, tell func(kv.Entry), synced func()) error {
	l.mu.Lock()
	broken, frozen := l.broken, l.frozen
	l.watches++
	l.mu.Unlock()
	entries, read := l.all()
	if frozen != nil {
		entries, read = frozen, math.MaxInt-1<<20
	}
	if err := l.pass(ctx, broken, time.Now()); err != nil {
		return ended(ctx, err)
	}
	for _, e := range entries {
		if matches(filters, e.Key) {
			tell(e)
		}
	}
	synced()
	for {
		next, grown := l.since(read)
		read += len(next)
		for _, e := range next {
			if err := l.pass(ctx, broken, e.at); err != nil {
				return ended(ctx, err)
			}
			// what was written again while it was on its way is not kept by a bucket with one value a key
			if matches(filters, e.Key) && (time.Since(e.at) < time.Second || !l.superseded(e.Entry)) {
				tell(e.Entry)
			}
		}
		if len(next) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-broken:
			return errInterrupted
		case <-grown:
		}
	}
}

var errInterrupted = errors.New("interrupted")

func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// pass waits until what was stored then has come through the watch.
func (l *line) pass(ctx context.Context, broken <-chan struct{}, at time.Time) error {
	for {
		l.mu.Lock()
		stalled, moved := l.stalled, l.moved
		l.mu.Unlock()
		var arrived <-chan time.Time
		if !stalled {
			arrived = time.After(time.Until(at.Add(l.latency)))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-broken:
			return errInterrupted
		case <-moved:
		case <-arrived:
			return nil
		}
	}
}

// matches says that a key matches a filter: "*" stands for one token, ">" for all that follow.
func matches(filters []string, key string) bool {
	tokens := strings.Split(key, ".")
	return slices.ContainsFunc(filters, func(f string) bool {
		filter := strings.Split(f, ".")
		for i, token := range filter {
			if token == ">" {
				return i < len(tokens)
			}
			if i >= len(tokens) || token != "*" && token != tokens[i] {
				return false
			}
		}
		return len(filter) == len(tokens)
	})
}
