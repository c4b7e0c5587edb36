package provider

import messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

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

// Carries says what one message of a network may hold. The zero value carries text of any length and nothing else:
// what a network does not carry is sent as text. Each limit stands beside the vendor's URL.
type Carries struct {
	// Text is the longest text in Unit; 0 means no limit of note. Longer ones are split.
	Text int  `json:"text,omitempty"`
	Unit Unit `json:"unit,omitempty"`
	// Caption is the longest caption of an attachment in Unit; 0 means that captions follow as a text of their own.
	Caption int `json:"caption,omitempty"`
	// Image, Video, Audio and File say which attachments go as such; others go as a link in a text.
	Image bool `json:"image,omitempty"`
	Video bool `json:"video,omitempty"`
	Audio bool `json:"audio,omitempty"`
	File  bool `json:"file,omitempty"`
	// Location says that places go as such; else as a link to a map.
	Location bool `json:"location,omitempty"`
	// LocationAddress says that a place's address goes with it; else it follows as a text of its own.
	LocationAddress bool `json:"location_address,omitempty"`
	// Buttons is how many quick replies can be tapped; more become a numbered list. 0 means none.
	Buttons int `json:"buttons,omitempty"`
	// ButtonText is the longest reply that can be tapped, in Unit; 0 means no limit of note.
	ButtonText int `json:"button_text,omitempty"`
	// Receipts says that the network tells what became of a message after it took it.
	Receipts bool `json:"receipts,omitempty"`
	// OwnID says that the network hands our message id back with every receipt: one without is about something that this
	// bridge did not send.
	OwnID bool `json:"own_id,omitempty"`
	// Echoes says that what the business sends by other means comes in too ([Event].Echo).
	Echoes bool `json:"echoes,omitempty"`
	// Watermarks says that receipts may be about all that a contact was sent so far.
	Watermarks bool `json:"watermarks,omitempty"`
	// Aliases says that one person may have several addresses: the network answers a send with another one than it was
	// given, or tells several with what the person writes.
	Aliases bool `json:"aliases,omitempty"`
	// IdempotencyKey says that the network drops a repeat of a send by itself.
	IdempotencyKey bool `json:"idempotency_key,omitempty"`
}

// Attachment says whether attachments of this kind go as such.
func (c Carries) Attachment(kind messagev1.AttachmentKind) bool {
	switch kind {
	case messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE:
		return c.Image
	case messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO:
		return c.Video
	case messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO:
		return c.Audio
	case messagev1.AttachmentKind_ATTACHMENT_KIND_FILE:
		return c.File
	default:
		return false
	}
}
