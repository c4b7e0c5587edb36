package ledger

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bonychat/puente/services/puente/ledger/history"
	"github.com/bonychat/puente/services/puente/ledger/internal/farends"
)

// ledger is one run.
type ledger struct {
	options  Options
	dice     farends.Dice
	recorder *history.Recorder
	front    *farends.Front
	client   *http.Client
	far      *farends.FarEnds
	scene    scene
	bridge   bridge
	fleet    *fleet // the bridge, where it is made of processes of this machine
	out      io.Writer
	began    time.Time
	// behind is by how much the steps are later than planned, in nanoseconds: the traffic is so much later, too.
	behind atomic.Int64

	mu       sync.Mutex
	problems []string // what broke besides the history

	beside sync.WaitGroup // what goes on while all is sent, until the far ends stop failing
}

// scene is what is played in a run.
type scene struct {
	play func(*ledger, context.Context) error
	// settle is how long it is waited for what has not arrived.
	settle time.Duration
	// between stands between the processes and the far ends; nil for nothing.
	between func(farEnds http.Handler) http.Handler
}

// Run runs it and prints a table. The error is of what could not be done; whether all held is in the verdict.
func Run(ctx context.Context, o Options, out io.Writer) (history.Verdict, error) {
	return scene{play: (*ledger).play, settle: settleTime}.run(ctx, o, out)
}

// run is [Run] with a scene.
func (s scene) run(ctx context.Context, o Options, out io.Writer) (history.Verdict, error) {
	if err := o.Validate(); err != nil {
		return history.Verdict{}, err
	}
	folder, err := os.MkdirTemp("", "puente-ledger-")
	if err != nil {
		return history.Verdict{}, err
	}
	if o.Keep {
		fmt.Fprintln(out, "logs and data in", folder)
	} else {
		defer os.RemoveAll(folder)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return history.Verdict{}, err
	}
	defer listener.Close()
	f, err := newFleet(o, folder, listener.Addr().String())
	if err != nil {
		return history.Verdict{}, err
	}
	defer f.guard.Close()
	l := newLedger(o, farends.NewFront(f.public...), f, s, out)
	l.fleet = f
	v, err := l.run(ctx, listener)
	if err == nil && o.Keep {
		err = l.save()
	}
	return v, err
}

func newLedger(o Options, front *farends.Front, b bridge, s scene, out io.Writer) *ledger {
	ill, healthy := map[farends.Contact]bool{}, map[history.Lane]bool{}
	for _, c := range o.contacts() {
		if !c.healthy {
			ill[farends.Contact{Channel: c.channel, Name: c.name}] = true
			continue
		}
		for _, way := range []history.Way{history.Outbound, history.Inbound} {
			healthy[history.Lane{Way: way, Channel: c.channel, Contact: c.name}] = true
		}
	}
	l := &ledger{
		options: o, dice: farends.Dice(o.Seed), front: front, bridge: b, scene: s, out: out, began: time.Now(),
		recorder: history.NewRecorder(history.History{Healthy: healthy, Wanted: o.wanted(), Idempotency: o.Idempotency, Alone: o.Layout == AllInOne}),
		client: &http.Client{
			Timeout:       10 * time.Second,
			Transport:     &http.Transport{MaxIdleConns: 256, MaxIdleConnsPerHost: 128, IdleConnTimeout: 30 * time.Second},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	l.far = farends.New(farends.Options{
		Network: o.network(), Idempotency: o.Idempotency, Seed: o.Seed, Channels: o.channels(), Most: o.Messages + o.Contacts, Ill: ill,
		Recorder: l.recorder, Front: front, Client: l.client,
	})
	return l
}

// run has the far ends there from before the first process until after the last.
func (l *ledger) run(ctx context.Context, listener net.Listener) (history.Verdict, error) {
	stop := l.far.Serve(ctx, listener, l.scene.between)
	defer stop()
	defer l.bridge.kill()
	if err := l.bridge.start(ctx); err != nil {
		return history.Verdict{}, err
	}
	if err := l.scene.play(l, ctx); err != nil {
		return history.Verdict{}, err
	}
	l.settle(ctx)
	if ctx.Err() != nil {
		return history.Verdict{}, errors.New("stopped before the end")
	}
	for _, p := range l.bridge.end() {
		l.problem(p)
	}
	if err := l.outcomes(ctx); err != nil {
		return history.Verdict{}, fmt.Errorf("the bridge's own record: %w", err)
	}
	for _, p := range l.bridge.endBroker() {
		l.problem(p)
	}
	v := l.verdict()
	fmt.Fprintf(l.out, "\n%s\n\n", l.options)
	v.Print(l.out, l.history())
	return v, nil
}

// play is the traffic and all that happens to it.
func (l *ledger) play(ctx context.Context) error {
	life := ctx
	steps := l.options.plan()
	length := l.options.length(steps)
	l.say("%s: %d messages over %s", l.options.Layout, l.options.Messages, length.Round(time.Second))
	for _, s := range steps {
		l.recorder.Ask(s.Kind)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*length+time.Minute)
	defer cancel()
	looking, looked := context.WithCancel(ctx)
	var wg, watching sync.WaitGroup
	var err error
	watching.Go(func() { l.look(looking) })
	wg.Go(func() { l.drive(ctx, length) })
	l.beside.Go(func() { l.takeAway(life, length) })
	wg.Go(func() {
		if err = l.disrupt(ctx, steps); err != nil {
			cancel()
		}
	})
	wg.Wait()
	looked()
	watching.Wait()
	return err
}

func (l *ledger) problem(p string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.problems = append(l.problems, p)
}

// say tells what happens, with the seconds since the start.
func (l *ledger) say(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(l.out, "%6.1fs  %s\n", time.Since(l.began).Seconds(), strings.TrimSpace(fmt.Sprintf(format, args...)))
}
