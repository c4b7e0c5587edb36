package smpp

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/smpp/internal/pdu"
)

// Listens implements [provider.Listener]: every account is listened to.
func (s *sender) Listens() bool { return true }

// Listen implements [provider.Listener]. It holds the link, which messages go over as well. The cursor has the parts of long messages that
// still lack others: each part is acknowledged once it stands there.
func (s *sender) Listen(ctx context.Context, cursor string, store provider.Store) error {
	s.become(nil, true, nil)
	l, err := s.connect(ctx)
	if err != nil {
		if ctx.Err() != nil {
			s.become(nil, false, nil)
			return nil
		}
		s.become(nil, false, err)
		return err
	}
	s.become(l, false, nil)
	var asking sync.WaitGroup
	defer asking.Wait()
	defer l.leave()
	defer s.become(nil, false, nil) // first: nothing more is submitted
	e := &ear{link: l, store: store, open: readAssembly(cursor), name: strconv.FormatInt(time.Now().UnixNano(), 36)}
	return e.listen(ctx, &asking)
}

// ear hears from one link.
type ear struct {
	*link
	store provider.Store
	open  assembly
	name  string // of the link: sequence numbers begin anew with each
}

// listen takes what is delivered until the context ends or the link is lost.
func (e *ear) listen(ctx context.Context, asking *sync.WaitGroup) error {
	tick := time.NewTicker(asksEvery)
	defer tick.Stop()
	var astray <-chan pdu.PDU // what comes to a transmitter, where it has no place
	if e.tx != e.rx {
		astray = e.tx.delivered
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case p, ok := <-e.rx.delivered:
			if !ok {
				return outcome.Temporary(lostSession, e.rx.why())
			}
			if err := e.take(ctx, e.rx, p); err != nil {
				return err
			}
		case p, ok := <-astray:
			if !ok {
				return outcome.Temporary(lostSession, e.tx.why())
			}
			if err := e.take(ctx, e.tx, p); err != nil {
				return err
			}
		case <-e.tx.lost:
			// what was delivered before cannot be answered any more, and comes again
			return outcome.Temporary(lostSession, e.tx.why())
		case <-tick.C:
			asking.Go(func() { e.tx.enquire(ctx) })
			if e.tx != e.rx {
				asking.Go(func() { e.rx.enquire(ctx) })
			}
			if err := e.giveUp(ctx); err != nil {
				return err
			}
		}
	}
}

// take stores one deliver_sm and acknowledges it where it came. What cannot be stored is refused for now, and ends the session.
func (e *ear) take(ctx context.Context, from *session, p pdu.PDU) error {
	select {
	case <-from.lost: // it cannot be answered any more, and comes again
		return outcome.Temporary(lostSession, from.why())
	default:
	}
	name := e.name
	if from != e.rx { // it has numbers of its own
		name += "t"
	}
	h, cursor := hear(p, name), ""
	all := []provider.Heard{h.call()}
	if h.Part != nil {
		all = calls(e.open.add(h, time.Now()))
		cursor = e.open.cursor()
	}
	if err := e.store(ctx, cursor, all...); err != nil {
		_ = from.answer(p, pdu.TemporaryError, pdu.Answer{}.Bytes())
		return err
	}
	if err := from.answer(p, pdu.OK, pdu.Answer{}.Bytes()); err != nil {
		return outcome.Temporary(lostSession, err)
	}
	return nil
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
