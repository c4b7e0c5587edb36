package clicksendtest_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/providertest/sendertest"
	"github.com/bonychat/puente/pkg/provider/providertest/standin"
	"github.com/bonychat/puente/pkg/webhook"

	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/clicksend"
	"github.com/bonychat/puente/services/egress/clicksend/clicksendtest"
)

// ear is a store that remembers what it read, and fails as it is told.
type ear struct {
	t      *testing.T
	broken func() bool
	events []provider.Event
	keys   map[string]int
}

var errBroken = errors.New("not stored")

func (e *ear) store(_ context.Context, cursor string, heard ...provider.Heard) error {
	if e.broken != nil && e.broken() {
		return errBroken
	}
	if cursor != "" {
		e.t.Errorf("cursor %q", cursor)
	}
	for _, h := range heard {
		events, err := sendertest.Receive(clicksend.Network, []byte("{}"), webhook.Call{Body: h.Body})
		if err != nil {
			e.t.Errorf("what was heard as %q: %v", h.Key, err)
		}
		if e.keys[h.Key]++; e.keys[h.Key] == 1 { // what comes again is dropped by its key
			e.events = append(e.events, events...)
		}
	}
	return nil
}

// until polls until a condition holds, or the network gives up.
func (e *ear) until(s provider.Sender, over func() bool) error {
	ctx, cancel := context.WithTimeout(e.t.Context(), 20*time.Second)
	defer cancel()
	var mu sync.Mutex
	locked := func() bool { mu.Lock(); defer mu.Unlock(); return over() }
	done := make(chan error, 1)
	go func() {
		done <- s.(provider.Listener).Listen(ctx, "", func(ctx context.Context, cursor string, heard ...provider.Heard) error {
			mu.Lock()
			defer mu.Unlock()
			return e.store(ctx, cursor, heard...)
		})
	}()
	for {
		select {
		case err := <-done:
			if err == nil && !over() {
				err = errors.New("time is over")
			}
			return err
		case <-time.After(time.Millisecond):
			if locked() {
				cancel()
				return <-done
			}
		}
	}
}

func newEar(t *testing.T) *ear { return &ear{t: t, keys: map[string]int{}} }

// poll makes a sender that polls.
func poll(t *testing.T, api *clicksendtest.Server) provider.Sender {
	t.Helper()
	s := open(t, api, `"mode": "poll", "from": "+61411111111"`)
	if l, ok := s.(provider.Listener); !ok || !l.Listens() {
		t.Fatal("does not listen")
	}
	return s
}

