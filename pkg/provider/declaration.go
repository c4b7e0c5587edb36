package provider

import (
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Carries says what one message of a network may hold. The translator fits every message to it before it is sent. The zero value carries
// text of any length and nothing else; everything else is then sent as text.
//
// A field of type [Page] is set to the vendor's page that says that it is carried, and left empty if it is not.
type Carries struct {
	// Text is the longest text. A longer one is split. Max 0 is no limit.
	Text Limit `json:"text,omitzero"`
	// Caption is the longest caption of an attachment. A longer one follows as a text of its own; with Max 0 every caption does.
	Caption Limit `json:"caption,omitzero"`
	// Image, Video, Audio and File are sent as such if they are set, and otherwise as a link in a text.
	Image Page `json:"image,omitempty"`
	Video Page `json:"video,omitempty"`
	Audio Page `json:"audio,omitempty"`
	File  Page `json:"file,omitempty"`
	// Location is set if a place is sent as such; otherwise it is sent as a link to a map.
	Location Page `json:"location,omitempty"`
	// LocationAddress is set if a place's address is sent with it; otherwise it follows as a text of its own.
	LocationAddress Page `json:"location_address,omitempty"`
	// Buttons is how many quick replies one message may have. If there are more, all become a numbered list. Max 0 is none.
	Buttons Limit `json:"buttons,omitzero"`
	// ButtonText is the longest quick reply. If one is longer, all become a numbered list. Max 0 is no limit.
	ButtonText Limit `json:"button_text,omitzero"`
}

// Attachment says whether attachments of this kind go as such.
func (c Carries) Attachment(kind messagev1.AttachmentKind) bool {
	switch kind {
	case messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE:
		return c.Image != ""
	case messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO:
		return c.Video != ""
	case messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO:
		return c.Audio != ""
	case messagev1.AttachmentKind_ATTACHMENT_KIND_FILE:
		return c.File != ""
	default:
		return false
	}
}

// Confirms says what a network tells about messages and contacts. Each field is the vendor's page that says so, and "" if the network does
// not tell it. With the zero value a message counts as sent once the network took it, and no more is ever known of it.
type Confirms struct {
	// Receipts: the network tells what became of a message after it took it.
	Receipts Page `json:"receipts,omitempty"`
	// Failures: a receipt may tell that a message which the network took did not arrive. Then the message's text is kept for a while, so
	// that it can be sent again. It needs Receipts.
	Failures Page `json:"failures,omitempty"`
	// OwnID: every receipt hands our [IdempotencyKey] back. A receipt without it is about a message that this bridge did not send. It
	// needs Receipts.
	OwnID Page `json:"own_id,omitempty"`
	// Watermarks: a receipt may be about everything that a contact was sent so far. It needs Receipts.
	Watermarks Page `json:"watermarks,omitempty"`
	// Echoes: messages that the business sends by other means, such as an app, come in too.
	Echoes Page `json:"echoes,omitempty"`
	// Aliases: one person may have several addresses. The network answers a send with another address than it was given, or tells
	// several with a message.
	Aliases Page `json:"aliases,omitempty"`
	// IdempotencyKey: the network drops a send with the same [IdempotencyKey] as an earlier one.
	IdempotencyKey Page `json:"idempotency_key,omitempty"`
}

// Rate is how often something may be sent (a token bucket that refills steadily), with the vendor's page that says so. With the zero value
// Puente keeps no rate: messages wait when the network says so. A rate without Sends may have a page that says why.
type Rate struct {
	// Sends is how many there may be in Per: 30 in a second. 0 is no limit.
	Sends int `json:"sends,omitempty"`
	// Per is required with Sends; in JSON it is nanoseconds.
	Per time.Duration `json:"per,omitempty"`
	// Burst is how many may go at once after a pause; default Sends.
	Burst int `json:"burst,omitempty"`
	// Page is required with Sends.
	Page Page `json:"page,omitempty"`
}

// PerSecond is a rate of n sends a second.
func PerSecond(n int, page Page) Rate { return Rate{Sends: n, Per: time.Second, Page: page} }

// Rates is how much a network takes. A send needs room in each of the rates.
type Rates struct {
	// Account is the rate of all channels of one account together: those with equal settings, or those with the same [Identity].
	Account Rate `json:"account,omitzero"`
	// Channel is the rate of one channel.
	Channel Rate `json:"channel,omitzero"`
	// Contact is the rate of sends to one contact of a channel.
	Contact Rate `json:"contact,omitzero"`
}

// Page is the https address of the vendor's page that says something about its network. In fields that say what a network can do, "" means
// no.
type Page string

// Limit is how much of something one message may hold, with the vendor's page that gives the number. What Max 0 means is said with each
// field of this type.
type Limit struct {
	// Max is the largest number, in Unit.
	Max int `json:"max"`
	// Unit is the unit of a text's length; the zero value is [UTF16]. Leave it empty where things are counted, such as buttons.
	Unit Unit `json:"unit,omitempty"`
	// Page is required with Max.
	Page Page `json:"page,omitempty"`
}

// Unit is the unit in which a network measures the length of texts.
type Unit string

// The units of text.
const (
	UTF16 Unit = "utf16" // UTF-16 code units; the zero value counts so too
	Bytes Unit = "bytes" // bytes of UTF-8
	// GSM7 counts septets of the GSM 03.38 alphabet, two for a character of its extension table. A part with a character that is not in
	// the alphabet is counted in UTF-16 units, and its limit is what the same number of SMS holds of these: 70 in place of 160, and 67 in
	// place of each 153 of a longer limit, which has to be a multiple of 153. Each part of a split text has the alphabet that it needs.
	GSM7 Unit = "gsm7"
)
