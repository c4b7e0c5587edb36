package deadletter_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/deadletter"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/record"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	indexv1 "github.com/bonychat/puente/proto/gen/puente/index/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// morgue is a broker with a destination that refuses what it is told to.
type morgue struct {
	t   *testing.T
	s   *bustest.Server
	bus *bus.Bus
	net *network

	mu     sync.Mutex
	refuse map[string]bool // by key
	stop   func()          // ends the destination's service
	keep   bool            // it keeps what it took
}

func newMorgue(t *testing.T, refuse ...string) *morgue {
	t.Helper()
	m := &morgue{t: t, s: bustest.Start(t, far), refuse: map[string]bool{}}
	for _, key := range refuse {
		m.refuse[key] = true
	}
	m.net = &network{Judge: func(_ int, msg *messagev1.Message) result.Result {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.refuse[topology.MessageKey(msg)] {
			return result.Result{Class: result.Rejected, Reason: reason.Untranslated("refused")}
		}
		return result.Result{Class: result.Sent}
	}}
	m.bus = m.s.Connect("puente")
	m.serve()
	return m
}

// serve runs the destination's service, in the place of the one before.
func (m *morgue) serve() {
	m.t.Helper()
	if m.stop != nil {
		m.stop()
	}
	c := config(m.net)
	c.Keep = m.keep
	m.stop = start(m.t, m.s.Connect("egress-testnet"), c)
}

// send puts a message of n parts on its way, with its state, as the translator does.
func (m *morgue) send(id string, n uint32) {
	m.t.Helper()
	m.remember(id, n)
	var posts []bus.Post
	for i := range n {
		posts = append(posts, post(event(id, "ana", i, n)))
	}
	if err := m.bus.PublishAll(m.t.Context(), posts); err != nil {
		m.t.Fatal(err)
	}
}

func (m *morgue) remember(id string, n uint32) {
	m.t.Helper()
	if _, err := m.bus.Create(m.t.Context(), topology.StateSubject(channel, id), &indexv1.State{
		Sequence: 1, Standing: indexv1.Standing_STANDING_TAKEN, Parts: make([]eventv1.Status, n), Network: far, Address: "ana",
	}, record.Keep); err != nil {
		m.t.Fatal(err)
	}
}

// letters are the dead letters once there are n of them, each with its outcome.
func (m *morgue) letters(n int) []deadletter.Letter {
	m.t.Helper()
	var letters []deadletter.Letter
	eventually(m.t, fmt.Sprintf("%d dead letters", n), func() bool {
		var err error
		if letters, _, err = deadletter.List(m.t.Context(), m.bus, deadletter.Query{}); err != nil {
			m.t.Fatal(err)
		}
		return len(letters) == n && !slices.ContainsFunc(letters, func(l deadletter.Letter) bool { return !m.concluded(l.Key) })
	})
	return letters
}

func (m *morgue) concluded(key string) bool {
	var e eventv1.Event
	_, err := m.bus.Read(m.t.Context(), topology.OutcomeSubject(far, channel, key), &e)
	return err == nil
}

func (m *morgue) replay(letters []deadletter.Letter, want bool) {
	m.t.Helper()
	again, err := deadletter.Replay(m.t.Context(), m.bus, letters)
	if err != nil || again != want {
		m.t.Fatalf("replay: %v, %v, want %v", again, err, want)
	}
}

// took waits for the keys that the destination took, and for one more message behind them: nothing else came.
func (m *morgue) took(want ...string) {
	m.t.Helper()
	last := fmt.Sprintf("last%d", m.net.Total())
	m.send(last, 1)
	want = append(want, topology.Key(last, 0, 0))
	eventually(m.t, "the last is taken", func() bool { return m.concluded(topology.Key(last, 0, 0)) })
	m.net.Lock()
	defer m.net.Unlock()
	if diff := cmp.Diff(want, m.net.Took["ana"]); diff != "" {
		m.t.Error(diff)
	}
}

