package xmpp

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// sender is one component. Whoever listens makes the stream, and sends go over it.
type sender struct {
	account Account
	client  *httpclient.Client

	mu      sync.Mutex
	stream  *stream
	joining bool          // a stream is being made
	failed  error         // why the last could not be made
	changed chan struct{} // closed with the next change of these
}

func open(a Account, h provider.Host) (provider.Sender, error) {
	return &sender{account: a, client: h.Client, changed: make(chan struct{})}, nil
}

// become tells who sends how the channel is connected.
func (s *sender) become(one *stream, joining bool, failed error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stream, s.joining, s.failed = one, joining, failed
	close(s.changed)
	s.changed = make(chan struct{})
}

// connected says that this process has the component's stream.
func (s *sender) connected() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stream != nil
}

// current is the stream that messages go over. One that is being made is waited for; without one it is the error of a send.
func (s *sender) current(ctx context.Context) (*stream, error) {
	for {
		s.mu.Lock()
		one, joining, failed, changed := s.stream, s.joining, s.failed, s.changed
		s.mu.Unlock()
		switch {
		case one != nil:
			return one, nil
		case !joining && failed != nil:
			return nil, failed
		case !joining:
			// the channel comes here from another process, or the stream has just been lost
			return nil, outcome.WaitBecause(time.Second, outcome.Channel, notConnected, errors.New("not connected"))
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, outcome.Temporary(notConnected, ctx.Err())
		}
	}
}
