package event

import (
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

// Encrypted is the type of an event that only the room's members can read.
const Encrypted = "m.room.encrypted"

const unreadableText = "[encrypted message, which this channel cannot read: it has no keys. An answer goes to a room without encryption]"

// Why an event is ignored.
const (
	ignoredMembership = "membership"
	ignoredState      = "room state"
	ignoredEmpty      = "empty or redacted message"
)

// Content is what an event says, or why it is of no interest. An event with a state key is no message, whatever its
// type.
func Content(kind string, state bool, fields Object) (said *messagev1.Content, edited bool, ignored string) {
	if state {
		return stateOf(kind, fields)
	}
	switch kind {
	case "m.room.message":
		return message(fields)
	case Encrypted:
		return content.Text(unreadableText), false, ""
	case "m.sticker":
		return sticker(fields), false, ""
	case "m.reaction":
		return content.Text(words("reaction", emoji(fields.In("m.relates_to").Text("key")))), false, ""
	case "m.room.redaction":
		return content.Text("[deleted something sent before]"), false, ""
	case "m.call.invite", "m.call.notify", "m.rtc.notification", "org.matrix.msc4075.call.notify", "org.matrix.msc4075.rtc.notification":
		return content.Text("[call]"), false, ""
	}
	if said := poll(kind, fields); said != nil {
		return said, false, ""
	}
	switch {
	case strings.HasPrefix(kind, "m.call."):
		return nil, false, "call signalling"
	case strings.HasPrefix(kind, "m.key.verification."):
		return nil, false, "verification"
	case kind == "m.beacon" || kind == "org.matrix.msc3672.beacon":
		return nil, false, "live location update"
	case fields.Text("msgtype") == "" && fields.Text("body") != "": // what has a text for whoever does not know the type
		return content.Text(fields.Text("body")), false, ""
	default:
		return nil, false, "unknown event"
	}
}

func stateOf(kind string, fields Object) (said *messagev1.Content, edited bool, ignored string) {
	switch {
	case kind == "m.room.member":
		return nil, false, ignoredMembership
	case (kind == "m.beacon_info" || kind == "org.matrix.msc3672.beacon_info") && fields.Yes("live"):
		return content.Text("[live location]"), false, ""
	default:
		return nil, false, ignoredState
	}
}

// message reads an m.room.message: https://spec.matrix.org/latest/client-server-api/#mroommessage-msgtypes
func message(fields Object) (said *messagev1.Content, edited bool, ignored string) {
	relation := fields.In("m.relates_to")
	if relation.Text("rel_type") == "m.replace" { // https://spec.matrix.org/latest/client-server-api/#event-replacements
		edited = true
		if renewed := fields.In("m.new_content"); renewed != nil {
			fields = renewed
		} else if body, ok := strings.CutPrefix(fields.Text("body"), "* "); ok {
			return content.Text(body), true, ""
		}
	}
	body, quoted := fields.Text("body"), ""
	if relation.Has("m.in_reply_to") {
		body, quoted = cutQuote(body)
	}
	defer func() { said = content.WithNotes(said, answers(relation, quoted)) }()
	if body == "" && galleries[fields.Text("msgtype")] {
		return content.Text("[gallery]"), edited, ""
	}
	switch fields.Text("msgtype") {
	case "m.text", "m.notice":
		said = text(withLinks(body, fields))
	case "m.emote":
		if body != "" {
			said = content.Text("* " + withLinks(body, fields))
		}
	case "m.image":
		said = attachment(image, fields, body)
	case "m.video":
		said = attachment(video, fields, body)
	case "m.audio":
		said = attachment(audio, fields, body)
	case "m.file":
		said = attachment(other, fields, body)
	case "m.location":
		said = location(fields)
	case "m.key.verification.request":
		return nil, false, "verification"
	case "m.server_notice":
		return nil, false, "notice of the homeserver"
	default:
		said = text(withLinks(body, fields))
	}
	switch {
	case said != nil:
		return said, edited, ""
	case len(fields) == 0 || string(fields["body"]) == `""`:
		return nil, false, ignoredEmpty
	default:
		return content.Text("[message that cannot be read]"), edited, ""
	}
}

// media is a mxc:// address: https://spec.matrix.org/latest/client-server-api/#matrix-content-mxc-uris
var media = regexp.MustCompile(`^mxc://[A-Za-z0-9.:\[\]-]{1,255}/[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,254}$`)

// IsMedia says whether an address is a mxc:// address.
func IsMedia(address string) bool { return media.MatchString(address) }

// attachment is a file. Where filename is there and differs, body is a caption; else body is the name:
// https://spec.matrix.org/latest/client-server-api/#media-captions
func attachment(kind messagev1.AttachmentKind, fields Object, body string) *messagev1.Content {
	name, caption := fields.Text("filename"), ""
	switch {
	case name == "":
		name = body
	case name != body:
		caption = withLinks(body, fields)
	}
	info := fields.In("info")
	if url := fields.Text("url"); media.MatchString(url) {
		return content.Attachment(&messagev1.Attachment{
			Kind: kind, Handle: url, MediaType: info.Text("mimetype"), FileName: name, Size: info.Number("size"), Caption: caption,
		})
	}
	what := "file that cannot be fetched:"
	if fields.Has("file") {
		what = "encrypted file, which this channel cannot read:"
	}
	if name == "" && caption == "" {
		return nil
	}
	return content.Text(strings.TrimSpace(words(what, name) + "\n" + caption))
}

// sticker is a picture, with the words that describe it: https://spec.matrix.org/latest/client-server-api/#sticker-messages
func sticker(fields Object) *messagev1.Content {
	if url := fields.Text("url"); media.MatchString(url) {
		info := fields.In("info")
		return content.Attachment(&messagev1.Attachment{
			Kind: image, Handle: url, MediaType: info.Text("mimetype"), Size: info.Number("size"), Caption: fields.Text("body"),
		})
	}
	return content.Text(words("sticker", fields.Text("body")))
}

// emoji is what somebody reacted with, "" where it is a picture of a homeserver.
func emoji(key string) string {
	if strings.HasPrefix(key, "mxc://") {
		return ""
	}
	return key
}

// words says in brackets what cannot be carried.
func words(what, detail string) string {
	if detail == "" {
		return "[" + strings.TrimSuffix(what, ":") + "]"
	}
	return "[" + what + " " + detail + "]"
}

func text(body string) *messagev1.Content {
	if body == "" {
		return nil
	}
	return content.Text(body)
}