func (m *morgue) state(id string) *indexv1.State {
	m.t.Helper()
	var s indexv1.State
	if _, err := m.bus.Read(m.t.Context(), topology.StateSubject(channel, id), &s); err != nil {
		m.t.Fatal(err)
	}
	return &s
}

func TestAReplaySendsOnce(t *testing.T) {
	t.Parallel()
	m := newMorgue(t, "m1-0-0")
	m.send("m1", 1)
	letters := m.letters(1)
	m.replay(letters, true)
	m.replay(letters, false)
	m.letters(0)
	m.took("m1-1-0")
}

// What is refused again is a dead letter again, of the next generation.
func TestAReplayThatFailsCanBeReplayed(t *testing.T) {
	t.Parallel()
	m := newMorgue(t, "m1-0-0", "m1-1-0")
	m.send("m1", 1)
	m.replay(m.letters(1), true)
	letters := m.letters(1)
	if l := letters[0]; l.Generation != 1 || l.Key != "m1-1-0" || l.ID != "m1" || l.Kind != deadletter.Outbound || l.Why.String() != "refused" {
		t.Errorf("%+v", l)
	}
	m.replay(letters, true)
	m.took("m1-2-0")
	if s := m.state("m1"); s.GetGeneration() != 2 {
		t.Errorf("state %v", s)
	}
}

// An interrupted replay is done again, and what it had published is not sent again, also where the stream has forgotten
// the id.
func TestAnInterruptedReplayIsDoneAgain(t *testing.T) {
	t.Parallel()
	for name, published := range map[string]bool{"before it published": false, "after it published": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMorgue(t, "m1-0-1")
			m.send("m1", 3)
			letters := m.letters(2)
			if err := deadletter.ReplayUntil(t.Context(), m.bus, letters, published); err != nil {
				t.Fatal(err)
			}
			if published {
				eventually(t, "sent", func() bool { return m.concluded("m1-1-2") })
			}
			m.s.ForgetIDs(topology.Egress(far).Name)
			want := []string{"m1-0-0"}
			if published {
				want = append(want, "m1-1-1", "m1-1-2")
			}
			m.serve() // a process that remembers nothing
			m.took(want...)
			m.replay(letters, true)
			m.letters(0)
			if want = append(want, "last"+fmt.Sprint(len(want))+"-0-0"); !published {
				want = append(want, "m1-1-1", "m1-1-2")
			}
			m.took(want...)
		})
	}
}

// Nor where there is news of one part, which says that all are on their way, and the outcomes have been forgotten.
func TestAReplayThatHasNewsIsOver(t *testing.T) {
	t.Parallel()
	m := newMorgue(t, "m1-0-0")
	m.send("m1", 2)
	letters := m.letters(2)
	if err := deadletter.ReplayUntil(t.Context(), m.bus, letters, false); err != nil {
		t.Fatal(err)
	}
	s := m.state("m1")
	s.Parts[0] = eventv1.Status_STATUS_DELIVERED
	revision, err := m.bus.Read(t.Context(), topology.StateSubject(channel, "m1"), &indexv1.State{})
	if err == nil {
		_, err = m.bus.Replace(t.Context(), topology.StateSubject(channel, "m1"), s, revision, record.Keep)
	}
	if err != nil {
		t.Fatal(err)
	}
	m.replay(letters, false)
	m.letters(0)
	m.took()
}

func TestTwoReplaysAtOnceSendOnce(t *testing.T) {
	t.Parallel()
	m := newMorgue(t)
	const n = 20
	var want []string
	for i := range n {
		m.refuse[fmt.Sprintf("m%d-0-0", i)] = true
		want = append(want, fmt.Sprintf("m%d-1-0", i))
	}
	for i := range n {
		m.send(fmt.Sprintf("m%d", i), 1)
	}
	letters := m.letters(n)
	other := m.s.Connect("puente-2")
	for _, together := range deadletter.Group(letters) {
		var wg sync.WaitGroup
		for _, b := range []*bus.Bus{m.bus, other} {
			wg.Go(func() {
				if _, err := deadletter.Replay(t.Context(), b, together); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	m.letters(0)
	m.took(want...)
}
