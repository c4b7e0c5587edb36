package bus

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// What waits on EGRESS_* is notified of: whoever stored it publishes on bell.<far>.<channel>, so that whoever sends for the
// channel looks at once. Nobody relies on it, since the broker may lose a notification.

// notifyEvery is how often one channel is notified of at most. Whoever sends for it reads all that waits at once, so that a
// notification for each message would say nothing more, and cost a packet to every process of the destination.
const notifyEvery = 100 * time.Millisecond

// notifier is what this process notifies of. It remembers each subject that it ever notified of: a few hundred bytes for each
// channel, and there are as many as are configured.
type notifier struct {
	mu   sync.Mutex
	last map[string]*notified // by subject
}

// notified is one channel: when it was told of, and whether it is to be told of once more.
type notified struct {
	at    time.Time
	again bool // asked for meanwhile: one more is due at the end of the pause
}

// notifySubject is no stream's subject: what is published there is told to those who listen, and forgotten.
func notifySubject(far, channel string) string { return "bell." + far + "." + channel }

// notify says that something was stored under a subject; of a stream other than EGRESS_* nobody wants to know. It does not wait,
// and its failure is nobody's error: see [Bus.Notified].
func (b *Bus) notify(stored string) {
	far, ok := strings.CutPrefix(stored, "egress")
	if !ok {
		return
	}
	subject := "bell" + far
	b.notifier.mu.Lock()
	defer b.notifier.mu.Unlock()
	x := b.notifier.last[subject]
	if x == nil {
		if b.notifier.last == nil {
			b.notifier.last = map[string]*notified{}
		}
		x = &notified{}
		b.notifier.last[subject] = x
	}
	if since := time.Since(x.at); since < notifyEvery {
		if !x.again {
			x.again = true
			time.AfterFunc(notifyEvery-since, func() { b.notifyAgain(subject) })
		}
		return
	}
	x.at = time.Now()
	_ = b.Conn().Publish(subject, nil)
}

// notifyAgain is the one at the end of the pause: the last message stored in it may have come after everybody had looked.
func (b *Bus) notifyAgain(subject string) {
	b.notifier.mu.Lock()
	defer b.notifier.mu.Unlock()
	x := b.notifier.last[subject]
	x.again, x.at = false, time.Now()
	_ = b.Conn().Publish(subject, nil)
}

// Notified calls back for each channel for which something was stored on EGRESS_<far>, until the context ends or the bus is
// over. stored is called by one goroutine at a time, and holds up the next notification. What is stored while there is no
// connection is not told of: whoever relies on it looks at the stream from time to time.
func (b *Bus) Notified(ctx context.Context, far string, stored func(channel string)) {
	prefix := notifySubject(far, "")
	for ctx.Err() == nil && !b.Over() {
		l := b.link()
		s, err := l.nc.Subscribe(prefix+"*", func(m *nats.Msg) { stored(strings.TrimPrefix(m.Subject, prefix)) })
		if err != nil {
			_ = Pause(ctx, linkPause) // it is gone, and there is no other one yet
			continue
		}
		select {
		case <-ctx.Done():
		case <-l.gone:
		}
		_ = s.Unsubscribe()
	}
}

// Pause waits so long and returns nil, or returns the context's error as soon as it has one. A duration of 0 or less ends at
// once.
func Pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
