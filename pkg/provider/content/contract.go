package content

import (
	"errors"
	"fmt"

	"github.com/bonychat/puente/pkg/customchannel"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

var kinds = map[customchannel.AttachmentType]messagev1.AttachmentKind{
	customchannel.AttachmentImage: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE,
	customchannel.AttachmentVideo: messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO,
	customchannel.AttachmentAudio: messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO,
	customchannel.AttachmentFile:  messagev1.AttachmentKind_ATTACHMENT_KIND_FILE,
}

// ToContract is content as the message object of the Custom Channel contract, for a network that speaks it. An attachment
// needs an address that anybody can open. An error says what is not carried, and holds nothing of it.
func ToContract(c *messagev1.Content) (*customchannel.Message, error) {
	switch k := c.GetKind().(type) {
	case *messagev1.Content_Text:
		return &customchannel.Message{Type: customchannel.TypeText, Text: k.Text.GetBody()}, nil
	case *messagev1.Content_Attachment:
		a := k.Attachment
		if a.GetUrl() == "" {
			return nil, errors.New("an attachment without an address")
		}
		for name, kind := range kinds {
			if kind == a.GetKind() {
				return &customchannel.Message{Type: customchannel.TypeAttachment, Attachment: &customchannel.Attachment{
					Type: name, URL: a.GetUrl(), MIMEType: a.GetMediaType(), FileName: a.GetFileName(), Description: a.GetCaption(),
				}}, nil
			}
		}
		return nil, fmt.Errorf("unknown attachment kind %d", a.GetKind())
	case *messagev1.Content_Location:
		latitude, longitude := k.Location.GetLatitude(), k.Location.GetLongitude()
		return &customchannel.Message{Type: customchannel.TypeLocation, Latitude: &latitude, Longitude: &longitude, Address: k.Location.GetAddress()}, nil
	case *messagev1.Content_QuickReply:
		return &customchannel.Message{Type: customchannel.TypeQuickReply, Title: k.QuickReply.GetTitle(), Replies: k.QuickReply.GetReplies()}, nil
	default:
		return nil, fmt.Errorf("unknown content %T", k)
	}
}

// FromContract reads the message object of the Custom Channel contract, as a network that speaks it sends it. Its limits
// are not checked: what is too long the translator fits. An error says what is missing, and holds nothing of the message.
func FromContract(m *customchannel.Message) (*messagev1.Content, error) {
	switch m.Type {
	case customchannel.TypeText:
		if m.Text == "" {
			return nil, errors.New("text is empty")
		}
		return Text(m.Text), nil
	case customchannel.TypeAttachment:
		if m.Attachment == nil || m.Attachment.URL == "" || kinds[m.Attachment.Type] == 0 {
			return nil, errors.New("attachment has no url or an unknown type")
		}
		return Attachment(&messagev1.Attachment{
			Kind: kinds[m.Attachment.Type], Url: m.Attachment.URL, MediaType: m.Attachment.MIMEType,
			FileName: m.Attachment.FileName, Caption: m.Attachment.Description,
		}), nil
	case customchannel.TypeLocation:
		if m.Latitude == nil || m.Longitude == nil {
			return nil, errors.New("location has no latitude or longitude")
		}
		return Location(*m.Latitude, *m.Longitude, m.Address), nil
	case customchannel.TypeQuickReply:
		if m.Title == "" || len(m.Replies) == 0 {
			return nil, errors.New("quick_reply has no title or no replies")
		}
		return &messagev1.Content{Kind: &messagev1.Content_QuickReply{
			QuickReply: &messagev1.QuickReply{Title: m.Title, Replies: m.Replies},
		}}, nil
	default:
		return nil, errors.New("unknown message type")
	}
}
