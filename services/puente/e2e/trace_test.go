package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bonychat/puente/pkg/bus"
	"github.com/bonychat/puente/pkg/bus/bustest"
	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/directory"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/runtime"
	"github.com/bonychat/puente/pkg/service"
	"github.com/bonychat/puente/pkg/shard/shardtest"
	"github.com/bonychat/puente/pkg/telemetry"
	"github.com/bonychat/puente/pkg/topology"
	"github.com/bonychat/puente/services/egress/bonychat"
	"github.com/bonychat/puente/services/egress/telegram"
	"github.com/bonychat/puente/services/egress/telegram/telegramtest"
	"github.com/bonychat/puente/services/ingress"
	"github.com/bonychat/puente/services/translator"

	journalv1 "github.com/bonychat/puente/proto/gen/puente/journal/v1"
)

// tracedBridge is every service in this process, each with its own connection and tracer.
type tracedBridge struct {
	*bridge
	spans *telemetry.Recorder
	bus   *bus.Bus
}

func newTracedBridge(t *testing.T) *tracedBridge {
	t.Helper()
	server := bustest.Start(t, "telegram")
	b := &tracedBridge{bridge: &bridge{a: telegramtest.NewServer(botA)}, spans: telemetry.NewRecorder(), bus: server.Connect("test")}
	t.Cleanup(b.a.Close)
	b.platform = newPlatform(t, map[string]string{"A": tokenA})
	object := func(fields map[string]string) json.RawMessage { data, _ := json.Marshal(fields); return data }
	if err := directory.Fill(t.Context(), b.bus, []directory.Entry{{
		Channel:  directory.Channel{ID: "A", Network: "telegram", ContactID: "custom"},
		Account:  object(map[string]string{"token": botA, "secret_token": secretA, "api": b.a.URL}),
		Platform: object(map[string]string{"webhook_url": b.platform.URL + "/A", "api_token": tokenA}),
		Verifies: []string{"secret_token"},
	}}); err != nil {
		t.Fatal(err)
	}

	log := slog.New(slog.DiscardHandler)
	tracer := b.spans.Service("ingress").Tracer()
	in := ingress.New(ingress.Options{Bus: server.ConnectTraced("ingress", tracer), Log: log, Tracer: tracer})
	public := httptest.NewServer(in)
	b.program = &program{t: t, url: public.URL}

	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	run := func(f func() error) {
		running.Go(func() {
			if err := f(); err != nil {
				t.Error(err)
			}
		})
	}
	run(func() error { return in.Follow(ctx) })
	eventually(t, "the channels are known", func() bool { // until then their tokens are wrong ones
		select {
		case <-in.Loaded():
			return true
		default:
			return false
		}
	})
	tracer = b.spans.Service("translator").Tracer()
	connected := server.ConnectTraced("translator", tracer)
	env := service.Env{Bus: connected, Shards: shardtest.Sole(connected), Log: log, Tracer: tracer, Started: func() {}}
	run(func() error { return translator.Run(ctx, env) })
	for _, d := range []provider.Driver{telegram.Network, bonychat.Platform} {
		name := runtime.ServiceName(d)
		tracer := b.spans.Service(name).Tracer()
		connected := server.ConnectTraced(name, tracer)
		env := runtime.Environment{Bus: connected, Shards: shardtest.Sole(connected), Log: log, Tracer: tracer, PublicURL: public.URL}
		run(func() error { return runtime.Run(ctx, d, env) })
	}
	t.Cleanup(func() { public.Close(); in.Close(); cancel(); running.Wait() }) // before the connections are closed
	hook := public.URL + "/webhooks/telegram/A"
	eventually(t, "the network has declared itself", func() bool { // until then its calls are answered 503
		resp, err := http.Post(hook, "application/json", nil)
		if err != nil {
			return false
		}
		_ = resp.Body.Close()
		return resp.StatusCode != http.StatusServiceUnavailable
	})
	b.a.Register(telegramtest.Webhook{URL: hook, SecretToken: secretA})
	return b
}

// span is a span as the test looks at it.
type span struct {
	name, service, trace, id, parent string
	attributes                       map[string]string
	all                              string // everything that leaves the process
}

func (b *tracedBridge) all() []span {
	var all []span
	for _, s := range b.spans.Ended() {
		out := span{
			name: s.Name(), trace: s.SpanContext().TraceID().String(), id: s.SpanContext().SpanID().String(), attributes: map[string]string{},
			all: fmt.Sprint(s.Name(), s.Attributes(), s.Events(), s.Links(), s.Status(), s.Resource(), s.SpanContext().TraceState()),
		}
		if s.Parent().IsValid() {
			out.parent = s.Parent().SpanID().String()
		}
		for _, a := range append(s.Attributes(), s.Resource().Attributes()...) {
			out.attributes[string(a.Key)] = a.Value.Emit()
		}
		out.service = out.attributes["service.name"]
		all = append(all, out)
	}
	return all
}

