package ledger

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/services/puente/ledger/history"
	"github.com/bonychat/puente/services/puente/ledger/internal/farends"
)

// bridge is what is tried: processes of this machine, or what somebody else runs.
type bridge interface {
	start(ctx context.Context) error
	// end lets the services finish, and says what was wrong with that. endBroker does the same with the NATS servers.
	end() (problems []string)
	endBroker() (problems []string)
	// broker connects to what holds the bridge's own record, once the services have ended. leave comes after the last use.
	broker() (b *bus.Bus, leave func(), err error)
	// kill ends all that was started.
	kill()
}

// Bridge is a bridge that somebody else runs, such as pods of a cluster.
type Bridge struct {
	// Public are the base URLs of its public port, such as http://10.96.0.7. With more than one, calls go round.
	Public []string
	// Broker connects to the NATS that holds its streams, with the right to read outcomes.
	Broker func() (*bus.Bus, error)
	// Around stands between the processes and the far ends; nil for nothing.
	Around func(farEnds http.Handler) http.Handler
}

func (b Bridge) start(context.Context) error { return nil }

func (b Bridge) end() []string { return nil }

func (b Bridge) endBroker() []string { return nil }

func (b Bridge) kill() {}

func (b Bridge) broker() (*bus.Bus, func(), error) {
	c, err := b.Broker()
	return c, func() {}, err
}

// Session is a run with a [Bridge], while it is played. It is safe for concurrent use.
type Session struct{ ledger *ledger }

// Watch is [Run] with a bridge that somebody else runs. It serves the far ends on a listener, calls play, waits for what has not
// arrived, and judges. Layout and everything that is done to processes have to be left out of the options: play does that, and
// tells the session.
//
// The bridge has the channels of [Options.ChannelList]. Each of its processes reaches the far ends by the environment variable
// HTTP_PROXY=http://NAME:-@LISTENER, with a name of its own, by which repeats are explained.
func Watch(ctx context.Context, o Options, b Bridge, listener net.Listener, play func(context.Context, *Session) error, out io.Writer) (history.Verdict, error) {
	if o.Layout != "" {
		return history.Verdict{}, errors.New("layout: must be empty: somebody else runs the bridge")
	}
	o.Layout = elsewhere
	if err := o.Validate(); err != nil {
		return history.Verdict{}, err
	}
	s := scene{settle: settleTime, between: b.Around, play: func(l *ledger, ctx context.Context) error { return play(ctx, &Session{l}) }}
	return newLedger(o, farends.NewFront(b.Public...), b, s, out).run(ctx, listener)
}

// Drive sends all messages both ways, spread over a time. Meanwhile it opens conversations on the phones, and takes the platform of
// one channel away, until a call has found that out. It returns when all are sent, or the context has ended.
func (s *Session) Drive(ctx context.Context, over time.Duration) {
	looking, looked := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { s.ledger.look(looking) })
	s.ledger.beside.Go(func() { s.ledger.takeAway(ctx, over) })
	s.ledger.drive(ctx, over)
	looked()
	wg.Wait()
}

// Disrupt writes down that something is done to a process from now on, until over is called. A killed process must have
// come to a stop before.
func (s *Session) Disrupt(kind history.Kind, process string) (over func()) {
	open, _ := s.ledger.recorder.Unfinished()
	return s.ledger.recorder.Disrupt(history.Disruption{Kind: kind, Process: process, Open: open})
}

// Unreached is why calls of the far ends found nobody at the bridge's public port, or were cut off before an answer. Calls
// that were given up, since the answer took too long, are not among them.
func (s *Session) Unreached() []string { return s.ledger.front.Unreached() }

// Say writes a line of what happens, with the seconds since the start.
func (s *Session) Say(format string, args ...any) { s.ledger.say(format, args...) }
