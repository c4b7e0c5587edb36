package provider

import (
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Carries says what one message of a network may hold. The translator fits every message to it before it is sent. The
// zero value carries text of any length and nothing else: what a network does not carry is sent as text.
//
// What is a [Page] is carried where it is set, and the vendor's page says so.
type Carries struct {
	// Text is the longest text; Max 0 means no limit of note. A longer one is split.
	Text Limit `json:"text,omitzero"`
	// Caption is the longest caption of an attachment; Max 0 means that captions follow as a text of their own.
	Caption Limit `json:"caption,omitzero"`
	// Image, Video, Audio and File are the attachments that go as such; others go as a link in a text.
	Image Page `json:"image,omitempty"`
	Video Page `json:"video,omitempty"`
	Audio Page `json:"audio,omitempty"`
	File  Page `json:"file,omitempty"`
	// Location means that a place goes as such; else it goes as a link to a map.
	Location Page `json:"location,omitempty"`
	// LocationAddress means that a place's address goes with it; else it follows as a text of its own.
	LocationAddress Page `json:"location_address,omitempty"`
	// Buttons is how many quick replies can be tapped; more become a numbered list. Max 0 means none.
	Buttons Limit `json:"buttons,omitzero"`
	// ButtonText is the longest quick reply that can be tapped; Max 0 means no limit of note. With a longer one all of them
	// become a numbered list.
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

// Confirms says what a network tells of messages and contacts besides the messages themselves. Each is the vendor's page
// that says so; "" means that the network does not tell it. The zero value tells nothing: a message that the network took
// is sent, and no more is known of it.
type Confirms struct {
	// Receipts means that the network tells what became of a message after it took it.
	Receipts Page `json:"receipts,omitempty"`
	// Failures means that a receipt may tell that a message which the network took did not arrive: its text is kept for a
	// while, so that it can be sent again. It needs Receipts.
	Failures Page `json:"failures,omitempty"`
	// OwnID means that every receipt hands our [IdempotencyKey] back: one without is about something that this bridge did
	// not send. It needs Receipts.
	OwnID Page `json:"own_id,omitempty"`
	// Watermarks means that a receipt may be about all that a contact was sent so far. It needs Receipts.
	Watermarks Page `json:"watermarks,omitempty"`
	// Echoes means that what the business sends by other means, such as an app, comes in too.
	Echoes Page `json:"echoes,omitempty"`
	// Aliases means that one person may have several addresses: the network answers a send with another one than it was
	// given, or tells several with what the person writes.
	Aliases Page `json:"aliases,omitempty"`
	// IdempotencyKey means that the network drops the repeat of a send that has the same [IdempotencyKey].
	IdempotencyKey Page `json:"idempotency_key,omitempty"`
}

// Rate is how often something may be sent, refilled steadily, and the vendor's page that says so. The zero value keeps no
// limit beforehand: what the network refuses waits as it says. One without Sends may have a page that says why.
type Rate struct {
	// Sends is how many there may be in Per: 30 in a second. 0 means no limit that is kept beforehand.
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

// Rates is how much a network takes, by whom it counts. They hold together: a send needs room in each.
type Rates struct {
	// Account is that of all channels of one account together: those whose settings are the same, or whose account type
	// says so ([Identity]).
	Account Rate `json:"account,omitzero"`
	// Channel is that of one channel.
	Channel Rate `json:"channel,omitzero"`
	// Contact is that of what one contact of a channel is sent.
	Contact Rate `json:"contact,omitzero"`
}

// Page is the https address of the vendor's page that a statement was taken from. Where a network says that it can do
// something, the page is how it says so: "" stands for "no".
type Page string

// Limit is how much one message may hold of something, and the vendor's page that gives the number. The zero value sets no
// limit; what that means for each limit stands with the field.
type Limit struct {
	// Max is the most, in Unit.
	Max int `json:"max"`
	// Unit is what is counted: the zero value is [UTF16] for words. It stays empty where things are counted, as buttons are.
	Unit Unit `json:"unit,omitempty"`
	// Page is required with Max.
	Page Page `json:"page,omitempty"`
}

// Unit is what a network counts text in.
type Unit string

// The units of text.
const (
	UTF16 Unit = "utf16" // UTF-16 code units; the zero value counts so too
	Bytes Unit = "bytes" // bytes of UTF-8
	// GSM7 counts septets of the GSM 03.38 alphabet, two for a character of its extension table. A part with any other
	// character is counted in UTF-16 units against what as many SMS hold of them: 70 for 160 septets, and of a longer
	// limit, which is a multiple of 153, 67 for each 153. Each part of a longer text has the alphabet that it needs.
	GSM7 Unit = "gsm7"
)
