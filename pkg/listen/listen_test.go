package listen_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/delivery"
	"github.com/bonychat/puente/pkg/listen"
	"github.com/bonychat/puente/pkg/shard/shardtest"
)

const far, channel = "testnet", "ch1"

// radio is a destination that is listened to: numbers, one after the other.
type radio struct {
	mu    sync.Mutex
	heard []int // in order
	ears  int   // that listen now
	most  int
}

func (r *radio) listening(channels *delivery.Channels, limit func() int) listen.Config {
	return listen.Config{Far: far, Channels: channels, Listen: func(ctx context.Context, channel string, c *listen.Cursor) error {
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
	channels := delivery.NewChannels(delivery.Channel{Network: far, ID: channel, Listen: true, Credentials: "c1"}, delivery.Channel{Network: far, ID: "deaf"})
	join := func() (leave func()) {
		b := s.Connect("egress-testnet")
		group := shardtest.Join(t, b)
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- r.listening(channels, upTo).Run(ctx, b, group) }()
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
	bustest.Eventually(t, "heard by the first", func() bool { return count() == 20 })
	join()
	leave()
	mu.Lock()
	limit = 40
	mu.Unlock()
	bustest.Eventually(t, "heard by the second", func() bool { return count() == 40 })
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
	channels.Set([]delivery.Channel{{Network: far, ID: channel}})
	bustest.Eventually(t, "nobody listens", func() bool { return ears() == 0 })
	channels.Set([]delivery.Channel{{Network: far, ID: channel, Listen: true, Credentials: "c2"}})
	bustest.Eventually(t, "somebody listens again", func() bool { return ears() == 1 })
}
