package provider

import messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

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
