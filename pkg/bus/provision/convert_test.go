package provision_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/provision"
	"github.com/bonychat/puente/pkg/topology"
)

// olds are the queues as the earlier versions made them, each with a subject that they stored under.
var olds = []struct {
	stream  topology.Stream
	subject func(channel string) string
}{
	{topology.Messages, func(c string) string { return topology.MessageSubject(far, c, "ann") }},
	{topology.Egress(far), func(c string) string { return "egress." + far + "." + c }},
	{topology.Egress(topology.Platform), func(c string) string { return "egress.bonychat." + c }},
}

// storage is that of a deployment whose digest key is known, as it is of one that has messages.
var storage = provision.Storage{Replicas: 1, DigestKey: bytes.Repeat([]byte{7}, 32)}

const oldMessages = 30 // of each queue

// before makes the deployment as an earlier version left it: work queues with messages of three channels.
func before(t *testing.T, b *bus.Bus) {
	t.Helper()
	for _, o := range olds {
		c := jetstream.StreamConfig{
			Name: o.stream.Name, Subjects: o.stream.Subjects, Retention: jetstream.WorkQueuePolicy, Discard: jetstream.DiscardNew,
			MaxMsgsPerSubject: o.stream.PerSubject, DiscardNewPerSubject: o.stream.PerSubject > 0, MaxConsumers: 1 << 20, MaxBytes: 64 << 20,
			Duplicates: 2 * time.Minute, AllowAtomicPublish: o.stream.Batch,
		}
		if _, err := b.JetStream().CreateStream(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		for i := range oldMessages {
			m := &nats.Msg{Subject: o.subject(fmt.Sprintf("ch%d", i%3)), Data: fmt.Appendf(nil, "%d", i), Header: nats.Header{"Nats-Msg-Id": {fmt.Sprintf("k%d", i)}, "traceparent": {"00-1-2-01"}}}
			if _, err := b.JetStream().PublishMsg(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// isConverted says that the streams hold what the queues held, in its order, where this version looks for it.
func isConverted(t *testing.T, s *bustest.Server, b *bus.Bus) {
	t.Helper()
	for _, o := range olds {
		info, err := b.JetStream().Stream(t.Context(), o.stream.Name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.CachedInfo().Config.Retention; got != jetstream.LimitsPolicy {
			t.Errorf("%s has retention %s", o.stream.Name, got)
		}
		next := 0
		for _, m := range s.Stored(o.stream.Name, 0) {
			if want := topology.Current(o.subject(fmt.Sprintf("ch%d", next%3))); m.Subject != want || string(m.Body) != fmt.Sprint(next) {
				t.Fatalf("%s: message %d is %q under %s, want %s", o.stream.Name, next, m.Body, m.Subject, want)
			}
			if m.Header.Get("Nats-Msg-Id") != fmt.Sprintf("k%d", next) || m.Header.Get("traceparent") == "" || m.Header.Get("Puente-Repeat") == "" {
				t.Errorf("%s: message %d has headers %v", o.stream.Name, next, m.Header)
			}
			next++
		}
		if next != oldMessages {
			t.Errorf("%s holds %d of %d messages", o.stream.Name, next, oldMessages)
		}
		if _, err := b.JetStream().Stream(t.Context(), "CONVERTING_"+o.stream.Name); !errors.Is(err, jetstream.ErrStreamNotFound) {
			t.Errorf("the copy of %s: %v", o.stream.Name, err)
		}
	}
}

func TestQueuesOfAVersionBeforeAreConverted(t *testing.T) {
	t.Parallel()
	s := bustest.StartEmpty(t)
	b := s.Connect("provision")
	before(t, b)
	for range 2 { // the second finds nothing to do
		if err := provision.Apply(t.Context(), b, []string{far}, storage); err != nil {
			t.Fatal(err)
		}
		isConverted(t, s, b)
	}
}

// TestAConversionGoesOnWhereItWasInterrupted, wherever that was: what is left of each step is as the step leaves it.
func TestAConversionGoesOnWhereItWasInterrupted(t *testing.T) {
	t.Parallel()
	// of each queue: closed, the copy made, 30 copied, counted, the queue deleted and made anew, 30 copied back, the copy deleted
	for _, step := range []int{0, 1, 2, 20, 32, 33, 34, 35, 50, 65, 66, 67, 68, 90, 100, 101, 120, 132, 133, 140, 200} {
		t.Run(fmt.Sprint(step), func(t *testing.T) {
			t.Parallel()
			s := bustest.StartEmpty(t)
			b := s.Connect("provision")
			before(t, b)
			err := provision.ApplyInterrupted(t.Context(), b, []string{far}, storage, after(step))
			if !errors.Is(err, errInterrupted) {
				t.Fatalf("%v, want that it was interrupted at step %d", err, step)
			}
			if err := provision.Apply(t.Context(), b, []string{far}, storage); err != nil {
				t.Fatal(err)
			}
			isConverted(t, s, b)
		})
	}
}

// errInterrupted ends a conversion in these tests.
var errInterrupted = errors.New("interrupted")

// after is a step that ends a conversion after so many others.
func after(steps int) func() error {
	return func() error {
		if steps--; steps < 0 {
			return errInterrupted
		}
		return nil
	}
}

// deleted is how many steps come before the one that deletes a queue: it is closed, the copy is made, all is copied, and counted.
const deleted = 2 + oldMessages + 1

// TestWhatIsBackIsNotStoredAgain, however long after an interruption the conversion goes on: by then the broker does not know any more what
// it has stored, and a channel has room for what waited once, and not twice.
func TestWhatIsBackIsNotStoredAgain(t *testing.T) {
	t.Parallel()
	s := bustest.StartEmpty(t)
	b := s.Connect("provision")
	before(t, b)
	for _, o := range olds {
		o.stream.PerSubject = oldMessages / 3
		for _, steps := range []int{deleted + 2 + 20, 5, 1} { // 21 come back, 5 more, 1 more
			if err := provision.Convert(t.Context(), b, o.stream, after(steps)); !errors.Is(err, errInterrupted) {
				t.Fatal(err)
			}
			s.ForgetIDs(o.stream.Name)
		}
		if got := len(s.Stored(o.stream.Name, 0)); got != 27 {
			t.Errorf("%d are back", got)
		}
		if err := provision.Convert(t.Context(), b, o.stream, after(oldMessages)); err != nil {
			t.Fatal(err)
		}
	}
	isConverted(t, s, b)
}

// TestWhatWasChosenForAQueueStays, also where the queue was deleted when the conversion was interrupted.
func TestWhatWasChosenForAQueueStays(t *testing.T) {
	t.Parallel()
	s := bustest.StartEmpty(t)
	b := s.Connect("provision")
	before(t, b)
	queue := configured(t, b, topology.Messages.Name)
	queue.Placement, queue.Metadata = &jetstream.Placement{Tags: []string{"region:eu"}}, map[string]string{"team": "support"}
	if _, err := b.JetStream().UpdateStream(t.Context(), queue); err != nil {
		t.Fatal(err)
	}
	if err := provision.ApplyInterrupted(t.Context(), b, []string{far}, storage, after(deleted)); !errors.Is(err, errInterrupted) {
		t.Fatal(err)
	}
	if err := provision.Apply(t.Context(), b, []string{far}, storage); err != nil {
		t.Fatal(err)
	}
	isConverted(t, s, b)
	is := configured(t, b, topology.Messages.Name)
	if is.Placement == nil || !slices.Equal(is.Placement.Tags, []string{"region:eu"}) || is.Metadata["team"] != "support" {
		t.Errorf("it is placed by %v, and has metadata %v", is.Placement, is.Metadata)
	}
}

// TestAQueueThatIsWorkedOnIsNotConverted: who works on it would go on with messages that others send, too.
func TestAQueueThatIsWorkedOnIsNotConverted(t *testing.T) {
	t.Parallel()
	s := bustest.StartEmpty(t)
	b := s.Connect("provision")
	before(t, b)
	c, err := b.JetStream().CreateConsumer(t.Context(), topology.Egress(far).Name, jetstream.ConsumerConfig{Durable: "old", FilterSubject: "egress." + far + ".none", AckPolicy: jetstream.AckExplicitPolicy})
	if err != nil {
		t.Fatal(err)
	}
	reading, err := c.Consume(func(jetstream.Msg) {})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "it waits", func() bool {
		info, err := c.Info(t.Context())
		return err == nil && info.NumWaiting > 0
	})
	if err := provision.Apply(t.Context(), b, []string{far}, storage); !errors.Is(err, provision.ErrInUse) {
		t.Fatalf("%v, want that it is in use", err)
	}
	if got := len(s.Stored(topology.Egress(far).Name, 0)); got != oldMessages {
		t.Errorf("%d messages are left", got)
	}
	reading.Stop()
	eventually(t, "it waits no longer", func() bool {
		info, err := c.Info(t.Context())
		return err == nil && info.NumWaiting == 0
	})
	if err := provision.Apply(t.Context(), b, []string{far}, storage); err != nil {
		t.Fatal(err)
	}
	isConverted(t, s, b)
}
