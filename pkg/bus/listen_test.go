package bus_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
)

// radio is a far end that is listened to: numbers, one after the other.
type radio struct {
	mu    sync.Mutex
	heard []int // in order
	ears  int   // that listen now
	most  int
}

func (r *radio) listening(routes *bus.Routes, limit func() int) bus.Listening {
	return bus.Listening{Far: far, Routes: routes, Listen: func(ctx context.Context, channel string, c *bus.Cursor) error {
		r.mu.Lock()
		r.ears++
		r.most = max(r.most, r.ears)
		r.mu.Unlock()
		defer func() { r.mu.Lock(); r.ears--; r.mu.Unlock() }()
		for ctx.Err() == nil {
			at, _ := strconv.Atoi(c.Position())
			if at >= limit() {
				select {
				case <-ctx.Done():
					return nil
				case <-time.After(time.Millisecond):
				}
				continue
			}
			r.mu.Lock()
			r.heard = append(r.heard, at+1)
			n := len(r.heard)
			r.mu.Unlock()
			if err := c.Move(ctx, strconv.Itoa(at+1)); err != nil {
				return err
			}
			if n%7 == 0 {
				return errors.New("the line broke")
			}
		}
		return nil
	}}
}

// TestAChannelIsListenedToByOne at a time, from where it was heard last, whoever comes and goes; with other credentials
// anew, and not at all once it is not to be.
func TestAChannelIsListenedToByOne(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	r := &radio{}
	var mu sync.Mutex
	limit := 20
	upTo := func() int { mu.Lock(); defer mu.Unlock(); return limit }
	routes := bus.NewRoutes(bus.Route{Network: far, Channel: channel, Listen: true, Credentials: "c1"}, bus.Route{Network: far, Channel: "deaf"})
	join := func() (leave func()) {
		b := s.Join("egress-testnet")
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- b.Listen(ctx, r.listening(routes, upTo)) }()
		var once sync.Once
		leave = func() {
			once.Do(func() {
				cancel()
				if err := <-done; err != nil {
					t.Error(err)
				}
			})
		}
		t.Cleanup(leave)
		return leave
	}
	count := func() int { r.mu.Lock(); defer r.mu.Unlock(); return len(r.heard) }
	leave := join()
	eventually(t, "heard by the first", func() bool { return count() == 20 })
	join()
	leave()
	mu.Lock()
	limit = 40
	mu.Unlock()
	eventually(t, "heard by the second", func() bool { return count() == 40 })
	r.mu.Lock()
	for i, n := range r.heard {
		if n != i+1 {
			t.Errorf("heard %v", r.heard)
			break
		}
	}
	if r.most != 1 {
		t.Errorf("%d listened at once", r.most)
	}
	r.mu.Unlock()
	ears := func() int { r.mu.Lock(); defer r.mu.Unlock(); return r.ears }
	routes.Set([]bus.Route{{Network: far, Channel: channel}})
	eventually(t, "nobody listens", func() bool { return ears() == 0 })
	routes.Set([]bus.Route{{Network: far, Channel: channel, Listen: true, Credentials: "c2"}})
	eventually(t, "somebody listens again", func() bool { return ears() == 1 })
}
