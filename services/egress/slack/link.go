package slack

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

const (
	// helloTimeout bounds the wait for Slack's first word.
	helloTimeout = 10 * time.Second
	// pingEvery and pongWithin find a connection that is dead.
	pingEvery, pongWithin = 30 * time.Second, 10 * time.Second
	// leaveFor is how long is waited for Slack to agree to an end.
	leaveFor = 2 * time.Second
	// mostFrame is the largest message that is read, in bytes.
	mostFrame = 8 << 20
	// mostWaiting is how many messages wait to be stored before no more are read.
	mostWaiting = 100
	// normalClosure is https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1
	normalClosure = 1000
)

// frame is one message of Slack's: https://docs.slack.dev/apis/events-api/using-socket-mode
type frame struct {
	Type     string          `json:"type"`
	Envelope string          `json:"envelope_id"`
	Reason   string          `json:"reason"`
	Payload  json.RawMessage `json:"payload"`
}

// link is one connection. It is read, and kept alive, until it is left.
type link struct {
	socket *httpclient.Socket
	frames chan frame // closed when the connection is lost; then why says why
	begun  time.Time
	ctx    context.Context // ends when it is left
	end    context.CancelFunc
	work   sync.WaitGroup

	mu  sync.Mutex
	why error
}

// address asks for where to connect: https://docs.slack.dev/reference/methods/apps.connections.open
func (s *sender) address(ctx context.Context) (string, error) {
	var opened struct {
		URL string `json:"url"`
	}
	if _, err := s.ask(ctx, call{method: "apps.connections.open", form: url.Values{}, app: true, again: true}, &opened); err != nil {
		return "", err
	}
	if opened.URL == "" {
		return "", outcome.Temporary(strangeAnswer, errors.New("apps.connections.open: no address"))
	}
	return opened.URL, nil
}

// connect opens a connection, and waits for Slack's hello.
func (s *sender) connect(ctx context.Context) (*link, error) {
	address, err := s.address(ctx)
	if err != nil {
		return nil, err
	}
	socket, err := s.client.WebSocket(ctx, httpclient.Request{URL: address, Guarded: true, Told: true, MaxAnswer: mostFrame})
	if err != nil {
		return nil, err
	}
	if err := hello(ctx, socket); err != nil {
		socket.CloseNow()
		return nil, err
	}
	l := &link{socket: socket, frames: make(chan frame, mostWaiting), begun: time.Now()}
	l.ctx, l.end = context.WithCancel(context.WithoutCancel(ctx))
	l.work.Go(l.read)
	l.work.Go(l.ping)
	return l, nil
}

func hello(ctx context.Context, socket *httpclient.Socket) error {
	ctx, cancel := context.WithTimeout(ctx, helloTimeout)
	defer cancel()
	text, err := socket.Read(ctx)
	if err != nil {
		return outcome.Temporary(lost, err)
	}
	var f frame
	switch {
	case json.Unmarshal(text, &f) != nil:
		return outcome.Temporary(strangeAnswer, errors.New("the first message cannot be read"))
	case f.Type == goodbye:
		return f.ended()
	case f.Type != "hello":
		return outcome.Temporary(strangeAnswer, errors.New("the connection does not begin with a hello"))
	}
	return nil
}

// goodbye is the type of a message that ends a connection.
const goodbye = "disconnect"

// ended says what a goodbye means, where it is not followed by another connection at once.
func (f frame) ended() error {
	if f.Reason == "link_disabled" {
		return outcome.Suspend(socketModeOff, errors.New("Socket Mode is switched off"))
	}
	return outcome.Temporary(lost, errors.New("asked to connect anew"))
}

// read takes what Slack says until the connection is lost.
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
			l.fail(errors.New("a message of Slack's cannot be read"))
			return
		}
		select {
		case l.frames <- f:
		case <-l.ctx.Done():
			return
		}
	}
}

// ping asks now and then whether Slack is there. A connection on which nothing comes back is closed.
func (l *link) ping() {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		select {
		case <-l.ctx.Done():
			return
		case <-tick.C:
		}
		ctx, cancel := context.WithTimeout(l.ctx, pongWithin)
		err := l.socket.Ping(ctx)
		cancel()
		if err != nil {
			l.fail(errors.New("a ping was not answered"))
			l.socket.CloseNow()
			return
		}
	}
}

// acknowledge tells Slack that an envelope is stored.
func (l *link) acknowledge(envelope string) error {
	text, err := json.Marshal(map[string]string{"envelope_id": envelope})
	if err != nil {
		return err
	}
	if err := l.socket.Write(l.ctx, text); err != nil {
		return outcome.Temporary(lost, err)
	}
	return nil
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
	return outcome.Temporary(lost, l.why)
}

// leave ends the connection. What was not acknowledged is said again on the next one.
func (l *link) leave() {
	var closing sync.WaitGroup
	closed := make(chan struct{})
	closing.Go(func() {
		defer close(closed)
		l.socket.Close(normalClosure)
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
