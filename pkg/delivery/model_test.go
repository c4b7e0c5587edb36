package delivery_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/delivery"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/shard"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
)

// The model: processes that share the channels of a far end, to which everything happens that can happen to a process,
// in random order.
const (
	modelProcesses = 3
	modelChannels  = 6 // of three accounts
	modelContacts  = 4 // of each channel
	modelMessages  = 60
	modelLease     = time.Second
)

// TestWhateverHappensToProcesses, and whoever pauses a channel: every message is sent, in the order of its contact; one
// that is sent again comes directly behind itself, and there are no more of those than can have been in flight. In the
// end no message is left.
func TestWhateverHappensToProcesses(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			m := &model{t: t, server: bustest.Start(t, far), dice: rand.New(rand.NewPCG(seed, 1)), took: map[string][]int{}, paused: map[string]modelPause{}}
			m.operator = m.server.Connect("control")
			for range modelProcesses {
				m.join()
			}
			m.play()
			m.judge()
		})
	}
}

type model struct {
	t         *testing.T
	server    *bustest.Server
	dice      *rand.Rand
	processes []*modelProcess
	happened  []string
	lapses    int // of those that are gone

	operator *bus.Bus

	mu     sync.Mutex
	took   map[string][]int // by channel and contact
	paused map[string]modelPause
}

type modelProcess struct {
	sent map[string]bool // by key: it knows what it has sent

	bus    *bus.Bus
	group  *shard.Group
	line   *bustest.Line
	cancel context.CancelFunc
	ended  chan struct{}
}

func (m *model) join() {
	m.t.Helper()
	p := &modelProcess{sent: map[string]bool{}, line: m.server.Line(m.t), ended: make(chan struct{})}
	var err error
	p.bus, err = bus.Connect(p.line.URL(), bus.Options{Name: "egress-testnet", Log: slog.New(slog.NewTextHandler(m.t.Output(), &slog.HandlerOptions{Level: slog.LevelInfo}))})
	if err != nil {
		m.t.Fatal(err)
	}
	p.group = shard.New(kv.Open(p.bus, topology.Leases), shard.Options{
		Service: p.bus.Name(), Instance: p.bus.Instance(), Done: p.bus.Done(), Lease: modelLease, Log: p.bus.Logger(),
	})
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel = cancel
	d := config(&network{})
	d.IdleAfter = 300 * time.Millisecond // now and then a channel is forgotten for having nothing to do
	var routes []delivery.Channel
	for c := range modelChannels {
		id := fmt.Sprintf("ch%d", c)
		routes = append(routes, delivery.Channel{Network: far, ID: id, Account: fmt.Sprint(c % 3), Send: func(ctx context.Context, e *eventv1.Event) (string, result.Result) {
			return m.send(p, e)
		}})
	}
	d.Channels = delivery.NewChannels(routes...)
	go func() {
		defer close(p.ended)
		if err := d.Run(ctx, p.bus, p.group); err != nil && ctx.Err() == nil && !severed(p.bus) {
			m.t.Errorf("a process that was not crashed ended: %v", err)
		}
		// as a service does that stops: what it could not release is free once it is silent
		gone, done := context.WithTimeout(context.Background(), 5*time.Second)
		defer done()
		p.group.Close(gone)
	}()
	m.t.Cleanup(func() {
		cancel()
		p.line.Resume()
		<-p.ended
		closing, done := context.WithTimeout(context.Background(), 15*time.Second)
		defer done()
		p.group.Close(closing)
		p.bus.Close(closing) // and wait for what beats and watches
	})
	m.processes = append(m.processes, p)
}

// send is the far end. It takes a moment, so that there is something in flight.
func (m *model) send(p *modelProcess, e *eventv1.Event) (string, result.Result) {
	msg := e.GetMessage()
	var n int
	_, _ = fmt.Sscanf(msg.GetId(), "m%d", &n)
	m.mu.Lock()
	lane := msg.GetChannel() + "/" + msg.GetContact().GetAddress()
	m.took[lane] = append(m.took[lane], n)
	if now, held := time.Now(), m.paused[msg.GetChannel()]; !held.from.IsZero() && now.After(held.from) && (held.until.IsZero() || now.Before(held.until)) {
		m.t.Errorf("%s was sent while its channel was paused", msg.GetId())
	}
	if key := topology.MessageKey(msg); p.sent[key] {
		m.t.Errorf("%s was sent twice by one process", key)
	} else {
		p.sent[key] = true
	}
	m.mu.Unlock()
	time.Sleep(5 * time.Millisecond)
	return "", result.Result{Class: result.Sent}
}

