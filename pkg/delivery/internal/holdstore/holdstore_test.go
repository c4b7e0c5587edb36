package holdstore

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/bus/kv"
	"github.com/bonychat/puente/pkg/delivery/internal/gate"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/reason"
	"github.com/bonychat/puente/pkg/topology"
)

const far = "testnet"

// TestAPauseThatIsOverIsToldAndRemoved: told to every process, and removed by the one that sends for the channel.
func TestAPauseThatIsOverIsToldAndRemoved(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, far).Connect("egress-testnet")
	for _, p := range []directory.Pause{
		{Channel: "ours", Until: time.Now().Add(time.Second)}, {Channel: "theirs", Until: time.Now().Add(time.Second)}, {Channel: "lasting"},
	} {
		p.Far, p.Reason = far, "token rotation"
		if err := directory.SetPause(t.Context(), b, p); err != nil {
			t.Fatal(err)
		}
	}
	var mu sync.Mutex
	paused := map[string]bool{}
	is := func(channel string) bool { mu.Lock(); defer mu.Unlock(); return paused[channel] }
	p := NewPauses(b, far, func(channel string, p *directory.Pause) {
		mu.Lock()
		defer mu.Unlock()
		paused[channel] = p != nil
	}, func(channel string) bool { return channel == "ours" })
	var running sync.WaitGroup
	t.Cleanup(running.Wait)
	running.Go(func() { p.Run(t.Context()) })
	<-p.Known()
	if !is("lasting") {
		t.Error("known before all pauses were told")
	}
	stands := func(channel string) bool {
		_, _, err := kv.Open(b, topology.Channels).Get(t.Context(), "pause."+far+"."+channel)
		return !errors.Is(err, bus.ErrNotFound)
	}
	bustest.Eventually(t, "both are over", func() bool { return !is("ours") && !is("theirs") })
	bustest.Eventually(t, "ours is removed", func() bool { return !stands("ours") })
	if !stands("theirs") || !stands("lasting") || !is("lasting") {
		t.Error("more has ended than was over and ours")
	}
	if _, _, err := directory.Resume(t.Context(), b, far, "lasting"); err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "the last is resumed", func() bool { return !is("lasting") })
}

// TestASuspensionIsFoundByTheNextProcess: those of its partition, and one that cannot be read too.
func TestASuspensionIsFoundByTheNextProcess(t *testing.T) {
	t.Parallel()
	b := bustest.Start(t, far).Connect("egress-testnet")
	s := Suspensions{b, far}
	stored := gate.Suspension{Reason: reason.CredentialRefused, Since: time.Now().Round(0), Credentials: "digest"}
	for _, channel := range []string{"A", "B", "resumed"} {
		if err := s.Put(t.Context(), channel, stored); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Delete(t.Context(), "resumed"); err != nil {
		t.Fatal(err)
	}
	if err := kv.Open(b, topology.Channels).Put(t.Context(), s.key("B"), []byte("{")); err != nil {
		t.Fatal(err)
	}
	all := map[string]*gate.Suspension{}
	for _, p := range topology.PartitionsOf(topology.Egress(far)) {
		found, err := s.Of(t.Context(), p.Name)
		if err != nil {
			t.Fatal(err)
		}
		for channel, one := range found {
			if topology.EgressPartition(far, channel) != p.Name {
				t.Errorf("%s is not in %s", channel, p.Name)
			}
			all[channel] = one
		}
	}
	unread, known := all["B"]
	if a := all["A"]; len(all) != 2 || !known || unread != nil || a == nil || a.Credentials != stored.Credentials || !a.Since.Equal(stored.Since) || !a.Reason.Equal(stored.Reason) {
		t.Errorf("found %v", all)
	}
}
