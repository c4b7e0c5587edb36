package runtime_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/config"
	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/provider/runtime"
	serving "github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/pkg/shard/shardtest"
)

func TestANetworkDeclaresItself(t *testing.T) {
	t.Parallel()
	n := courier(idle)
	w := start(t, n)
	var got provider.Description
	if err := directory.Declaration(t.Context(), w.bus, network, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(n.Describe(), got); diff != "" {
		t.Error(diff)
	}
}

func TestANetworkServesItsOwnChannels(t *testing.T) {
	t.Parallel()
	n := courier(nil)
	opened := make(chan string, 2)
	n.Open = func(a courierAccount, h provider.Host) (provider.Sender, error) {
		opened <- a.Key.Reveal()
		// its own address is exempt from the guard: nobody listens there, which is no refusal
		_, err := h.Client.Do(context.Background(), httpclient.Request{URL: a.URL, Guarded: true, Told: true})
		if outcome.Classify(err).Class != result.Retry {
			return nil, err
		}
		return idle, nil
	}
	start(t, n)
	if len(opened) != 1 || <-opened != token {
		t.Errorf("%d channels opened", len(opened)+1)
	}
}

// checked is a sender of two abilities, of which one may be left out of the declaration.
type checked struct{ setter }

func (*checked) Check(context.Context) error { return nil }

func TestWhatIsWrongAtTheStartIsSaid(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, network)
	b := s.Connect(service)
	if err := directory.Fill(t.Context(), b, []directory.Entry{{
		Channel: directory.Channel{ID: channel, Network: network}, Account: json.RawMessage(`{"key":"` + token + `"}`), Platform: json.RawMessage(`{}`),
	}}); err != nil {
		t.Fatal(err)
	}
	badName, badPolicy, able := courier(idle), courier(idle), courier(&checked{})
	able.Abilities.Setter = nil
	badName.Name = "Two Words"
	policy := *badPolicy.Webhook
	policy.MaxBody = -1
	badPolicy.Webhook = &policy
	for want, n := range map[string]provider.Driver{
		`network name "Two Words"`: badName, "max_body": badPolicy, "is a Setter, and the network does not declare it": able,
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		err := runtime.Run(ctx, n, runtime.Environment{Bus: b, Shards: shardtest.Sole(b), Log: slog.New(slog.DiscardHandler)})
		cancel()
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), token) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// A service of a network that has no channels yet waits; it does not end.
func TestAServiceWithoutChannelsWaits(t *testing.T) {
	t.Parallel()
	s := bustest.Start(t, network)
	if err := directory.Fill(t.Context(), s.Connect("puente"), nil); err != nil {
		t.Fatal(err)
	}
	n := courier(idle)
	ctx, cancel := context.WithCancel(t.Context())
	started, done := make(chan struct{}), make(chan error, 1)
	b := s.Connect(service)
	env := serving.Env{
		Config: &config.Config{PublicURL: publicURL}, Bus: b, Shards: shardtest.Sole(b), Log: slog.New(slog.DiscardHandler), Started: func() { close(started) },
	}
	go func() { done <- runtime.Service(n)(ctx, env) }()
	select {
	case <-started:
	case err := <-done:
		t.Fatalf("it ended: %v", err)
	}
	var d provider.Description
	if err := directory.Declaration(t.Context(), env.Bus, network, &d); err != nil {
		t.Error(err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if got := runtime.ServiceName(n); got != service {
		t.Errorf("%q", got)
	}
}
