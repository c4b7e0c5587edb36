package xmpp

import (
	"context"
	"errors"
	"fmt"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/xmpp/internal/stanza"
)

// stableID is the namespace of https://xmpp.org/extensions/xep-0359.html
const stableID = "urn:xmpp:sid:0"

// Send implements [provider.Sender]. A message is sent when the server has read it: a fence behind it has come back, and no refusal
// came before. A stream that is lost between leaves it open, until a receipt tells.
func (s *sender) Send(ctx context.Context, m *messagev1.Message) (sent provider.Sent, err error) {
	to := m.GetContact().GetAddress()
	if !isJID(to) {
		return sent, outcome.Reject(noAddress, errors.New("not a JID"))
	}
	var words, link string
	switch k := m.GetContent().GetKind().(type) {
	case *messagev1.Content_Text:
		if words = k.Text.GetBody(); strings.TrimSpace(words) == "" {
			return sent, outcome.Reject(empty, nil)
		}
	case *messagev1.Content_Attachment:
		if link, err = s.file(ctx, k.Attachment); err != nil {
			return sent, err
		}
		words = link // apps show the file where the text is its address and nothing else
	default:
		return sent, outcome.Reject(unknownContent, fmt.Errorf("content %T", k))
	}
	on, err := s.current(ctx)
	if err != nil {
		return sent, err
	}
	id := provider.IdempotencyKey(m)
	e := stanza.New(stanza.Content, "message", "type", "chat", "from", s.account.Address, "to", to, "id", id).With(
		stanza.New(stanza.Content, "body").Saying(words))
	if link != "" {
		e.With(stanza.New(oobSpace, "x").With(stanza.New(oobSpace, "url").Saying(link)))
	}
	e.With(stanza.New(receiptSpace, "request"), stanza.New(markerSpace, "markable"), stanza.New(stableID, "origin-id", "id", id))
	if err := on.send(ctx, id, e); err != nil {
		return sent, err
	}
	sent.Ref = id
	return sent, nil
}

// send writes a message, and waits until the server has read it.
func (s *stream) send(ctx context.Context, id string, e *stanza.Element) error {
	refused, forget := s.expect(id)
	defer forget()
	switch err := s.write(e.String()); {
	case errors.Is(err, errNotSaid):
		return outcome.Temporary(lostStream, err)
	case err != nil:
		return outcome.UncertainBecause(lostStream, err)
	}
	read := make(chan error, 1)
	waiting, stop := context.WithCancel(ctx)
	defer stop()
	go func() { read <- s.sync(waiting) }()
	for {
		select {
		case e := <-refused:
			if no := refusalOf(e); no != nil { // else it was a warning
				stop()
				<-read
				return no.judge()
			}
		case err := <-read:
			return settled(ctx, refused, err)
		}
	}
}

// settled is what became of a message once the fence behind it is back, or will not come back.
func settled(ctx context.Context, refused <-chan *stanza.Element, err error) error {
	select {
	case e := <-refused: // it came before
		if no := refusalOf(e); no != nil {
			return no.judge()
		}
	default:
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return outcome.UncertainBecause(noAnswer, err)
	default:
		return outcome.UncertainBecause(lostStream, err)
	}
}
