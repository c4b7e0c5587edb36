package bus

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// A channel has a consumer only while it has work. Whoever stored a message for it rings, so that its owner looks at
// once; nobody relies on the bell, which the broker may lose: the owner's sweep finds what it missed.

// ringEvery is how often one channel is rung for at most.
const ringEvery = 100 * time.Millisecond

// bells are those that this process rings.
type bells struct {
	mu   sync.Mutex
	rung map[string]*bell // by subject
}

type bell struct {
	last  time.Time
	again bool // asked for meanwhile: one more is due at the end of the pause
}

func bellSubject(far, channel string) string { return "bell." + far + "." + channel }

// ring tells the owner of a channel that something was stored under its subject.
func (b *Bus) ring(egress string) {
	subject := "bell" + strings.TrimPrefix(egress, "egress")
	b.bells.mu.Lock()
	defer b.bells.mu.Unlock()
	x := b.bells.rung[subject]
	if x == nil {
		if b.bells.rung == nil {
			b.bells.rung = map[string]*bell{}
		}
		x = &bell{}
		b.bells.rung[subject] = x
	}
	if since := time.Since(x.last); since < ringEvery {
		if !x.again {
			x.again = true
			time.AfterFunc(ringEvery-since, func() { b.ringAgain(subject) })
		}
		return
	}
	x.last = time.Now()
	_ = b.nc().Publish(subject, nil)
}

func (b *Bus) ringAgain(subject string) {
	b.bells.mu.Lock()
	defer b.bells.mu.Unlock()
	x := b.bells.rung[subject]
	x.again, x.last = false, time.Now()
	_ = b.nc().Publish(subject, nil)
}

// hear calls back for each channel of a far end that is rung for, until the context ends. What is rung while there is
// no connection is not heard.
func (b *Bus) hear(ctx context.Context, far string, rung func(channel string)) {
	prefix := bellSubject(far, "")
	for ctx.Err() == nil && !b.over() {
		l := b.link()
		s, err := l.nc.Subscribe(prefix+"*", func(m *nats.Msg) { rung(strings.TrimPrefix(m.Subject, prefix)) })
		if err != nil {
			_ = pause(ctx, linkPause) // it is gone, and there is no other one yet
			continue
		}
		select {
		case <-ctx.Done():
		case <-l.gone:
		}
		_ = s.Unsubscribe()
	}
}
