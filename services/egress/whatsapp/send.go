package whatsapp

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/whatsapp/internal/message"
)

// kind is a message of the Cloud API: its type, and the object of that name.
type kind struct {
	name string
	of   object
}

// Send implements [provider.Sender]. The ref is the message's id ("wamid.…"), which statuses and echoes name.
func (s *sender) Send(ctx context.Context, m *messagev1.Message) (provider.Sent, error) {
	k, err := kindOf(m.GetContent())
	if err != nil {
		return provider.Sent{}, err
	}
	if a := m.GetContent().GetAttachment(); a != nil {
		k = s.named(ctx, k, a)
	}
	template, ok := s.template(m)
	if !ok {
		return s.send(ctx, m, k)
	}
	if s.closed(ctx, m.GetContact().GetAddress()) {
		return s.send(ctx, m, template)
	}
	sent, err := s.send(ctx, m, k)
	if r, ok := errors.AsType[*refusal](err); ok && r.code == codeClosed { // a definite refusal: nothing is sent twice
		return s.send(ctx, m, template)
	}
	return sent, err
}

func kindOf(c *messagev1.Content) (kind, error) {
	switch k := c.GetKind().(type) {
	case *messagev1.Content_Text:
		return text(k.Text.GetBody()), nil
	case *messagev1.Content_Attachment:
		return attachment(k.Attachment)
	case *messagev1.Content_Location:
		return location(k.Location), nil
	case *messagev1.Content_QuickReply:
		return choice(k.QuickReply), nil
	default:
		return kind{}, outcome.Reject(unknownContent, fmt.Errorf("unknown content %T", k))
	}
}

func text(body string) kind { return kind{"text", object{"body": body}} }

// location writes numbers as texts, as the description has them. An address is only shown under a name.
func location(l *messagev1.Location) kind {
	of := object{
		"latitude":  strconv.FormatFloat(l.GetLatitude(), 'f', -1, 64),
		"longitude": strconv.FormatFloat(l.GetLongitude(), 'f', -1, 64),
	}
	if l.GetAddress() != "" {
		of["name"] = l.GetAddress()
	}
	return kind{"location", of}
}

// accepted is the answer to a message that was taken.
type accepted struct {
	Contacts []struct {
		WaID string `json:"wa_id"`
	} `json:"contacts"`
	Messages []struct {
		ID string `json:"id"`
	} `json:"messages"`
}

func (s *sender) send(ctx context.Context, m *messagev1.Message, k kind) (provider.Sent, error) {
	body := object{
		"messaging_product": "whatsapp", "recipient_type": "individual", "type": k.name, k.name: k.of,
		"biz_opaque_callback_data": provider.IdempotencyKey(m),
	}
	address := m.GetContact().GetAddress()
	switch number := message.E164(address); {
	case number != "":
		body["to"] = number
	case message.IsUserID(address): // in "to" it would be taken for a number, and lost without an error
		body["recipient"] = address
	default:
		return provider.Sent{}, outcome.Reject(noNumber,
			errors.New("neither number nor user id"))
	}
	var a accepted
	if err := s.post(ctx, s.account.PhoneNumberID+"/messages", body, &a); err != nil {
		return provider.Sent{}, err
	}
	if len(a.Messages) == 0 || a.Messages[0].ID == "" {
		return provider.Sent{}, outcome.Uncertain(errors.New("the answer names no message"))
	}
	sent := provider.Sent{Ref: a.Messages[0].ID}
	if len(a.Contacts) > 0 {
		if number := message.E164(a.Contacts[0].WaID); number != "" && number != address {
			sent.Address = number
		}
	}
	return sent, nil
}
