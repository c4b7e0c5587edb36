package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/bonychat/puente/services/puente/ledger/history"
	"github.com/bonychat/puente/services/puente/ledger/vendors"
)

// ledger is one run.
type ledger struct {
	*shared
	scene    scene
	bridge   bridge
	fleet    *fleet // the bridge, where it is made of processes of this machine
	platform *platform
	relay    *relay
	networks map[string]*network // by channel
	out      io.Writer
	began    time.Time

	mu       sync.Mutex
	problems []string // what broke besides the history

	beside sync.WaitGroup // what goes on while all is sent, until the far ends stop failing
}

// Bounds of the end of a run.
const (
	settleTime = 3 * time.Minute // for what was accepted to arrive
	quietTime  = 2 * time.Second // without news, before the history is closed
)

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
	l := newLedger(o, f.front, f, s, out)
	l.fleet = f
	v, err := l.run(ctx, listener)
	if err == nil && o.Keep {
		err = l.save()
	}
	return v, err
}

func newLedger(o Options, front *front, b bridge, s scene, out io.Writer) *ledger {
	return &ledger{shared: newShared(o, front), bridge: b, networks: map[string]*network{}, out: out, began: time.Now(), scene: s}
}

// run has the far ends there from before the first process until after the last.
func (l *ledger) run(ctx context.Context, listener net.Listener) (history.Verdict, error) {
	life, end := context.WithCancel(ctx)
	defer end()
	mux := http.NewServeMux()
	vendor := l.options.vendor()
	l.platform, l.relay = newPlatform(l.shared), newRelay(life, l.shared, vendor)
	if vendor != nil {
		mux.Handle("/", vendors.Gate{Vendor: vendor, Network: l.network})
	}
	mux.Handle("/platform/", l.platform)
	mux.Handle("/hook/", l.relay)
	var wg sync.WaitGroup
	for i := range l.options.Channels {
		c := l.options.channel(i)
		n := newNetwork(c, "http://"+listener.Addr().String()+"/hook/"+c, l.shared)
		l.networks[c] = n
		mux.Handle("/phone/"+c+"/", n)
		wg.Go(func() { _ = n.op.Run(life) })
	}
	var handler http.Handler = mux
	if l.scene.between != nil {
		handler = l.scene.between(mux)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	wg.Go(func() { _ = server.Serve(listener) })
	defer wg.Wait()
	defer server.Close()
	defer l.relay.wait.Wait()
	defer end()
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

// settle waits until all that was accepted has arrived and nothing moves any more. The far ends stop failing, once each fault that
// was asked for has struck: a slow machine has most of its messages left to send here.
func (l *ledger) settle(ctx context.Context) {
	l.say("sent; waiting for the rest")
	ctx, cancel := context.WithTimeout(ctx, l.scene.settle)
	defer cancel()
	for end := time.Now().Add(l.scene.settle / 2); !l.calm.Load() && time.Now().Before(end) && l.recorder.Untried(); {
		if messages, receipts := l.recorder.Unfinished(); messages+receipts == 0 || !sleep(ctx, 10*time.Millisecond) {
			break
		}
	}
	l.calm.Store(true)
	l.beside.Wait()
	last, since := -1, time.Now()
	for sleep(ctx, 100*time.Millisecond) {
		if n := l.recorder.Events(); n != last {
			last, since = n, time.Now()
			continue
		}
		if time.Since(since) < quietTime || l.waiting() > 0 {
			continue
		}
		if v := l.history().Judge(); v.Lost[history.Outbound]+v.Lost[history.Inbound]+len(v.ReceiptsLost) == 0 {
			return
		}
	}
}

// waiting is how much the network has to tell the bridge.
func (l *ledger) waiting() int {
	n := int(l.relay.late.Load())
	for _, network := range l.networks {
		n += network.op.Waiting()
	}
	return n
}

// network is that of a channel, nil for none.
func (l *ledger) network(channel string) vendors.Network {
	if n := l.networks[channel]; n != nil {
		return n
	}
	return nil
}

// history is a copy of what is written.
func (l *ledger) history() *history.History {
	b := l.recorder.Snapshot()
	for _, n := range l.networks {
		for _, a := range n.op.Record() {
			b.Suppressed += a.Repeats
		}
		b.Suppressed += int(n.suppressed.Load())
	}
	return b
}

// verdict is the history's, with what else broke.
func (l *ledger) verdict() history.Verdict {
	v := l.history().Judge()
	l.mu.Lock()
	defer l.mu.Unlock()
	v.Broken = append(v.Broken, l.problems...)
	l.platform.mu.Lock()
	defer l.platform.mu.Unlock()
	v.Fail(len(l.platform.bad) > 0, "%d calls of the platform break the contract", len(l.platform.bad))
	if n := l.waiting(); n > 0 {
		v.Broken = append(v.Broken, fmt.Sprintf("the bridge has not taken %d calls of the network", n))
	}
	return v
}

// save writes the history beside the logs.
func (l *ledger) save() error {
	b := l.history()
	lanes := map[string]bool{}
	for lane := range b.Healthy {
		lanes[string(lane.Way)+" "+lane.Channel+" "+lane.Contact] = true
	}
	data, err := json.MarshalIndent(struct {
		*history.History
		Healthy map[string]bool
	}{b, lanes}, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(l.fleet.folder, "ledger.json"), data, 0o600)
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
