package matrix

import (
	"context"
	"errors"
	"fmt"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/services/egress/matrix/internal/event"
)

// params are the content of an event.
type params map[string]any

// Send implements [provider.Sender]. The ref is the event's id.
func (s *sender) Send(ctx context.Context, m *messagev1.Message) (provider.Sent, error) {
	contact := m.GetContact().GetAddress()
	switch {
	case !isUser(contact):
		return provider.Sent{}, outcome.Reject(noUserID, errors.New("not a user id"))
	case contact == s.ghost:
		return provider.Sent{}, outcome.Reject(ownUser, errors.New("own user id"))
	}
	if err := sendable(m.GetContent()); err != nil {
		return provider.Sent{}, err
	}
	// before anything else: where there is no room, nothing is uploaded
	room, err := s.room(ctx, m, "")
	if err != nil {
		return provider.Sent{}, err
	}
	content, err := s.content(ctx, m)
	if err != nil {
		return provider.Sent{}, err
	}
	ref, err := s.put(ctx, room, m, content)
	if !isRefusal(err, forbidden, notFound) {
		return provider.Sent{Ref: ref}, err
	}
	// the ghost was removed from the room, which it may still look into: back, or to another one
	back, joining := s.join(ctx, room)
	if joining != nil {
		return provider.Sent{}, joining
	}
	if !back {
		if room, err = s.room(ctx, m, room); err != nil {
			return provider.Sent{}, err
		}
	}
	ref, err = s.put(ctx, room, m, content)
	if isRefusal(err, forbidden, notFound) {
		err = outcome.Reject(roomClosed, err)
	}
	return provider.Sent{Ref: ref}, err
}

// sendable refuses what content cannot make an event of, before a room is looked for. Quick replies come as a numbered
// text.
func sendable(c *messagev1.Content) error {
	switch k := c.GetKind().(type) {
	case *messagev1.Content_Text, *messagev1.Content_Location:
		return nil
	case *messagev1.Content_Attachment:
		if _, ok := msgtypes[k.Attachment.GetKind()]; !ok {
			return outcome.Reject(unknownAttachment, fmt.Errorf("unknown attachment %v", k.Attachment.GetKind()))
		}
		if k.Attachment.GetUrl() == "" {
			return outcome.Reject(noFileAddress, errors.New("attachment without url"))
		}
		return nil
	default:
		return outcome.Reject(unknownContent, fmt.Errorf("unknown content %T", k))
	}
}

func (s *sender) content(ctx context.Context, m *messagev1.Message) (params, error) {
	switch c := m.GetContent().GetKind().(type) {
	case *messagev1.Content_Attachment:
		return s.attachment(ctx, c.Attachment)
	case *messagev1.Content_Location:
		uri := event.Geo(c.Location.GetLatitude(), c.Location.GetLongitude())
		body := c.Location.GetAddress()
		if body == "" {
			body = uri
		}
		return params{"msgtype": "m.location", "body": body, "geo_uri": uri}, nil
	default:
		return params{"msgtype": "m.text", "body": m.GetContent().GetText().GetBody()}, nil
	}
}

// put sends an event. The transaction id makes a repeat the same event.
// https://spec.matrix.org/latest/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid
func (s *sender) put(ctx context.Context, room string, m *messagev1.Message, content params) (string, error) {
	var sent struct {
		Event string `json:"event_id"`
	}
	err := s.do(ctx, call{
		what: "send", method: "PUT", path: []string{"rooms", room, "send", "m.room.message", provider.IdempotencyKey(m)}, body: content,
	}, &sent)
	if err == nil && sent.Event == "" {
		return "", outcome.Uncertain(errors.New("send: an answer without an event"))
	}
	return sent.Event, err
}