// trace waits for the trace whose root has this name to have these hops, in any order, and looks at each of its spans.
func (b *tracedBridge) trace(t *testing.T, root string, want ...string) (id string) {
	t.Helper()
	slices.Sort(want)
	var spans []span
	hops := func() (hops []string) {
		all := b.all()
		for _, s := range all {
			if s.parent == "" && s.service+": "+s.name == root {
				id = s.trace
			}
		}
		spans = slices.DeleteFunc(all, func(s span) bool { return s.trace != id })
		for _, s := range spans {
			hops = append(hops, s.service+": "+s.name)
		}
		slices.Sort(hops)
		return slices.Compact(hops) // what was asked to come back later has a span for each time
	}
	for deadline := time.Now().Add(20 * time.Second); !cmp.Equal(want, hops()) && time.Now().Before(deadline); {
		time.Sleep(20 * time.Millisecond)
	}
	if diff := cmp.Diff(want, hops()); diff != "" {
		t.Fatalf("the hops of %s (-want +got):\n%s", root, diff)
	}
	known, roots := map[string]bool{}, 0
	for _, s := range spans {
		known[s.id] = true
	}
	for _, s := range spans {
		if s.parent == "" {
			roots++
		} else if !known[s.parent] {
			t.Errorf("%s: %s has a parent that nobody knows", s.service, s.name)
		}
		s.messaging(t)
	}
	if roots != 1 {
		t.Errorf("%d roots", roots)
	}
	return id
}

// messaging checks the attributes of a hop.
// https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
func (s span) messaging(t *testing.T) {
	t.Helper()
	if s.attributes["puente.network"] != "telegram" || s.attributes["puente.channel"] != "A" {
		t.Errorf("%s: %s is about %q, %q", s.service, s.name, s.attributes["puente.network"], s.attributes["puente.channel"])
	}
	verb, stream, _ := strings.Cut(s.name, " ")
	if stream == "" || strings.HasPrefix(stream, "/") {
		return // a call over HTTP
	}
	kind := "process"
	if verb == "publish" {
		kind = "send"
	}
	got := map[string]string{}
	for _, key := range []string{"messaging.system", "messaging.operation.name", "messaging.operation.type", "messaging.destination.name"} {
		got[key] = s.attributes[key]
	}
	if s.attributes["messaging.message.id"] == "" {
		t.Errorf("%s: %s names no message", s.service, s.name)
	}
	if diff := cmp.Diff(map[string]string{
		"messaging.system": "nats", "messaging.operation.name": verb, "messaging.operation.type": kind, "messaging.destination.name": stream,
	}, got); diff != "" {
		t.Errorf("%s: %s:\n%s", s.service, s.name, diff)
	}
}

// names checks that every span of a trace names its message, but those of a call that has not been read yet.
func (b *tracedBridge) names(t *testing.T, trace, mID string, unread ...string) {
	t.Helper()
	for _, s := range b.all() {
		want := mID
		if slices.Contains(unread, s.name) {
			want = ""
		}
		if got := s.attributes["puente.message_id"]; s.trace == trace && got != want {
			t.Errorf("%s: %s is about the message %q, want %q", s.service, s.name, got, want)
		}
	}
}

func TestOneTraceFollowsAMessageEachWay(t *testing.T) {
	t.Parallel()
	b := newTracedBridge(t)
	const contact = 987654321
	mID := b.sendText(tokenA, "A", contact, marker)
	eventually(t, "sent", func() bool {
		return slices.Equal(b.platform.statuses(mID), []customchannel.StatusValue{customchannel.StatusSent})
	})
	out := b.trace(t, "ingress: POST /message",
		"ingress: POST /message", "ingress: publish MESSAGES",
		"translator: translate MESSAGES", "translator: publish EGRESS_telegram",
		"egress-telegram: send EGRESS_telegram", "egress-telegram: POST", "egress-telegram: publish OUTCOMES_telegram",
		"translator: record OUTCOMES_telegram", "translator: publish EGRESS_bonychat",
		"egress-bonychat: send EGRESS_bonychat", "egress-bonychat: POST", "egress-bonychat: publish OUTCOMES_bonychat",
	)
	var last journalv1.Entry
	if _, err := b.bus.Read(t.Context(), topology.JournalSubject("telegram", "A"), &last); err != nil || last.GetId() != mID || last.GetTraceId() != out {
		t.Errorf("the journal does not name the trace %s: %v, %v", out, &last, err)
	}

	b.names(t, out, mID)

	b.deliver(b.a, b.a.Text(contact, marker))
	eventually(t, "heard", func() bool { return len(b.platform.messages("A", fmt.Sprint(contact))) == 1 })
	in := b.trace(t, "ingress: POST /webhooks/{network}/{channel}",
		"ingress: POST /webhooks/{network}/{channel}", "ingress: publish WEBHOOKS_telegram",
		"egress-telegram: receive WEBHOOKS_telegram", "egress-telegram: publish MESSAGES",
		"translator: translate MESSAGES", "translator: publish EGRESS_bonychat",
		"egress-bonychat: send EGRESS_bonychat", "egress-bonychat: POST", "egress-bonychat: publish OUTCOMES_bonychat",
		"translator: record OUTCOMES_bonychat",
	)

	b.names(t, in, b.platform.messages("A", fmt.Sprint(contact))[0].MID, "POST /webhooks/{network}/{channel}", "publish WEBHOOKS_telegram")

	for _, s := range b.all() {
		for _, private := range []string{marker, fmt.Sprint(contact), tokenA, botA, secretA, "Test"} {
			if strings.Contains(s.all, private) {
				t.Errorf("%s: %s holds %q: %s", s.service, s.name, private, s.all)
			}
		}
	}
}
