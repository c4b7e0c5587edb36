package phone

import (
	"errors"
	"fmt"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider/content"
)

// message is the wire's message object.
type message struct {
	Type       string      `json:"type"`
	Text       string      `json:"text,omitempty"`
	Attachment *attachment `json:"attachment,omitempty"`
	Latitude   *float64    `json:"latitude,omitempty"`
	Longitude  *float64    `json:"longitude,omitempty"`
	Address    string      `json:"address,omitempty"`
	Title      string      `json:"title,omitempty"`
	Replies    []string    `json:"replies,omitempty"`
}

type attachment struct {
	Type        string `json:"type"`
	URL         string `json:"url"`
	MIMEType    string `json:"mimeType,omitempty"`
	FileName    string `json:"fileName,omitempty"`
	Description string `json:"description,omitempty"`
}

var kinds = map[string]messagev1.AttachmentKind{
	"image": messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE,
	"video": messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO,
	"audio": messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO,
	"file":  messagev1.AttachmentKind_ATTACHMENT_KIND_FILE,
}

// encode writes content as the wire has it.
func encode(c *messagev1.Content) (*message, error) {
	switch k := c.GetKind().(type) {
	case *messagev1.Content_Text:
		return &message{Type: "text", Text: k.Text.GetBody()}, nil
	case *messagev1.Content_Attachment:
		a := k.Attachment
		if a.GetUrl() == "" {
			return nil, errors.New("an attachment without an address")
		}
		for name, kind := range kinds {
			if kind == a.GetKind() {
				return &message{Type: "attachment", Attachment: &attachment{
					Type: name, URL: a.GetUrl(), MIMEType: a.GetMediaType(), FileName: a.GetFileName(), Description: a.GetCaption(),
				}}, nil
			}
		}
		return nil, fmt.Errorf("unknown attachment kind %d", a.GetKind())
	case *messagev1.Content_Location:
		latitude, longitude := k.Location.GetLatitude(), k.Location.GetLongitude()
		return &message{Type: "location", Latitude: &latitude, Longitude: &longitude, Address: k.Location.GetAddress()}, nil
	case *messagev1.Content_QuickReply:
		return &message{Type: "quick_reply", Title: k.QuickReply.GetTitle(), Replies: k.QuickReply.GetReplies()}, nil
	default:
		return nil, fmt.Errorf("unknown content %T", k)
	}
}

// decode reads the wire's message object. An error holds nothing of it.
func decode(m *message) (*messagev1.Content, error) {
	switch m.Type {
	case "text":
		if m.Text == "" {
			return nil, errors.New("text is empty")
		}
		return content.Text(m.Text), nil
	case "attachment":
		if m.Attachment == nil || m.Attachment.URL == "" || kinds[m.Attachment.Type] == 0 {
			return nil, errors.New("attachment has no url or an unknown type")
		}
		return content.Attachment(&messagev1.Attachment{
			Kind: kinds[m.Attachment.Type], Url: m.Attachment.URL, MediaType: m.Attachment.MIMEType,
			FileName: m.Attachment.FileName, Caption: m.Attachment.Description,
		}), nil
	case "location":
		if m.Latitude == nil || m.Longitude == nil {
			return nil, errors.New("location has no latitude or longitude")
		}
		return content.Location(*m.Latitude, *m.Longitude, m.Address), nil
	case "quick_reply":
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
