package delivery_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/delivery"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/delivery/sent"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

func keeping(n *network) delivery.Config {
	c := config(n)
	c.Keep = true
	return c
}

// concluded waits for the outcomes of sends.
func concluded(t *testing.T, b *bus.Bus, keys ...string) {
	t.Helper()
	for _, key := range keys {
		eventually(t, key+" has an outcome", func() bool {
			var e eventv1.Event
			_, err := b.Read(t.Context(), topology.OutcomeSubject(far, channel, key), &e)
			return err == nil && e.GetOutcome().GetResult() >= eventv1.Result_RESULT_SENT
		})
	}
}

// kept is what SENT holds of a send, nil for nothing.
func kept(t *testing.T, b *bus.Bus, key string) *eventv1.Event {
	t.Helper()
	e, err := sent.NewFinder(b).Find(t.Context(), far, channel, key, time.Time{}, time.Time{})
	if errors.Is(err, bus.ErrNotFound) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// textsIn counts what SENT holds: several may be stored as one message.
func textsIn(t *testing.T, b *bus.Bus) (n int) {
	t.Helper()
	err := b.Each(t.Context(), topology.Sent.Name, []string{">"}, time.Time{}, func(m *bus.Message) error {
		var e eventv1.Event
		if err := proto.Unmarshal(m.Data, &e); err != nil {
			return err
		}
		n += 1 + len(e.GetMore())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Each part of what was taken is kept, once, as it was sent; and nothing of what was not, nor of who does not ask for it.
func TestWhatWasTakenIsKept(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("translator")
	n := &network{Judge: func(_ int, m *messagev1.Message) result.Result {
		if m.GetId() == "refused" {
			return result.Result{Class: result.Rejected, Reason: reason.Untranslated("no")}
		}
		return result.Result{Class: result.Sent}
	}}
	stop := start(t, s.Connect("egress-testnet"), keeping(n))
	whole, first, second := event("m1", "ana", 0, 1), event("m2", "ana", 0, 2), event("m2", "ana", 1, 2)
	for _, e := range []*eventv1.Event{whole, first, second, event("refused", "ana", 0, 1)} {
		publish(t, b, post(e))
	}
	concluded(t, b, "m1-0-0", "m2-0-0", "m2-0-1", "refused-0-0")
	republish(t, s, b, post(whole))
	stop() // waits for what is under way
	for key, want := range map[string]*eventv1.Event{"m1-0-0": whole, "m2-0-0": first, "m2-0-1": second, "refused-0-0": nil} {
		if diff := cmp.Diff(want, kept(t, b, key), protocmp.Transform()); diff != "" {
			t.Errorf("%s: %s", key, diff)
		}
	}
	if n := textsIn(t, b); n != 3 {
		t.Errorf("%d texts are kept", n)
	}
	stop = start(t, s.Connect("egress-testnet"), config(n))
	publish(t, b, post(event("m3", "ana", 0, 1)))
	concluded(t, b, "m3-0-0")
	stop()
	if kept(t, b, "m3-0-0") != nil {
		t.Error("kept, and nobody asked for it")
	}
}

// logged is a log that a test reads.
type logged struct {
	mu    sync.Mutex
	lines bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines.Write(p)
}

func (l *logged) count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.lines.String(), text)
}

// Where nothing can be kept every message goes all the same, once, and the log says so once.
func TestWhatCannotBeKeptGoesAllTheSame(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(*bustest.Server, *bustest.Line){
		"there is no such stream":             func(s *bustest.Server, _ *bustest.Line) { s.Drop(topology.Sent.Name) },
		"the broker is away while it is sent": func(_ *bustest.Server, l *bustest.Line) { l.Cut() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := bustest.Start(t, far)
			line, told := s.Line(t), &logged{}
			b := s.Connect("translator")
			n := &network{Judge: func(call int, _ *messagev1.Message) result.Result {
				if call == 1 {
					harm(s, line)
				}
				return result.Result{Class: result.Sent}
			}}
			far, err := bus.Connect(line.URL(), bus.Options{Name: "egress-testnet", Log: slog.New(slog.NewTextHandler(told, nil))})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { far.Close(context.Background()) })
			stop := start(t, far, keeping(n))
			publish(t, b, post(event("m0", "ana", 0, 1)))
			concluded(t, b, "m0-0-0")
			var want []string
			for i := range 20 {
				id := fmt.Sprintf("n%02d", i)
				publish(t, b, post(event(id, "ana", 0, 1)))
				want = append(want, id+"-0-0")
			}
			concluded(t, b, want...)
			stop()
			n.Lock()
			defer n.Unlock()
			if diff := cmp.Diff(append([]string{"m0-0-0"}, want...), n.Took["ana"]); diff != "" {
				t.Error(diff)
			}
			if count := told.count("texts of sent messages are not kept"); count > 1 || name == "there is no such stream" && count != 1 {
				t.Errorf("told %d times", count)
			}
		})
	}
}

// A full SENT drops its oldest, and holds up nobody.
func TestAFullSentDropsItsOldest(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("translator")
	s.Bound(topology.Sent.Name, 300_000)
	n := &network{}
	stop := start(t, s.Connect("egress-testnet"), keeping(n))
	var keys []string
	for i := range 30 {
		e := event(fmt.Sprintf("m%02d", i), "ana", 0, 1)
		e.GetMessage().Content.GetText().Body = strings.Repeat("x", 30_000)
		publish(t, b, post(e))
		keys = append(keys, topology.MessageKey(e.GetMessage()))
	}
	concluded(t, b, keys...)
	stop()
	if kept(t, b, keys[0]) != nil || kept(t, b, keys[29]) == nil || n.Total() != 30 {
		t.Errorf("the first is kept: %t, the last: %t; taken: %d", kept(t, b, keys[0]) != nil, kept(t, b, keys[29]) != nil, n.Total())
	}
}

// Whoever dies after the network took a message and before its outcome is stored has it sent again or settled, and what is
// kept is the message all the same.
func TestWhatIsKeptTwiceIsThereOnce(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, far)
	b := s.Connect("translator")
	e := event("m1", "ana", 0, 1)
	publish(t, b, bus.Post{Subject: topology.SentSubject(far, channel, "m1-0-0"), Body: proto.CloneOf(e)})
	stop := start(t, s.Connect("egress-testnet"), keeping(&network{}))
	publish(t, b, post(e))
	concluded(t, b, "m1-0-0")
	stop()
	if state, err := b.State(t.Context(), topology.Sent.Name); err != nil || state.Messages != 1 {
		t.Errorf("%+v, %v", state, err)
	}
}
