package ledger

import (
	"bytes"
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/pause"
	"github.com/bonychat/puente/services/puente/ledger/history"
)

// TestABridgeOfSomebodyElse is judged as one of the ledger's own: here too repeats at a kill are excused, and a hand-over loses,
// doubles and refuses nothing.
func TestABridgeOfSomebodyElse(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), hangs)
	defer cancel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Messages: 200, Contacts: 8, Channels: 2, Seed: 3}
	somebodys := o
	somebodys.Layout, somebodys.Program = Services, build(t)
	f, err := newFleet(somebodys, t.TempDir(), listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer f.guard.Close()
	defer f.kill()
	var table bytes.Buffer
	v, err := Watch(ctx, o, Bridge{Public: f.public, Broker: func() (*bus.Bus, error) { return bus.Connect(f.nats, bus.Options{Name: "test"}) }}, listener,
		func(ctx context.Context, s *Session) error {
			if err := f.start(ctx); err != nil {
				return err
			}
			var wg sync.WaitGroup
			wg.Go(func() { s.Drive(ctx, 10*time.Second) })
			_ = pause.For(ctx, 2*time.Second)
			for _, p := range f.services[2:] { // the two of ingress are found by no balancer while they are away
				name, _, _ := p.Run()
				over := s.Disrupt(history.Roll, name)
				if err := p.End(); err != nil {
					return err
				}
				if err := p.Start(f.program); err != nil {
					return err
				}
				if err := p.Await(ctx); err != nil {
					return err
				}
				over()
			}
			wg.Wait()
			for _, why := range s.Unreached() {
				t.Error(why)
			}
			return nil
		}, &table)
	t.Log(table.String())
	if err != nil {
		t.Fatal(err)
	}
	for _, broken := range v.Broken {
		t.Error(broken)
	}
	if v.Disruptions[history.Roll] != len(f.services)-2 {
		t.Errorf("%d hand-overs are in the history", v.Disruptions[history.Roll])
	}
}

func TestWhoWatchesDoesNothingToProcesses(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{
		{Messages: 2, Contacts: 1, Channels: 1, Layout: AllInOne}, {Messages: 2, Contacts: 1, Channels: 1, Kills: 1}, {Messages: 2, Contacts: 1, Channels: 1, Nodes: 1},
	} {
		if _, err := Watch(t.Context(), o, Bridge{}, nil, nil, nil); err == nil {
			t.Errorf("%+v is taken", o)
		}
	}
}
