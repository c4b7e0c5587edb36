package whatsapp

import (
	"cmp"
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

// contentOf is what a message says; nil for a reaction that was taken back. A kind without a canonical form is told in
// words in brackets, so that the agent knows that there was something.
func contentOf(m value) *messagev1.Content {
	kind := m.at("type").text()
	of := m.at(kind)
	if k, ok := files[kind]; ok {
		return file(kind, k, of)
	}
	switch kind {
	case "text":
		return words(of.at("body").text(), "[empty message]")
	case "button": // of a template
		return words(cmp.Or(of.at("text").text(), of.at("payload").text()), "[button]")
	case "interactive":
		return interactive(of)
	case "location":
		return place(of)
	case "contacts":
		return words(cards(of.list()), "[contact card]")
	case "reaction":
		if of.at("emoji").text() == "" {
			return nil
		}
		return content.Text("[reaction " + of.at("emoji").text() + "]")
	case "order":
		return content.Text(order(of))
	case "system":
		return content.Text(system(of))
	case "revoke":
		return content.Text("[deleted a message]")
	case "unsupported", "unknown":
		return content.Text("[" + content.JoinNonEmpty(": ", "message that WhatsApp does not hand over", of.at("type").word()) + "]")
	default:
		return content.Text("[message of an unknown kind]")
	}
}

// file is an attachment to be fetched by its media id, or words where there is none: WhatsApp could not have it either.
func file(kind string, k messagev1.AttachmentKind, of value) *messagev1.Content {
	caption := of.at("caption").text()
	id := of.at("id").text()
	if !mediaID.MatchString(id) {
		return content.Text(content.JoinNonEmpty("\n", "["+kind+" that WhatsApp could not hand over]", caption))
	}
	return content.Attachment(&messagev1.Attachment{
		Kind: k, Handle: id, MediaType: of.at("mime_type").text(), FileName: of.at("filename").text(), Caption: caption,
	})
}

// interactive is what was tapped or filled in.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/interactive
func interactive(of value) *messagev1.Content {
	switch kind := of.at("type").text(); kind {
	case "button_reply", "list_reply":
		return words(content.JoinNonEmpty("\n", of.at(kind, "title").text(), of.at(kind, "description").text()), "[reply]")
	case "call_permission_reply": // https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/user-call-permissions
		return content.Text(content.Note("call permission", of.at(kind, "response").word()))
	case "nfm_reply":
		return content.Text(form(of.at(kind)))
	default:
		return content.Text("[" + content.JoinNonEmpty(": ", "reply of a kind that cannot be shown", of.at("type").word()) + "]")
	}
}

func place(of value) *messagev1.Content {
	latitude, ok := of.at("latitude").degrees(90)
	longitude, also := of.at("longitude").degrees(180)
	name := content.JoinNonEmpty("\n", content.JoinNonEmpty(", ", of.at("name").text(), of.at("address").text()), of.at("url").text())
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
