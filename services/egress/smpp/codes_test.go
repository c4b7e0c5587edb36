package smpp_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/smpp"
	"github.com/bonychat/puente/services/egress/smpp/internal/pdu"
)

// code is one of several channels of a login.
type code struct {
	*login
	mu    sync.Mutex
	heard []provider.Heard
	full  error // why nothing more is stored
}

// codes opens a channel for each account, which has a source of its own.
func codes(t *testing.T, l *login, accounts ...string) (all []*code) {
	t.Helper()
	shared := &provider.Shared{}
	var configured []json.RawMessage
	for _, account := range accounts {
		raw := json.RawMessage(`{"url": "smpp://127.0.0.1:2775", "system_id": "acme", "password": "s3cret", ` + account + `}`)
		configured = append(configured, raw)
		bound, err := smpp.Network.Bind(raw)
		if err != nil {
			t.Fatal(err)
		}
		sender, err := bound.Open(provider.Host{Client: l.client, Shared: shared})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, &code{login: &login{sender: sender}})
	}
	shared.Configure(configured...)
	return all
}

func (c *code) store(_ context.Context, _ string, heard ...provider.Heard) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.full == nil {
		c.heard = append(c.heard, heard...)
	}
	return c.full
}

// texts are what it heard, as it is shown: a message, a receipt, or why it cannot be read.
func (c *code) texts(t *testing.T) (all []string) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, h := range c.heard {
		events, err := receive(t, h)
		switch {
		case err != nil || len(events) != 1:
			t.Fatalf("%+v, %v", events, err)
		case events[0].Receipt != nil:
			all = append(all, "receipt "+events[0].Receipt.Ref)
		case events[0].Unreadable != "":
			all = append(all, events[0].Unreadable)
		default:
			all = append(all, events[0].Content.GetText().GetBody())
		}
	}
	return all
}

// deliver delivers to an address over a connection, and returns how it was answered.
func (l *login) deliver(t *testing.T, conn int, number uint32, m pdu.Message) pdu.Status {
	t.Helper()
	m.Source = from
	return l.deliverBody(t, conn, number, m.Bytes())
}

func (l *login) deliverBody(t *testing.T, conn int, number uint32, body []byte) pdu.Status {
	t.Helper()
	l.mu.Lock()
	c, before := l.conns[conn], len(l.seen)
	l.mu.Unlock()
	if _, err := c.Write((pdu.PDU{Command: pdu.DeliverSM, Sequence: number, Body: body}).Bytes()); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.seen[before:] {
		if p.Command == pdu.DeliverSM.Response() && p.Sequence == number {
			return p.Status
		}
	}
	t.Fatalf("deliver_sm %d is not answered", number)
	return 0
}

func (l *login) count(command string) int {
	return len(slices.DeleteFunc(l.commands(), func(c string) bool { return c != command }))
}

func to(number string) pdu.Address { return pdu.Address{TON: 3, Number: number} }

func receiptOf(id string, to pdu.Address) pdu.Message {
	return pdu.Message{Destination: to, ESMClass: pdu.TypeReceipt, Short: []byte("id:" + id + " sub:001 dlvrd:001 submit date:2611290500 done date:2611290500 stat:DELIVRD err:000 text:")}
}

// Two channels of one login share its bind: each sends from its source and hears what is to it, and the bind ends with the last.
func TestSeveralCodesHaveOneBind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := dial(t, nil)
		all := codes(t, l, `"source": "62626"`, `"source": "62627"`)
		a, b := all[0], all[1]
		endA, endB := a.listen(t, a.store), b.listen(t, b.store)
		for i, m := range []pdu.Message{
			{Destination: to("62627"), Short: []byte("to b")}, {Destination: to("62626"), Short: []byte("to a")},
			receiptOf("7", to("62627")), receiptOf("8", to("62626")),
		} {
			if got := l.deliver(t, 0, uint32(i+1), m); got != pdu.OK {
				t.Errorf("%d is answered %s", i, got)
			}
		}
		for _, c := range all {
			if _, err := c.send(t.Context(), "m1", "hola"); err != nil {
				t.Error(err)
			}
		}
		if err := endA(); err != nil {
			t.Errorf("Listen: %v", err)
		}
		if got := l.deliver(t, 0, 5, pdu.Message{Destination: to("62626"), Short: []byte("too late")}); got != pdu.TemporaryError {
			t.Errorf("what is to a channel that does not listen is answered %s", got)
		}
		if got := l.deliver(t, 0, 6, pdu.Message{Destination: to("62627"), Short: []byte("still")}); got != pdu.OK {
			t.Errorf("the other's is answered %s", got)
		}
		if _, err := b.send(t.Context(), "m2", "hola"); err != nil {
			t.Error(err)
		}
		if n := l.count("unbind"); n != 0 {
			t.Error("the bind ended with the first channel")
		}
		if err := endB(); err != nil {
			t.Errorf("Listen: %v", err)
		}
		if binds, unbinds := l.count("bind_transceiver"), l.count("unbind"); binds != 1 || unbinds != 1 {
			t.Errorf("%d binds and %d unbinds, want 1", binds, unbinds)
		}
		if got, want := a.texts(t), []string{"to a", "receipt 8"}; !slices.Equal(got, want) {
			t.Errorf("a heard %q, want %q", got, want)
		}
		if got, want := b.texts(t), []string{"to b", "receipt 7", "still"}; !slices.Equal(got, want) {
			t.Errorf("b heard %q, want %q", got, want)
		}
		if got, want := l.sources(t), []string{"62626", "62627", "62627"}; !slices.Equal(got, want) {
			t.Errorf("messages are from %q, want %q", got, want)
		}
	})
}

