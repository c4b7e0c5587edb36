package conn_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/internal/conn"
	"github.com/bonychat/puente/pkg/bus/internal/valid"
	"github.com/bonychat/puente/pkg/topology"
)

// keep keeps a connection to a broker until the test ends.
func keep(t *testing.T, url string, wait bool) (*conn.Keeper, error) {
	t.Helper()
	k, err := conn.Keep(conn.Dial{
		URL: url, Options: []nats.Option{nats.MaxReconnects(-1)}, Log: slog.New(slog.DiscardHandler),
		JetStream: func(c *nats.Conn) (jetstream.JetStream, error) { return jetstream.New(c) },
	}, wait)
	if err == nil {
		t.Cleanup(func() { k.Close(context.Background()) })
	}
	return k, err
}

// A link that is gone for good is followed by another, and ends whoever reads by it: what stood on it is asked for anew.
func TestAGoneLinkIsFollowedByAnother(t *testing.T) {
	t.Parallel()
	k, err := keep(t, bustest.Start(t, "testnet").URL(), false)
	if err != nil {
		t.Fatal(err)
	}
	first := k.Link()
	stream, err := first.Stream(t.Context(), topology.Messages.Name)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := first.Stream(t.Context(), topology.Messages.Name); err != nil || again != stream {
		t.Errorf("a stream is asked for twice on one link: %v", err)
	}
	reading, end := first.During(t.Context())
	defer end()
	first.Conn().Close() // as the client does when the broker ends it with an error that nothing mends
	<-first.Gone()
	<-reading.Done()
	if err := context.Cause(reading); !errors.Is(err, conn.ErrGone) {
		t.Errorf("whoever reads is told %v", err)
	}
	bustest.Eventually(t, "there is another link", func() bool { return k.Link() != first && k.Link().Conn().IsConnected() })
	if _, err := k.Link().Stream(t.Context(), topology.Messages.Name); err != nil {
		t.Errorf("on the next link: %v", err)
	}
	select {
	case <-k.Done():
		t.Error("the keeper has given up")
	default:
	}
}

// Close is for good: the link goes, and none follows.
func TestAClosedKeeperMakesNoOtherLink(t *testing.T) {
	t.Parallel()
	k, err := keep(t, bustest.StartEmpty(t).URL(), false)
	if err != nil {
		t.Fatal(err)
	}
	l := k.Link()
	k.Close(t.Context())
	k.Close(t.Context())
	<-k.Done()
	<-l.Gone()
	if k.Link() != l {
		t.Error("another link was made")
	}
}

// A broker that is away is an error for who does not wait, and for who waits a link that connects later.
func TestABrokerThatIsAway(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, stop := bustest.StartIn(t, dir)
	line := s.Line(t)
	stop()
	if _, err := keep(t, line.URL(), false); err == nil {
		t.Error("it is said to be there")
	}
	k, err := keep(t, line.URL(), true)
	if err != nil {
		t.Fatal(err)
	}
	if k.Link() == nil || k.Link().Conn().IsConnected() {
		t.Error("a link to nobody")
	}
}

// A name that the broker cannot have does not reach it: it would end the connection, which is everybody's.
func TestNamesAreLookedAtFirst(t *testing.T) {
	t.Parallel()
	k, err := keep(t, bustest.StartEmpty(t).URL(), false)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := k.Link().Stream(ctx, "a b\r\n"); !errors.Is(err, valid.ErrName) {
		t.Errorf("a stream: %v", err)
	}
	if _, err := k.Link().KeyValue(ctx, "a.b"); !errors.Is(err, valid.ErrName) {
		t.Errorf("a bucket: %v", err)
	}
	if _, err := k.Link().Stream(ctx, "NONE"); !errors.Is(err, jetstream.ErrStreamNotFound) {
		t.Errorf("a stream that is not there: %v", err)
	}
}
