package bonychat

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

type sender struct {
	account Account
	client  *provider.Client
}

// Send posts a message.
func (s *sender) Send(ctx context.Context, m *messagev1.Message) (string, error) {
	return "", s.SendEvent(ctx, &eventv1.Event{Kind: &eventv1.Event_Message{Message: m}})
}

// SendEvent posts a message, an echo or a receipt. The answer's status is all that counts: its body is not specified.
func (s *sender) SendEvent(ctx context.Context, e *eventv1.Event) error {
	post, err := postOf(e)
	if err != nil {
		return provider.Reject("the event has no place in the contract", err)
	}
	// Every contact id that the contract allows fits the wider of its two alphabets; the translator chose by type.
	body, err := customchannel.EncodePost(post, customchannel.Custom)
	if err != nil {
		return provider.Reject("the event does not fit the contract", err)
	}
	answer, err := s.client.Do(ctx, provider.Request{
		Method: http.MethodPost, URL: s.account.WebhookURL, Body: bytes.NewReader(body), ContentType: "application/json",
		Header: http.Header{
			"Authorization": {"Bearer " + s.account.APIToken.Reveal()},
			"Cache-Control": {"no-cache"},
		},
		Timeout: 15 * time.Second,
	})
	if f := provider.Classify(err); f != nil && f.Class == provider.Unknown {
		// the platform drops a repeated mId; a lost answer is no reason to wait longer than for any other failure
		return provider.Temporary("the platform did not answer", err)
	}
	if err != nil {
		return provider.Temporary("the platform cannot be reached", err)
	}
	return judge(answer, e.GetStatus() != nil)
}

// statusFor is how long a receipt is tried for a message that the platform does not know yet.
const statusFor = 2 * time.Minute

// judge says what an answer means.
func judge(a *provider.Response, isStatus bool) error {
	cause := fmt.Errorf("status %d, %d bytes", a.Status, len(a.Body))
	switch {
	case a.OK():
		return nil
	case isStatus && (a.Status == http.StatusNotFound || a.Status == http.StatusConflict):
		return provider.TemporaryFor(statusFor, "the platform does not know the message", cause)
	}
	switch a.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone:
		return provider.Suspend(fmt.Sprintf("the platform refuses the channel (%d): check webhook_url and api_token", a.Status), cause)
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return provider.Reject(fmt.Sprintf("the platform refuses the event (%d)", a.Status), cause)
	}
	if after, ok := a.RetryAfter(); ok {
		return provider.Wait(after, provider.Channel, cause)
	}
	return provider.Temporary(fmt.Sprintf("the platform is out of order (%d)", a.Status), cause)
}

// postOf is the event in the contract's words.
func postOf(e *eventv1.Event) (*customchannel.Post, error) {
	switch k := e.GetKind().(type) {
	case *eventv1.Event_Message:
		return messagePost(k.Message, customchannel.EventMessage)
	case *eventv1.Event_Echo:
		return messagePost(k.Echo.GetMessage(), customchannel.EventEcho)
	case *eventv1.Event_Status:
		value, ok := statuses[k.Status.GetStatus()]
		if !ok {
			return nil, fmt.Errorf("unknown status %s", k.Status.GetStatus())
		}
		return &customchannel.Post{
			ChannelID: k.Status.GetChannel(), ContactID: k.Status.GetAddress(),
			Events: []customchannel.Event{{
				Type: customchannel.EventStatus, MID: k.Status.GetId(), Timestamp: k.Status.GetAt().AsTime().UnixMilli(),
				Status: &customchannel.Status{Value: value, Message: k.Status.GetReason()},
			}},
		}, nil
	default:
		return nil, fmt.Errorf("unknown event %T", k)
	}
}

var statuses = map[eventv1.Status]customchannel.StatusValue{
	eventv1.Status_STATUS_SENT:      customchannel.StatusSent,
	eventv1.Status_STATUS_DELIVERED: customchannel.StatusDelivered,
	eventv1.Status_STATUS_READ:      customchannel.StatusRead,
	eventv1.Status_STATUS_FAILED:    customchannel.StatusFailed,
}

func messagePost(m *messagev1.Message, kind customchannel.EventType) (*customchannel.Post, error) {
	message, err := messageOf(m)
	if err != nil {
		return nil, err
	}
	at := m.GetWrittenAt().AsTime()
	if at.Year() < 2001 { // the network told none
		at = m.GetAcceptedAt().AsTime()
	}
	post := &customchannel.Post{
		ChannelID: m.GetChannel(), ContactID: m.GetContact().GetAddress(),
		Events: []customchannel.Event{{Type: kind, MID: mID(m), Timestamp: at.UnixMilli(), Message: message}},
	}
	if p := m.GetContact().GetProfile(); p != nil {
		post.Contact = &customchannel.Contact{
			FirstName: p.GetFirstName(), LastName: p.GetLastName(), ProfilePic: p.GetPictureUrl(), CountryCode: p.GetCountry(),
			Email: p.GetEmail(), Phone: p.GetPhone(), Language: p.GetLanguage(),
		}
	}
	return post, nil
}

// mID is the message's id; the second part of a split message has one of its own.
func mID(m *messagev1.Message) string {
	if i := m.GetPart().GetIndex(); i > 0 {
		return fmt.Sprintf("%s-%d", m.GetId(), i)
	}
	return m.GetId()
}

// edited marks the new version of a message; the contract has no word for it.
const edited = "✏️ "

func messageOf(m *messagev1.Message) (*customchannel.Message, error) {
	switch k := m.GetContent().GetKind().(type) {
	case *messagev1.Content_Text:
		text := k.Text.GetBody()
		if m.GetRevision() == messagev1.Revision_REVISION_EDITED && m.GetPart().GetIndex() == 0 && customchannel.UTF16Len(edited+text) <= customchannel.MaxText {
			text = edited + text
		}
		return &customchannel.Message{Type: customchannel.TypeText, Text: text}, nil
	case *messagev1.Content_Attachment:
		a := k.Attachment
		kind, ok := attachments[a.GetKind()]
		if !ok {
			return nil, fmt.Errorf("unknown attachment %s", a.GetKind())
		}
		caption := a.GetCaption()
		if kind == customchannel.AttachmentImage && m.GetRevision() == messagev1.Revision_REVISION_EDITED {
			caption = customchannel.CutUTF16(edited+caption, customchannel.MaxDescription)
		}
		return &customchannel.Message{Type: customchannel.TypeAttachment, Attachment: &customchannel.Attachment{
			Type: kind, URL: a.GetUrl(), MIMEType: a.GetMediaType(), FileName: a.GetFileName(), Description: caption,
		}}, nil
	case *messagev1.Content_Location:
		return &customchannel.Message{
			Type: customchannel.TypeLocation, Latitude: &k.Location.Latitude, Longitude: &k.Location.Longitude, Address: k.Location.GetAddress(),
		}, nil
	case *messagev1.Content_QuickReply:
		return &customchannel.Message{Type: customchannel.TypeQuickReply, Title: k.QuickReply.GetTitle(), Replies: k.QuickReply.GetReplies()}, nil
	default:
		return nil, errors.New("unknown content")
	}
}

var attachments = map[messagev1.AttachmentKind]customchannel.AttachmentType{
	messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE: customchannel.AttachmentImage,
	messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO: customchannel.AttachmentVideo,
	messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO: customchannel.AttachmentAudio,
	messagev1.AttachmentKind_ATTACHMENT_KIND_FILE:  customchannel.AttachmentFile,
}
