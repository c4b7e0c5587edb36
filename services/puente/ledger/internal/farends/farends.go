package farends

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/services/puente/ledger/history"
	"github.com/bonychat/puente/services/puente/ledger/vendors"
	"github.com/bonychat/puente/services/sandbox/operator"
)

// Options say what far ends are like. All is required but Idempotency and Ill.
type Options struct {
	// Network is what the network's API is, see package vendors.
	Network string
	// Idempotency says that the phone network honours its key.
	Idempotency bool
	// Seed decides which fault strikes which call.
	Seed     uint64
	Channels []string
	// Most is how many messages and contacts a channel has at most.
	Most int
	// Ill are the contacts that faults concern.
	Ill map[Contact]bool
	// Recorder is where all that they see is written down.
	Recorder *history.Recorder
	// Front is the bridge's public port, Client what calls it.
	Front  *Front
	Client *http.Client
}

// Contact is one of a channel, by its address.
type Contact struct{ Channel, Name string }

// FarEnds are those of one run. They are safe for concurrent use.
type FarEnds struct {
	*shared
	platform *platform
	relay    *relay
	networks map[string]*network // by channel
}

// shared is what each of them has.
type shared struct {
	options  Options
	dice     Dice
	recorder *history.Recorder
	vendor   vendors.Vendor // nil where the phone network speaks for itself
	hooks    string         // where the relay takes a channel's calls; set before the first
	calm     atomic.Bool    // no more faults
}

// New are far ends that [FarEnds.Serve] has listen.
func New(o Options) *FarEnds {
	s := &shared{options: o, dice: Dice(o.Seed), recorder: o.Recorder, vendor: vendors.Of(o.Network, Host)}
	f := &FarEnds{shared: s, platform: newPlatform(s), relay: newRelay(s), networks: map[string]*network{}}
	for _, c := range o.Channels {
		f.networks[c] = newNetwork(c, s)
	}
	return f
}

// Serve has them listen until stop is called or the context ends; between stands before them, nil for nothing. It is called once.
// stop returns when nothing of them runs any more.
func (f *FarEnds) Serve(ctx context.Context, listener net.Listener, between func(farEnds http.Handler) http.Handler) (stop func()) {
	life, end := context.WithCancel(ctx)
	f.relay.life, f.hooks = life, "http://"+listener.Addr().String()+"/hook/"
	mux := http.NewServeMux()
	if f.vendor != nil {
		mux.Handle("/", vendors.Gate{Vendor: f.vendor, Network: f.network})
	}
	mux.Handle("/platform/", f.platform)
	mux.Handle("/hook/", f.relay)
	var running sync.WaitGroup
	for c, n := range f.networks {
		mux.Handle("/phone/"+c+"/", n)
		running.Go(func() { _ = n.op.Run(life) })
	}
	var handler http.Handler = mux
	if between != nil {
		handler = between(mux)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	running.Go(func() { _ = server.Serve(listener) })
	return func() {
		end()
		f.relay.wait.Wait()
		_ = server.Close()
		running.Wait()
	}
}

// network is that of a channel, nil for none.
func (f *FarEnds) network(channel string) vendors.Network {
	if n := f.networks[channel]; n != nil {
		return n
	}
	return nil
}

// Phone is the network of a channel as its contacts use it.
func (f *FarEnds) Phone(channel string) *operator.Operator { return f.networks[channel].op }

// Calm has them fail no more.
func (f *FarEnds) Calm() { f.calm.Store(true) }

// Failing says that they do.
func (f *FarEnds) Failing() bool { return !f.calm.Load() }

// outageTime is how long the platform's outage lasts.
const outageTime = 4 * time.Second

// TakeAway has a channel's platform down for four seconds, and then until somebody has noticed it: an outage that nobody saw was
// none. It ends unseen with the context, and where the far ends are calm.
func (f *FarEnds) TakeAway(ctx context.Context, channel string) {
	f.Down(channel)
	defer f.Down("")
	_ = pause.For(ctx, outageTime)
	for f.platform.missed.Load() == 0 && f.Failing() && pause.For(ctx, 10*time.Millisecond) == nil {
	}
}

// Down takes a channel's platform away; "" brings it back.
func (f *FarEnds) Down(channel string) { f.platform.down.Store(&channel) }

// Waiting is how much the network has to tell the bridge.
func (f *FarEnds) Waiting() int {
	n := int(f.relay.late.Load())
	for _, network := range f.networks {
		n += network.op.Waiting()
	}
	return n
}

// NoRoom is how many calls the bridge had no room for.
func (f *FarEnds) NoRoom() int64 { return f.relay.noRoom.Load() }

// Suppressed is how many repeats the network knew by their key.
func (f *FarEnds) Suppressed() (all int) {
	for _, n := range f.networks {
		for _, a := range n.op.Record() {
			all += a.Repeats
		}
		all += int(n.suppressed.Load())
	}
	return all
}

// Bad is how many calls of the bridge broke the platform's contract.
func (f *FarEnds) Bad() int {
	f.platform.mu.Lock()
	defer f.platform.mu.Unlock()
	return len(f.platform.bad)
}

// strikes says that faults may concern a call of the lane now.
func (s *shared) strikes(l history.Lane) bool {
	return !s.calm.Load() && s.options.Ill[Contact{l.Channel, l.Contact}]
}

// drop ends the connection without an answer.
func drop(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
		return
	}
	panic(http.ErrAbortHandler)
}
