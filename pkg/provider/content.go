package provider

import (
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Text is the content of a plain text.
func Text(body string) *messagev1.Content {
	return &messagev1.Content{Kind: &messagev1.Content_Text{Text: &messagev1.Text{Body: body}}}
}

// Attachment is the content of a file.
func Attachment(a *messagev1.Attachment) *messagev1.Content {
	return &messagev1.Content{Kind: &messagev1.Content_Attachment{Attachment: a}}
}

// Location is the content of a place.
func Location(latitude, longitude float64, address string) *messagev1.Content {
	return &messagev1.Content{Kind: &messagev1.Content_Location{
		Location: &messagev1.Location{Latitude: latitude, Longitude: longitude, Address: address},
	}}
}

// KindName is the word for what an attachment is shown as: "image", "video", "audio" or "file".
func KindName(kind messagev1.AttachmentKind) string {
	return strings.ToLower(strings.TrimPrefix(kind.String(), "ATTACHMENT_KIND_"))
}