// play publishes while things happen.
func (m *model) play() {
	m.t.Helper()
	publisher := m.server.Connect("translator")
	lane := 0
	for n := range modelMessages * modelChannels * modelContacts {
		c, contact := lane%modelChannels, lane/modelChannels%modelContacts
		lane++
		e := event(fmt.Sprintf("m%06d", n), fmt.Sprintf("c%d", contact), 0, 1)
		e.GetMessage().Channel = fmt.Sprintf("ch%d", c)
		p := bus.Post{Subject: topology.EgressSubject(far, e.GetMessage().GetChannel()), ID: topology.MessageKey(e.GetMessage()), Body: e}
		if m.dice.IntN(4) == 0 {
			m.server.Store(p)
		} else {
			publish(m.t, publisher, p)
		}
		if n%100 == 99 {
			m.happen()
			time.Sleep(time.Duration(m.dice.IntN(600)) * time.Millisecond)
		}
	}
	for _, p := range m.processes {
		p.line.Resume()
	}
	for c := range modelChannels {
		m.resume(c)
	}
}

// happen is one thing that happens to one process.
func (m *model) happen() {
	m.t.Helper()
	i := m.dice.IntN(len(m.processes))
	p := m.processes[i]
	what := []string{"crash", "leave", "freeze", "cut", "lose consumers", "nothing", "pause", "pause", "resume"}[m.dice.IntN(9)]
	switch what {
	case "crash": // at once: nothing that runs can store anything more
		m.lapses += p.group.Status().Lapses
		bustest.Sever(p.bus)
		p.cancel()
		m.replace(i)
	case "leave":
		m.lapses += p.group.Status().Lapses
		p.cancel()
		m.replace(i)
	case "freeze": // past the lease, or not
		p.line.Hold()
		time.AfterFunc(time.Duration(m.dice.IntN(2500))*time.Millisecond, p.line.Resume)
	case "cut":
		p.line.Cut()
	case "lose consumers":
		m.server.DeleteConsumers(topology.Egress(far).Name)
	case "pause": // by an operator, of one channel: for a while, or until somebody resumes it
		m.pause(m.dice.IntN(modelChannels), time.Duration(m.dice.IntN(3))*time.Second)
	case "resume":
		m.resume(m.dice.IntN(modelChannels))
	}
	m.happened = append(m.happened, what)
}

// pause pauses a channel; without a time until it is resumed.
func (m *model) pause(channel int, d time.Duration) {
	m.t.Helper()
	p := directory.Pause{Far: far, Channel: fmt.Sprintf("ch%d", channel), Reason: "r", By: "ana", Since: time.Now()}
	if d > 0 {
		p.Until = p.Since.Add(d)
	}
	if err := directory.SetPause(m.t.Context(), m.operator, p); err != nil {
		m.t.Fatal(err)
	}
	// from when on nobody may begin to send: by then every process that can hear of it has, or has lost its channels
	m.setPaused(p.Channel, p.Until, time.Now().Add(pauseHeard))
}

func (m *model) resume(channel int) {
	m.t.Helper()
	id := fmt.Sprintf("ch%d", channel)
	m.setPaused(id, time.Time{}, time.Time{})
	if _, _, err := directory.Resume(m.t.Context(), m.operator, far, id); err != nil {
		m.t.Fatal(err)
	}
}

// pauseHeard is after what a pause is in force at every process: it has heard of it, or its lease is over.
const pauseHeard = 2 * time.Second

// modelPause is a pause that the model knows of: nothing may be sent between from and until, if that is set.
type modelPause struct{ from, until time.Time }

func (m *model) setPaused(channel string, until, from time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.paused[channel] = modelPause{from, until}
}

// replace starts another process in a process's place.
func (m *model) replace(i int) {
	m.t.Helper()
	m.processes = slices.Delete(m.processes, i, i+1)
	m.join()
}

func (m *model) judge() {
	m.t.Helper()
	m.t.Log(m.happened)
	expected := modelMessages * modelChannels * modelContacts
	deadline := time.Now().Add(90 * time.Second)
	for m.distinct() < expected && time.Now().Before(deadline) {
		time.Sleep(20 * time.Millisecond)
	}
	if got := m.distinct(); got != expected {
		for _, p := range m.processes {
			m.t.Logf("%+v", p.group.Status())
		}
		m.t.Fatalf("%d of %d were sent", got, expected)
	}
	eventually(m.t, "nothing is left", func() bool { return len(m.server.Stored(topology.Egress(far).Name, 0)) == 0 })
	m.mu.Lock()
	defer m.mu.Unlock()
	again, lapses := 0, m.lapses
	for lane, got := range m.took {
		if !slices.IsSorted(got) {
			m.t.Errorf("%s: out of order: %v", lane, got)
		}
		again += len(got) - len(slices.Compact(slices.Clone(got)))
	}
	for _, p := range m.processes {
		lapses += p.group.Status().Lapses
	}
	if most := (len(m.happened) + lapses) * modelChannels * modelContacts; again > most {
		m.t.Errorf("%d sent again by %d events and %d lapses", again, len(m.happened), lapses)
	}
	m.t.Logf("%d sent again, %d lapses", again, lapses)
}

func (m *model) distinct() (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, got := range m.took {
		n += len(slices.Compact(slices.Sorted(slices.Values(got))))
	}
	return n
}

// severed says that a connection was cut for good.
func severed(b *bus.Bus) bool {
	select {
	case <-b.Done():
		return true
	default:
		return false
	}
}
