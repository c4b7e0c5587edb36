package line

import (
	"maps"
	"slices"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider/content"
)

const (
	image = messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE
	video = messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO
	audio = messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO
	other = messagev1.AttachmentKind_ATTACHMENT_KIND_FILE
)

// content is what a message says. LINE's own emojis stand in a text as words in brackets. What a message quotes is named
// by an id only: https://developers.line.biz/en/docs/messaging-api/get-quote-tokens/
func (m *message) content() *messagev1.Content {
	if m.Quoted != "" {
		return content.WithNotes(m.said(), content.Note("in reply to an earlier message", ""))
	}
	return m.said()
}

func (m *message) said() *messagev1.Content {
	switch m.Type {
	case "text":
		if m.Text != "" {
			return content.Text(m.Text)
		}
	case "image":
		return m.attachment(image)
	case "video":
		return m.attachment(video)
	case "audio":
		return m.attachment(audio)
	case "file":
		return m.attachment(other)
	case "sticker":
		return content.Text(m.sticker())
	case "location":
		if m.Latitude == nil || m.Longitude == nil { // 0,0 is a place too
			return content.Text(content.JoinNonEmpty("\n", "[location]", content.JoinNonEmpty(", ", m.Title, m.Address)))
		}
		return content.Location(*m.Latitude, *m.Longitude, content.JoinNonEmpty(", ", m.Title, m.Address))
	}
	return content.Text("[message of an unknown kind]")
}

// attachment is a file that LINE keeps, or one that lies elsewhere and is passed on as it is.
func (m *message) attachment(kind messagev1.AttachmentKind) *messagev1.Content {
	a := &messagev1.Attachment{Kind: kind, FileName: m.FileName, Size: max(m.FileSize, 0)}
	switch {
	case m.Provider.Type == "external" && m.Provider.URL != "":
		a.Url = m.Provider.URL
	case m.Provider.Type != "external" && m.ID != "":
		a.Handle = m.ID
	default:
		return content.Text("[" + words[kind] + " that cannot be had]")
	}
	return content.Attachment(a)
}

var words = map[messagev1.AttachmentKind]string{image: "picture", video: "video", audio: "recording", other: "file"}

// sticker is what a sticker shows, as far as LINE tells: the words in it, or some that describe it.
func (m *message) sticker() string {
	const few = 3
	described := m.Text
	if described == "" {
		described = strings.Join(m.Keywords[:min(len(m.Keywords), few)], ", ")
	}
	return "[" + content.JoinNonEmpty(": ", "sticker", described) + "]"
}

// content is what was chosen, as the contact saw it where LINE tells that; nil where it only turned the page of a menu.
func (p *postback) content() *messagev1.Content {
	if p.Params["newRichMenuAliasId"] != "" {
		return nil
	}
	if p.DisplayText != "" {
		return content.Text(p.DisplayText)
	}
	parts := []string{p.Data}
	for _, name := range slices.Sorted(maps.Keys(p.Params)) { // date, time or datetime of a picker
		parts = append(parts, p.Params[name])
	}
	if text := content.JoinNonEmpty("\n", parts...); text != "" {
		return content.Text(text)
	}
	return content.Text("[button]")
}