func TestWhatComesInIsPolled(t *testing.T) {
	api, sender := start(t)
	const url = "https://bridge.example.com/webhooks/clicksend/channel"
	if _, err := sender.(provider.Setter).Setup(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	polling, e := poll(t, api), newEar(t)
	// a first round turns the rules that push into ones that keep
	ctx, cancel := context.WithCancel(t.Context())
	api.Fail(standin.Fault{Call: "GET /v3/sms/inbound", DropBefore: true}, standin.Fault{Call: "GET /v3/sms/inbound", DropBefore: true})
	if err := polling.(provider.Listener).Listen(ctx, "", e.store); err == nil || outcome.Classify(err).Class != result.Retry {
		t.Fatalf("a lost answer: %v", err)
	}
	cancel()
	inbound, receipts := api.InboundRules(), api.ReceiptRules()
	if len(inbound) != 1 || inbound[0].Action != "POLL" || len(receipts) != 1 || receipts[0].Action != "POLL" {
		t.Fatalf("rules %+v, %+v", inbound, receipts)
	}
	m := text(ana, "¿qué tal?")
	if _, err := polling.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	sent := api.Messages(ana)[0]
	for _, p := range []clicksendtest.Push{api.Write(ana, "uno"), api.Report(sent, 201), api.Write(luis, "dos")} {
		if _, err := api.Deliver(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		api.Pass(1)
	}
	if err := e.until(polling, func() bool { return len(e.events) == 3 }); err != nil {
		t.Fatal(err)
	}
	if e.events[0].Content.GetText().GetBody() != "uno" || e.events[1].Content.GetText().GetBody() != "dos" || e.events[2].Receipt.OwnID != provider.IdempotencyKey(m) {
		t.Errorf("heard %+v", e.events)
	}
	if messages, receipts := api.Unread(); messages != 2 || receipts != 1 {
		t.Errorf("%d messages and %d receipts are unread: they are too new to be marked", messages, receipts)
	}
	api.Pass(1000)
	if _, err := api.Deliver(t.Context(), api.Write(ana, "tres")); err != nil {
		t.Fatal(err)
	}
	if err := e.until(polling, func() bool { return len(e.events) == 4 }); err != nil {
		t.Fatal(err)
	}
	if err := e.until(polling, func() bool { messages, _ := api.Unread(); return messages == 1 }); err != nil {
		t.Fatalf("what was stored is not marked: %v", err)
	}
	if e.keys[e.events[0].Key] < 2 {
		t.Error("what was not marked is not heard again after a restart")
	}
}

// Whatever breaks between the list, the store and the mark, and however long the list is: everything is stored, each
// contact's in order, and nothing is marked before it is stored.
func TestNothingIsMarkedThatIsNotStored(t *testing.T) {
	for _, newestFirst := range []bool{false, true} {
		t.Run(fmt.Sprint("newest first: ", newestFirst), func(t *testing.T) { nothingIsMarked(t, newestFirst) })
	}
}

func nothingIsMarked(t *testing.T, newestFirst bool) {
	const messages = 450
	api, _ := start(t)
	api.NewestFirst(newestFirst)
	polling, e := poll(t, api), newEar(t)
	random := rand.New(rand.NewPCG(1, 2))
	e.broken = func() bool { return random.IntN(3) == 0 }
	if err := e.until(polling, func() bool { return len(api.InboundRules()) == 1 && len(api.ReceiptRules()) == 1 }); err != nil {
		t.Fatal(err)
	}
	for i := range messages {
		if _, err := api.Deliver(t.Context(), api.Write([]string{ana, luis}[i%2], fmt.Sprintf("n%03d", i))); err != nil {
			t.Fatal(err)
		}
		if i%3 == 0 {
			api.Pass(random.Int64N(4))
		}
	}
	for round := 0; len(e.events) < messages; round++ {
		if round > 200 {
			t.Fatalf("%d of %d messages are stored after %d rounds", len(e.events), messages, round)
		}
		switch random.IntN(4) {
		case 0:
			api.Fail(standin.Fault{Call: "PUT /v3/sms/inbound-read", DropAfter: true})
		case 1:
			api.Fail(standin.Fault{Call: "PUT /v3/sms/inbound-read", DropBefore: true})
		case 2:
			api.Fail(standin.Fault{Call: "GET /v3/sms/inbound", Status: 503})
		}
		_ = e.until(polling, func() bool { return len(e.events) == messages })
		unread, _ := api.Unread()
		if unread+len(e.events) < messages {
			t.Fatalf("%d messages are unread and %d stored, of %d", unread, len(e.events), messages)
		}
	}
	last := map[string]string{}
	for _, event := range e.events {
		body := event.Content.GetText().GetBody()
		if from := event.Contact.GetAddress(); body <= last[from] {
			t.Errorf("%s after %s", body, last[from])
		} else {
			last[from] = body
		}
	}
}

// A mode that changes back pushes again by the same rules.
func TestFromPollingToPushing(t *testing.T) {
	api, sender := start(t)
	polling, e := poll(t, api), newEar(t)
	if err := e.until(polling, func() bool { return len(api.InboundRules()) == 1 && len(api.ReceiptRules()) == 1 }); err != nil {
		t.Fatal(err)
	}
	if _, err := sender.(provider.Setter).Setup(t.Context(), "https://bridge.example.com/webhooks/clicksend/channel"); err != nil {
		t.Fatal(err)
	}
	for _, rules := range [][]clicksendtest.Rule{api.InboundRules(), api.ReceiptRules()} {
		if len(rules) != 1 || !slices.ContainsFunc(rules, func(r clicksendtest.Rule) bool { return r.Enabled && r.Action == "URL" }) {
			t.Errorf("rules %+v", rules)
		}
	}
}
