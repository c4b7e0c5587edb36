package telegram

import (
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

// content is what a message says, nil where it is none of the kinds that have a canonical form. A richer kind comes
// before the plain one that Telegram sets beside it: an animation is a document too, a venue a location.
func (m *message) content() *messagev1.Content {
	switch {
	case m.Text != "":
		return textOf(withLinks(m.Text, m.Entities))
	case m.Animation.given():
		return m.attachment(animationKind(m.Animation), *m.Animation, "video/mp4")
	case len(m.Photo) > 0 && largest(m.Photo).given():
		return m.attachment(image, *largest(m.Photo), "image/jpeg") // photos are always JPEG
	case m.Video.given():
		return m.attachment(video, *m.Video, "")
	case m.VideoNote.given():
		return m.attachment(video, *m.VideoNote, "video/mp4") // https://core.telegram.org/bots/api#videonote
	case m.Voice.given():
		return m.attachment(audio, *m.Voice, "audio/ogg") // https://core.telegram.org/bots/api#voice
	case m.Audio.given():
		return m.attachment(audio, *m.Audio, "")
	case m.Document.given():
		return m.attachment(other, *m.Document, "")
	case m.Sticker != nil:
		return m.sticker()
	case m.Venue != nil:
		return content.Location(m.Venue.Location.Latitude, m.Venue.Location.Longitude,
			content.JoinNonEmpty(", ", m.Venue.Title, m.Venue.Address))
	case m.Location != nil:
		return content.Location(m.Location.Latitude, m.Location.Longitude, "")
	case m.Contact != nil:
		return textOf(m.Contact.words())
	case m.Poll != nil:
		return content.Text(m.Poll.words())
	case m.Checklist != nil:
		return content.Text(m.Checklist.words())
	case m.WebAppData != nil:
		return textOf(content.JoinNonEmpty("\n", m.WebAppData.Button, m.WebAppData.Data))
	default:
		return nil
	}
}

// sticker is a picture or a film. What only Telegram's apps can play is told by its thumbnail.
func (m *message) sticker() *messagev1.Content {
	s := m.Sticker
	switch {
	case s.Animated && s.Thumbnail.given():
		return m.attachment(image, *s.Thumbnail, "") // WEBP or JPEG, Telegram does not say which
	case s.Animated || !s.given():
		return content.Text("[" + content.JoinNonEmpty(" ", "sticker", s.Emoji) + "]")
	case s.Video:
		return m.attachment(video, s.file, "video/webm")
	default:
		return m.attachment(image, s.file, "image/webp")
	}
}

func (m *message) attachment(kind messagev1.AttachmentKind, f file, mediaType string) *messagev1.Content {
	if f.Type != "" {
		mediaType = f.Type
	}
	return content.Attachment(&messagev1.Attachment{
		Kind: kind, Handle: f.ID, MediaType: mediaType, FileName: f.Name, Size: max(f.Size, 0), Caption: withLinks(m.Caption, m.CaptionIn),
	})
}

// given says whether there is a file to fetch.
func (f *file) given() bool { return f != nil && f.ID != "" }

func animationKind(f *file) messagev1.AttachmentKind {
	if strings.HasPrefix(f.Type, "image/") {
		return image
	}
	return video
}

func largest(sizes []file) *file {
	best := &sizes[0]
	for i := range sizes {
		if sizes[i].Width*sizes[i].Height > best.Width*best.Height {
			best = &sizes[i]
		}
	}
	return best
}

func textOf(body string) *messagev1.Content {
	if body == "" {
		return nil
	}
	return content.Text(body)
}
