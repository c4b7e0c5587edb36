package viber

import (
	"context"
	"encoding/json"
	"fmt"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/mediatype"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// message is https://developers.viber.com/docs/api/rest-bot-api/#receive-message-from-user.
type message struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Media    string `json:"media"`
	FileName string `json:"file_name"`
	Location struct {
		Latitude  json.Number `json:"lat"` // as a number or a text
		Longitude json.Number `json:"lon"`
	} `json:"location"`
	Contact struct {
		Name  string `json:"name"`
		Phone string `json:"phone_number"`
	} `json:"contact"`
}

const (
	image = messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE
	video = messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO
	other = messagev1.AttachmentKind_ATTACHMENT_KIND_FILE
)

// kinds are what is fetched, by its type.
var kinds = map[string]messagev1.AttachmentKind{"picture": image, "gif": image, "sticker": image, "video": video, "file": other}

// content is what a message says: whatever its type, something, and be it words for what cannot be carried.
func (m message) content() *messagev1.Content {
	kind := kinds[m.Type]
	words := m.Text
	latitude, noLatitude := m.Location.Latitude.Float64()
	longitude, noLongitude := m.Location.Longitude.Float64()
	switch {
	case kind != 0 && m.Media != "":
		return content.Attachment(&messagev1.Attachment{
			Kind: kind, Handle: m.Media, FileName: m.FileName, Caption: m.Text,
		})
	case m.Type == "location" && noLatitude == nil && noLongitude == nil:
		return content.Location(latitude, longitude, m.Text)
	case m.Type == "contact":
		words = content.JoinNonEmpty("\n", m.Contact.Name, m.Contact.Phone, m.Text)
	case m.Type == "url":
		words = content.JoinNonEmpty("\n", m.Text, m.Media)
	}
	switch {
	case words != "":
		return content.Text(words)
	case kind != 0 || m.Type == "location" || m.Type == "contact" || m.Type == "url":
		return content.Text("[" + m.Type + "]")
	default:
		return content.Text("[message of an unknown kind]")
	}
}

// Fetch implements [provider.Fetcher]. The handle is an address that anyone can read for a while.
func (s *sender) Fetch(ctx context.Context, a *messagev1.Attachment) (*provider.File, error) {
	stream, err := s.client.Open(ctx, httpclient.Request{
		URL: a.GetHandle(), Guarded: true, Told: true, Timeout: transferTimeout, Idempotent: true, NoAnswer: noAnswer,
	})
	if err != nil {
		return nil, err
	}
	if stream.Status == 200 {
		return &provider.File{Body: stream.Body, MediaType: mediatype.Base(stream.Header.Get("Content-Type")), Name: a.GetFileName()}, nil
	}
	_ = stream.Body.Close()
	cause := fmt.Errorf("download: status %d", stream.Status)
	switch stream.Status {
	case 403, 404, 410:
		return nil, outcome.Reject(fileGone, cause)
	case 429:
		return nil, stream.Err()
	default:
		return nil, stream.NoFile(notHandedOut)
	}
}
