package message

import (
	"cmp"
	"regexp"
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

// files are the kinds of message that hold a file, by the name of the object that describes it.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
var files = map[string]messagev1.AttachmentKind{
	"image": image, "sticker": image, "video": video, "audio": audio, "voice": audio, "document": other,
}

// Content is what a message says; nil for a reaction that was taken back. A kind without a canonical form is told in
// words in brackets, so that the agent knows that there was something.
func Content(m Value) *messagev1.Content {
	kind := m.At("type").Text()
	of := m.At(kind)
	if k, ok := files[kind]; ok {
		return file(kind, k, of)
	}
	switch kind {
	case "text":
		return words(of.At("body").Text(), "[empty message]")
	case "button": // of a template
		return words(cmp.Or(of.At("text").Text(), of.At("payload").Text()), "[button]")
	case "interactive":
		return interactive(of)
	case "location":
		return place(of)
	case "contacts":
		return words(cards(of.List()), "[contact card]")
	case "reaction":
		if of.At("emoji").Text() == "" {
			return nil
		}
		return content.Text("[reaction " + of.At("emoji").Text() + "]")
	case "order":
		return content.Text(order(of))
	case "system":
		return content.Text(system(of))
	case "revoke":
		return content.Text("[deleted a message]")
	case "unsupported", "unknown":
		return content.Text("[" + content.JoinNonEmpty(": ", "message that WhatsApp does not hand over", of.At("type").Word()) + "]")
	default:
		return content.Text("[message of an unknown kind]")
	}
}

// file is an attachment to be fetched by its media id, or words where there is none: WhatsApp could not have it either.
func file(kind string, k messagev1.AttachmentKind, of Value) *messagev1.Content {
	caption := of.At("caption").Text()
	id := of.At("id").Text()
	if !IsMediaID(id) {
		return content.Text(content.JoinNonEmpty("\n", "["+kind+" that WhatsApp could not hand over]", caption))
	}
	return content.Attachment(&messagev1.Attachment{
		Kind: k, Handle: id, MediaType: of.At("mime_type").Text(), FileName: of.At("filename").Text(), Caption: caption,
	})
}

// interactive is what was tapped or filled in.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/interactive
func interactive(of Value) *messagev1.Content {
	switch kind := of.At("type").Text(); kind {
	case "button_reply", "list_reply":
		return words(content.JoinNonEmpty("\n", of.At(kind, "title").Text(), of.At(kind, "description").Text()), "[reply]")
	case "call_permission_reply": // https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/user-call-permissions
		return content.Text(content.Note("call permission", of.At(kind, "response").Word()))
	case "nfm_reply":
		return content.Text(form(of.At(kind)))
	default:
		return content.Text("[" + content.JoinNonEmpty(": ", "reply of a kind that cannot be shown", of.At("type").Word()) + "]")
	}
}

func place(of Value) *messagev1.Content {
	latitude, ok := of.At("latitude").Degrees(90)
	longitude, also := of.At("longitude").Degrees(180)
	name := content.JoinNonEmpty("\n", content.JoinNonEmpty(", ", of.At("name").Text(), of.At("address").Text()), of.At("url").Text())
	if !ok || !also {
		return content.Text(content.JoinNonEmpty("\n", "[location]", name))
	}
	return content.Location(latitude, longitude, name)
}

func words(text, instead string) *messagev1.Content {
	if strings.TrimSpace(text) == "" {
		text = instead
	}
	return content.Text(text)
}

// mediaID is what a file is known by. It goes into a path.
var mediaID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

// IsMediaID says whether a text is what a file can be known by.
func IsMediaID(id string) bool { return mediaID.MatchString(id) }
