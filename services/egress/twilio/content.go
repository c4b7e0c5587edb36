package twilio

import (
	"fmt"
	"regexp"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/mediatype"
	"github.com/bonychat/puente/pkg/provider/content"
)

const (
	image = messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE
	video = messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO
	audio = messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO
	other = messagev1.AttachmentKind_ATTACHMENT_KIND_FILE
)

// part is one thing that a message holds, with what tells its key from the others'.
type part struct {
	suffix  string
	content *messagev1.Content
}

// maxMedia is how many files a message may hold: MediaUrl0 to MediaUrl9.
// https://www.twilio.com/docs/messaging/guides/webhook-request#media-related-parameters
const maxMedia = 10

// smil is the page that says how a phone lays out an MMS. It holds nothing that a person wrote.
// https://www.openmobilealliance.org/release/MMS/V1_3-20110913-A/OMA-TS-MMS_CONF-V1_3-20110913-A.pdf (7.1.10)
const smil = "application/smil"

// parts are what a message holds, never nothing. Words go with the first file, or after a place.
func (f fields) parts() []part {
	words := f.words()
	var parts []part
	layout := false
	for i := range maxMedia {
		address, mediaType := f[fmt.Sprintf("MediaUrl%d", i)], f[fmt.Sprintf("MediaContentType%d", i)]
		if address == "" && i >= f.number("NumMedia") {
			break
		}
		if mediatype.Base(mediaType) == smil {
			layout = true
			continue
		}
		c := content.Text(content.JoinNonEmpty("\n", "[attachment without an address]", words))
		if address != "" {
			c = attachment(address, mediaType, words)
		}
		parts = append(parts, part{fmt.Sprintf(":%d", i), c})
		words = ""
	}
	place := f.location()
	if place != nil {
		parts = append(parts, part{":place", place})
		if label := place.GetLocation().GetAddress(); words != "" && strings.Contains(label, words) {
			words = "" // WhatsApp's text of a place is its name
		}
	}
	switch {
	case len(parts) > 0 && words == "":
		return parts
	case len(parts) > 0:
		return append(parts, part{":text", content.Text(words)})
	case words == "" && layout:
		words = "[MMS without anything in it]"
	case words == "":
		words = f.kind()
	}
	return []part{{"", content.Text(words)}}
}

// words are the message's text, or what was tapped, with a word on what Twilio made of it.
func (f fields) words() string {
	words := f.first("Body", "ButtonText", "ListTitle", "ButtonPayload", "ListId")
	if f["MessageType"] == "reaction" && words != "" {
		words = "[reaction " + words + "]"
	}
	return content.JoinNonEmpty("\n", words, optOuts[strings.ToUpper(f["OptOutType"])])
}

// optOuts are the keywords that Twilio acts on: https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out
var optOuts = map[string]string{
	"STOP":  "[opted out: Twilio sends nothing to this contact until they write START]",
	"START": "[opted in again]",
	"HELP":  "[asked for help, and was answered by Twilio]",
}

var messageType = regexp.MustCompile(`^[a-z][a-z_]{0,29}$`)

// kind stands for a message without words, file or place.
func (f fields) kind() string {
	kind := f["MessageType"]
	switch {
	case f["InteractiveData"] != "": // a WhatsApp flow
		return "[form]\n" + f["InteractiveData"]
	case kind == "unsupported", kind == "unknown":
		return "[message of a kind that Twilio does not pass on]"
	case kind == "text", !messageType.MatchString(kind):
		return "[empty message]"
	default:
		return "[" + strings.ReplaceAll(kind, "_", " ") + "]"
	}
}

// kinds are what a file is shown as, by the family of its type.
var kinds = map[string]messagev1.AttachmentKind{"image": image, "video": video, "audio": audio}

// attachment is a file at Twilio. Its handle is the URL as Twilio tells it, see Fetch.
func attachment(address, mediaType, caption string) *messagev1.Content {
	kind, ok := kinds[mediatype.Family(mediaType)]
	if !ok {
		kind = other
	}
	return content.Attachment(&messagev1.Attachment{Kind: kind, Handle: address, MediaType: mediatype.Base(mediaType), Caption: caption})
}

// location is a place of WhatsApp, nil where there is none.
func (f fields) location() *messagev1.Content {
	latitude, north := f.degrees("Latitude", 90)
	longitude, east := f.degrees("Longitude", 180)
	if !north || !east {
		return nil
	}
	label, address := f["Label"], f["Address"]
	if strings.HasPrefix(address, label) {
		label = ""
	}
	return content.Location(latitude, longitude, content.JoinNonEmpty(", ", label, address))
}
