package bonychat

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/customchannel"

	eventv1 "github.com/bonychat/puente/proto/gen/puente/event/v1"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

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
				Type: customchannel.EventStatus, MID: k.Status.GetId(), Timestamp: millis(k.Status.GetAt(), k.Status.GetAcceptedAt()),
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
	post := &customchannel.Post{
		ChannelID: m.GetChannel(), ContactID: m.GetContact().GetAddress(),
		Events: []customchannel.Event{{Type: kind, MID: mID(m), Timestamp: millis(m.GetWrittenAt(), m.GetAcceptedAt()), Message: message}},
	}
	if p := m.GetContact().GetProfile(); p != nil {
		post.Contact = &customchannel.Contact{
			FirstName: p.GetFirstName(), LastName: p.GetLastName(), ProfilePic: p.GetPictureUrl(), CountryCode: p.GetCountry(),
			Email: p.GetEmail(), Phone: p.GetPhone(), Language: p.GetLanguage(),
		}
	}
	return post, nil
}

// millis is when the network says that it happened, else when it was accepted here.
func millis(told, accepted *timestamppb.Timestamp) int64 {
	if at := told.AsTime(); at.Year() >= 2001 && at.Year() < 2100 { // any other the network does not mean
		return at.UnixMilli()
	}
	return accepted.AsTime().UnixMilli()
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

// marked is a text with the mark where its message was edited and there is room: the words matter more.
func marked(m *messagev1.Message, text string, most int) string {
	if m.GetRevision() == messagev1.Revision_REVISION_EDITED && m.GetPart().GetIndex() == 0 && customchannel.UTF16Len(edited+text) <= most {
		return edited + text
	}
	return text
}

func messageOf(m *messagev1.Message) (*customchannel.Message, error) {
	switch k := m.GetContent().GetKind().(type) {
	case *messagev1.Content_Text:
		return &customchannel.Message{Type: customchannel.TypeText, Text: marked(m, k.Text.GetBody(), customchannel.MaxText)}, nil
	case *messagev1.Content_Attachment:
		a := k.Attachment
		kind, ok := attachments[a.GetKind()]
		if !ok {
			return nil, fmt.Errorf("unknown attachment %s", a.GetKind())
		}
		caption := a.GetCaption()
		if kind == customchannel.AttachmentImage { // the contract has no words for others
			caption = marked(m, caption, customchannel.MaxDescription)
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