// sources are whom messages were from.
func (l *login) sources(t *testing.T) (all []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.seen {
		if p.Command == pdu.SubmitSM {
			m, err := pdu.ParseMessage(p.Body)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, m.Source.Number)
		}
	}
	return all
}

// What is to a channel that does not listen yet comes again; what is to none is one dead letter; a receipt that does not say whose it is
// goes to whoever may have sent.
func TestWhatNoListenerIsFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := dial(t, nil)
		all := codes(t, l, `"source": "62626"`, `"source": "+34600000001"`, `"source": "ACME"`)
		a, b, c := all[0], all[1], all[2]
		endA, endB := a.listen(t, a.store), b.listen(t, b.store)
		n := uint32(0)
		deliver := func(want pdu.Status, m pdu.Message) {
			t.Helper()
			n++
			if got := l.deliver(t, 0, n, m); got != want {
				t.Errorf("%d is answered %s, want %s", n, got, want)
			}
		}
		deliver(pdu.OK, pdu.Message{Destination: pdu.Address{TON: 1, NPI: 1, Number: "34600000001"}, Short: []byte("international")})
		deliver(pdu.OK, pdu.Message{Destination: pdu.Address{TON: 0, NPI: 1, Number: "+34600000001"}, Short: []byte("with a plus")})
		deliver(pdu.TemporaryError, receiptOf("1", to("Acme")))
		deliver(pdu.TemporaryError, receiptOf("2", pdu.Address{}))
		deliver(pdu.OK, pdu.Message{Destination: to("99999"), Short: []byte("to nobody")})
		deliver(pdu.OK, pdu.Message{Destination: to("99999"), ESMClass: pdu.HasUDH, Short: []byte("\x05\x00\x03\x07\x02\x01part")})
		n++
		if got := l.deliverBody(t, 0, n, []byte{0, 1, 1, '3', '4'}); got != pdu.OK {
			t.Errorf("what cannot be read is answered %s", got)
		}
		endC := c.listen(t, c.store)
		deliver(pdu.OK, receiptOf("1", to("Acme")))
		deliver(pdu.OK, receiptOf("2", pdu.Address{}))
		for _, end := range []func() error{endA, endB, endC} {
			if err := end(); err != nil {
				t.Errorf("Listen: %v", err)
			}
		}
		nobody := "a deliver_sm is to the number of no channel of its login"
		for i, want := range [][]string{{nobody, nobody, "a deliver_sm breaks off", "receipt 2"}, {"international", "with a plus", "receipt 2"}, {"receipt 1", "receipt 2"}} {
			if got := all[i].texts(t); !slices.Equal(got, want) {
				t.Errorf("%d heard %q, want %q", i, got, want)
			}
		}
	})
}

// Where settings of the bind differ, each has its own; what comes by one goes to its channel all the same.
func TestOtherTermsHaveABindOfTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := dial(t, nil)
		all := codes(t, l, `"source": "62626"`, `"source": "62627", "window": 3`)
		endA, endB := all[0].listen(t, all[0].store), all[1].listen(t, all[1].store)
		if n := l.count("bind_transceiver"); n != 2 {
			t.Fatalf("%d binds, want 2", n)
		}
		for conn := range 2 { // with the same number: it is another message
			if got := l.deliver(t, conn, 1, pdu.Message{Destination: to("62627"), Short: fmt.Append(nil, "by ", conn)}); got != pdu.OK {
				t.Errorf("answered %s", got)
			}
		}
		if err := errors.Join(endA(), endB()); err != nil {
			t.Error(err)
		}
		if got, want := all[1].texts(t), []string{"by 0", "by 1"}; !slices.Equal(got, want) || all[1].heard[0].Key == all[1].heard[1].Key {
			t.Errorf("heard %q with keys %q and %q", got, all[1].heard[0].Key, all[1].heard[1].Key)
		}
	})
}

// A channel whose messages cannot be stored leaves the bind to the other.
func TestWhatOneCannotStoreDoesNotDisturbTheOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := dial(t, nil)
		all := codes(t, l, `"source": "62626"`, `"source": "62627"`)
		a, b := all[0], all[1]
		a.full = errors.New("full")
		endA, endB := a.listen(t, a.store), b.listen(t, b.store)
		for i, want := range []pdu.Status{pdu.TemporaryError, pdu.TemporaryError, pdu.OK} {
			if got := l.deliver(t, 0, uint32(i+1), pdu.Message{Destination: to([]string{"62626", "62626", "62627"}[i]), Short: []byte("hola")}); got != want {
				t.Errorf("%d is answered %s, want %s", i, got, want)
			}
		}
		if err := endA(); !errors.Is(err, a.full) {
			t.Errorf("Listen: %v", err)
		}
		a.full = nil
		endA = a.listen(t, a.store)
		if got := l.deliver(t, 0, 4, pdu.Message{Destination: to("62626"), Short: []byte("hola")}); got != pdu.OK {
			t.Errorf("answered %s", got)
		}
		if n := l.count("bind_transceiver"); n != 1 {
			t.Errorf("%d binds, want 1", n)
		}
		if err := errors.Join(endA(), endB()); err != nil {
			t.Error(err)
		}
	})
}
