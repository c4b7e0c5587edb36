package smpp

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/services/egress/smpp/internal/pdu"
)

// Listens implements [provider.Listener]: every account is listened to.
func (s *sender) Listens() bool { return true }

// Listen implements [provider.Listener]. It holds the link of its login together with the other channels that listen by it; messages go
// over it as well. The cursor has the parts of long messages that still lack others: each part is acknowledged once it stands there.
func (s *sender) Listen(ctx context.Context, cursor string, store provider.Store) error {
	e := &ear{sender: s, store: store, open: readAssembly(cursor), in: make(chan handed), gone: make(chan struct{})}
	if !s.login.join(ctx, e) {
		return nil
	}
	defer s.login.part(ctx, e)
	return e.listen(ctx)
}

// ear is one channel that listens.
type ear struct {
	*sender
	hold  *hold // that it has joined, which does not change then
	store provider.Store
	open  assembly
	in    chan handed
	gone  chan struct{} // closed when it listens no more
}

// handed is what was heard, and where to say what became of it. That has room for one.
type handed struct {
	heard heard
	done  chan error
}

// hand has the ear store what was heard, and says whether it did.
func (e *ear) hand(ctx context.Context, h heard) bool {
	done := make(chan error, 1)
	select {
	case e.in <- handed{h, done}:
	case <-e.gone:
		return false
	case <-ctx.Done():
		return false
	}
	// what it has begun it ends, also where it is told to end
	select {
	case err := <-done:
		return err == nil
	case <-e.gone:
	}
	select {
	case err := <-done:
		return err == nil
	default:
		return false
	}
}

// listen takes what is delivered to the channel until the context ends or the link is lost.
func (e *ear) listen(ctx context.Context) error {
	tick := time.NewTicker(asksEvery)
	defer tick.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return nil
		case <-e.hold.over:
			return e.hold.err
		case one := <-e.in:
			err = e.take(ctx, one.heard)
			one.done <- err
		case <-tick.C:
			err = e.giveUp(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// take stores what was heard. What cannot be stored ends the Listen.
func (e *ear) take(ctx context.Context, h heard) error {
	cursor, all := "", []provider.Heard{h.call()}
	if h.Part != nil {
		all = calls(e.open.add(h, time.Now()))
		cursor = e.open.cursor()
	}
	return e.store(ctx, cursor, all...)
}

// giveUp stores what has waited too long for its other parts as it is.
func (e *ear) giveUp(ctx context.Context) error {
	late := e.open.late(time.Now())
	if len(late) == 0 {
		return nil
	}
	return e.store(ctx, e.open.cursor(), calls(late)...)
}

func calls(all []heard) (out []provider.Heard) {
	for _, h := range all {
		out = append(out, h.call())
	}
	return out
}

// heard is a deliver_sm, or several that are one message, as it is stored: what Receive reads. Octets are kept as they came, so that another
// setting of the account reads them anew.
type heard struct {
	Key         string  `json:"key"`
	From        address `json:"from,omitzero"`
	To          address `json:"to,omitzero"`
	Class       byte    `json:"esm_class,omitempty"`
	Texts       []piece `json:"texts,omitempty"`
	ReceiptedID string  `json:"receipted_message_id,omitempty"`
	State       int     `json:"message_state,omitempty"`
	// Unread is the body of a PDU that cannot be taken apart.
	Unread []byte `json:"unread,omitempty"`
	// Astray says that it is to none of the login's channels.
	Astray bool `json:"astray,omitempty"`
	// Part is which part of a long message it is, nil for a whole one.
	Part *part `json:"part,omitempty"`
}

type address struct {
	TON    byte   `json:"ton"`
	NPI    byte   `json:"npi"`
	Number string `json:"number"`
}

// piece are octets of a text, and what they are encoded in. A piece that is missing has no octets and says so.
type piece struct {
	Coding  byte   `json:"data_coding"`
	Octets  []byte `json:"octets,omitempty"`
	Missing bool   `json:"missing,omitempty"`
}

// call is what is stored.
func (h heard) call() provider.Heard {
	body, err := json.Marshal(h)
	if err != nil {
		body = nil // strings and numbers: it cannot fail
	}
	return provider.Heard{Key: h.Key, Body: body}
}

// hear takes a deliver_sm apart (4.6). A message has no name of its own: it is called by its session and its number there. A receipt is called
// by what it says.
func hear(p pdu.PDU, session string) heard {
	h := heard{Key: fmt.Sprintf("%s-%d", session, p.Sequence)}
	m, err := pdu.ParseMessage(p.Body)
	if err != nil {
		h.Unread = p.Body
		return h
	}
	h.From, h.To, h.Class = address(m.Source), address(m.Destination), m.ESMClass
	h.ReceiptedID = m.TLVs.Text(pdu.ReceiptedMessageID)
	h.State, _ = m.TLVs.Number(pdu.MessageState)
	octets := m.Text()
	if h.isReceipt() {
		h.Texts = []piece{{m.DataCoding, octets, false}}
		if r := h.receipt(); r.id != "" {
			h.Key = fmt.Sprintf("receipt:%s:%s:%s", r.id, r.word, r.done)
		}
		return h
	}
	h.Part, octets = partOf(m, octets)
	h.Texts = []piece{{m.DataCoding, octets, false}}
	return h
}
