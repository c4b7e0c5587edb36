package smpp

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/smpp/internal/pdu"
)

// login is what the channels of one login have in common in this process. It is safe for concurrent use.
type login struct {
	shared *provider.Shared // the channels as they are configured

	mu    sync.Mutex
	ears  []*ear          // that listen, in the order in which they came
	holds map[terms]*hold // those that are made or held now
	named int64           // the name of the last link
}

// terms are the settings that a bind is made with, besides the address and the system_id of the login. Channels with the same share one
// bind; others have one of their own.
type terms struct {
	password, systemType, mode string
	window                     int
}

func (a Account) terms() terms {
	t := terms{a.Password.Reveal(), a.SystemType, a.Mode, a.window()}
	if t.mode == "" {
		t.mode = transceiver
	}
	return t
}

// hold is the time of one link: from the first channel that listens until it is lost, or the last has gone. What is not marked is
// guarded by the login's mutex.
type hold struct {
	of    *login
	stop  context.CancelFunc
	users int           // ears that hear by it
	link  *link         // nil while it is being made
	ends  bool          // it takes no more ears, and nothing more is submitted
	up    chan struct{} // closed when the link is there, or never will be
	over  chan struct{} // closed when nothing of it goes on
	err   error         // why it ended, nil where it was stopped; to be read once it is over
}

// session is that which a channel's messages go over. One that is being made is waited for; without one it is the error of a send.
func (l *login) session(ctx context.Context, of *sender) (*session, error) {
	for {
		l.mu.Lock()
		h, failed := l.holds[of.account.terms()], of.failed
		var on *link
		if h != nil && h.ends {
			h = nil
		}
		if h != nil {
			on = h.link
		}
		l.mu.Unlock()
		switch {
		case on != nil:
			return on.tx, nil
		case h == nil && failed != nil:
			return nil, failed
		case h == nil:
			// the channel comes here from another process, or the link has just been lost
			return nil, outcome.WaitBecause(time.Second, outcome.Channel, notBound, errors.New("not bound"))
		}
		select {
		case <-h.up:
		case <-ctx.Done():
			return nil, outcome.Temporary(notBound, ctx.Err())
		}
	}
}

// join has an ear hear from now on; the first makes the link. A link that is just ending is waited for. It says false where the
// context ends before.
func (l *login) join(ctx context.Context, e *ear) bool {
	for {
		l.mu.Lock()
		h := l.holds[e.account.terms()]
		if h == nil {
			var link context.Context
			h = &hold{of: l, up: make(chan struct{}), over: make(chan struct{})}
			link, h.stop = context.WithCancel(context.Background())
			if l.holds == nil {
				l.holds = map[terms]*hold{}
			}
			l.holds[e.account.terms()] = h
			go h.run(link, e.sender)
		}
		if !h.ends {
			h.users++
			e.hold, e.failed = h, nil
			l.ears = append(l.ears, e)
			l.mu.Unlock()
			return true
		}
		l.mu.Unlock()
		select {
		case <-h.over:
		case <-ctx.Done():
			return false
		}
	}
}

// togetherFor is how long a channel that is told to end waits for the others of its link, with the time that a link takes to end.
const togetherFor = drainFor + leaveFor + time.Second

// part has an ear hear no more. The last of a link ends it, and waits until it has ended. So does any other whose context has ended:
// where all channels of the login go to another process, that would make a link for the first of them while this one is still
// there. Where the others stay it waits in vain, for a moment.
func (l *login) part(ctx context.Context, e *ear) {
	h := e.hold
	l.mu.Lock()
	for i, one := range l.ears {
		if one == e {
			l.ears = append(l.ears[:i:i], l.ears[i+1:]...)
			break
		}
	}
	close(e.gone)
	h.users--
	last := h.users == 0
	if last {
		h.ends = true
		h.stop()
	}
	l.mu.Unlock()
	switch {
	case last:
		<-h.over
	case ctx.Err() != nil:
		select {
		case <-h.over:
		case <-time.After(togetherFor):
		}
	}
}

// run makes the link with a channel's account, and hears from it until it is lost or nobody listens by it any more.
func (h *hold) run(ctx context.Context, with *sender) {
	on, err := with.connect(ctx)
	if err == nil {
		h.of.mu.Lock()
		h.link = on
		// sequence numbers begin anew with each link
		h.of.named = max(h.of.named+1, time.Now().UnixNano())
		name := strconv.FormatInt(h.of.named, 36)
		close(h.up)
		h.of.mu.Unlock()
		err = h.hear(ctx, name)
		h.of.mu.Lock()
		h.ends = true // first: nothing more is submitted
		h.of.mu.Unlock()
		on.leave()
	}
	h.of.mu.Lock()
	defer h.of.mu.Unlock()
	if ctx.Err() != nil {
		err = nil // it was told to end
	}
	if h.link == nil {
		for _, e := range h.of.ears {
			if e.hold == h {
				e.failed = err
			}
		}
		close(h.up)
	}
	h.err, h.ends = err, true
	h.stop()
	delete(h.of.holds, with.account.terms())
	close(h.over)
}

// hear hands on what is delivered, one after the other, until the context ends or the link is lost.
func (h *hold) hear(ctx context.Context, name string) error {
	on := h.link // written before, by this goroutine
	var asking sync.WaitGroup
	defer asking.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	tick := time.NewTicker(asksEvery)
	defer tick.Stop()
	var astray <-chan pdu.PDU // what comes to a transmitter, where it has no place
	if on.tx != on.rx {
		astray = on.tx.delivered
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case p, ok := <-on.rx.delivered:
			if !ok {
				return outcome.Temporary(lostSession, on.rx.why())
			}
			h.of.take(ctx, on.rx, p, name)
		case p, ok := <-astray:
			if !ok {
				return outcome.Temporary(lostSession, on.tx.why())
			}
			h.of.take(ctx, on.tx, p, name+"t") // it has numbers of its own
		case <-on.tx.lost:
			// what was delivered before cannot be answered any more, and comes again
			return outcome.Temporary(lostSession, on.tx.why())
		case <-tick.C:
			asking.Go(func() { on.tx.enquire(ctx) })
			if on.tx != on.rx {
				asking.Go(func() { on.rx.enquire(ctx) })
			}
		}
	}
}
