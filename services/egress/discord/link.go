package discord

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

const (
	// helloTimeout bounds the wait for the gateway's first word.
	helloTimeout = 10 * time.Second
	// leaveFor is how long is waited for the gateway to agree to an end.
	leaveFor = 2 * time.Second
	// mostFrame is the largest message: that of a bot in many thousands of servers, when it begins.
	mostFrame = 16 << 20
	// mostWaiting is how many messages wait to be stored before no more are read.
	mostWaiting = 1000
)

var (
	errNoAck    = errors.New("a heartbeat was not acknowledged")
	errNotHello = errors.New("the gateway does not begin with a hello")
)

// link is one connection to the gateway. It is read, and kept alive, until it is left.
type link struct {
	socket *httpclient.Socket
	frames chan frame // closed when the connection is lost; then why says why
	asked  chan struct{}
	ctx    context.Context // ends when it is left
	end    context.CancelFunc
	work   sync.WaitGroup
	acked  atomic.Bool
	taken  atomic.Int64 // the last that is stored, 0 for none

	mu  sync.Mutex
	why error
}

// connect opens a connection, and waits for the gateway's hello.
// https://docs.discord.com/developers/events/gateway#connecting
func (s *sender) connect(ctx context.Context, address string) (*link, error) {
	socket, err := s.client.WebSocket(ctx, httpclient.Request{
		URL: strings.TrimSuffix(address, "/") + "/?v=10&encoding=json", Guarded: true, Told: true, MaxAnswer: mostFrame,
	})
	if err != nil {
		return nil, err
	}
	interval, err := hello(ctx, socket)
	if err != nil {
		socket.CloseNow()
		return nil, err
	}
	l := &link{socket: socket, frames: make(chan frame, mostWaiting), asked: make(chan struct{}, 1)}
	l.ctx, l.end = context.WithCancel(context.WithoutCancel(ctx))
	l.acked.Store(true)
	l.work.Go(l.read)
	l.work.Go(func() { l.beat(interval) })
	return l, nil
}

// hello reads how often the gateway wants a heartbeat: https://docs.discord.com/developers/events/gateway#hello-event
func hello(ctx context.Context, socket *httpclient.Socket) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, helloTimeout)
	defer cancel()
	text, err := socket.Read(ctx)
	if err != nil {
		if closed, ok := errors.AsType[*httpclient.Closed](err); ok {
			_, err := closedBy(closed.Code, closed)
			return 0, err
		}
		return 0, outcome.Temporary(lost, err)
	}
	var f frame
	var d struct {
		Interval int64 `json:"heartbeat_interval"`
	}
	if json.Unmarshal(text, &f) != nil || f.Op != opHello || json.Unmarshal(f.Data, &d) != nil || d.Interval < 1000 || d.Interval > 600_000 {
		return 0, outcome.Temporary(strangeAnswer, errNotHello)
	}
	return time.Duration(d.Interval) * time.Millisecond, nil
}

// read takes what the gateway says until the connection is lost.
func (l *link) read() {
	defer close(l.frames)
	for {
		text, err := l.socket.Read(l.ctx)
		if err != nil {
			l.fail(err)
			return
		}
		var f frame
		if json.Unmarshal(text, &f) != nil {
			l.fail(errors.New("a message of the gateway cannot be read"))
			return
		}
		switch f.Op {
		case opAck:
			l.acked.Store(true)
		case opHeartbeat:
			select {
			case l.asked <- struct{}{}:
			default: // one is under way
			}
		default:
			select {
			case l.frames <- f:
			case <-l.ctx.Done():
				return
			}
		}
	}
}

// beat sends heartbeats, the first after a part of the interval. One that is not acknowledged before the next ends the connection.
// https://docs.discord.com/developers/events/gateway#sending-heartbeats
func (l *link) beat(interval time.Duration) {
	next := time.NewTimer(time.Duration(rand.Float64() * float64(interval)))
	defer next.Stop()
	for {
		select {
		case <-l.ctx.Done():
			return
		case <-l.asked:
		case <-next.C:
			if !l.acked.Swap(false) {
				l.fail(errNoAck)
				l.socket.CloseNow()
				return
			}
			next.Reset(interval)
		}
		if l.say(opHeartbeat, l.seq()) != nil {
			return // whoever reads knows why
		}
	}
}

// seq is what a heartbeat tells: what is stored, and no more.
func (l *link) seq() any {
	if n := l.taken.Load(); n > 0 {
		return n
	}
	return nil
}

func (l *link) say(op int, data any) error {
	text, err := json.Marshal(struct {
		Op   int `json:"op"`
		Data any `json:"d"`
	}{op, data})
	if err != nil {
		return err
	}
	return l.socket.Write(l.ctx, text)
}

// fail notes why the connection is lost; the first word counts.
func (l *link) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.why == nil {
		l.why = err
	}
}

// lost is why it was.
func (l *link) lost() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.why
}

// leave ends the connection, and leaves the session to be resumed.
func (l *link) leave() {
	var closing sync.WaitGroup
	closed := make(chan struct{})
	closing.Go(func() {
		defer close(closed)
		l.socket.Close(stays)
	})
	select {
	case <-closed:
	case <-time.After(leaveFor):
	}
	l.socket.CloseNow()
	l.end()
	closing.Wait()
	l.work.Wait()
}
