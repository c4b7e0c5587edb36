package customchannel

import (
	"strconv"

	"github.com/bonychat/puente/pkg/mediatype"
)

// MessageType says which fields a Message has.
type MessageType string

// The types of a message. The manual's translated words are not wire values.
const (
	TypeText       MessageType = "text"
	TypeAttachment MessageType = "attachment"
	TypeLocation   MessageType = "location"
	TypeQuickReply MessageType = "quick_reply"
)

// AttachmentType says how the destination shows an attachment.
type AttachmentType string

// The types of an attachment.
const (
	AttachmentImage AttachmentType = "image"
	AttachmentVideo AttachmentType = "video"
	AttachmentAudio AttachmentType = "audio"
	AttachmentFile  AttachmentType = "file"
)

// Message is the message object, the same in both directions. Type says which of
// the other fields belong to it: decoding leaves the rest at zero, encoding
// refuses a message that has others set, so that no content is lost unseen.
type Message struct {
	Type MessageType `json:"type"`

	Text string `json:"text,omitempty"` // text: required, 1 to MaxText

	Attachment *Attachment `json:"attachment,omitempty"` // attachment: required

	Latitude  *float64 `json:"latitude,omitempty"`  // location: required, degrees, ±MaxLatitude
	Longitude *float64 `json:"longitude,omitempty"` // location: required, degrees, ±MaxLongitude
	Address   string   `json:"address,omitempty"`   // location: optional, at most MaxAddress

	Title   string   `json:"title,omitempty"`   // quick_reply: required, 1 to MaxTitle
	Replies []string `json:"replies,omitempty"` // quick_reply: 1 to MaxReplies, each 1 to MaxReply
}

// Attachment is a link to a file. The platform fetches it several times, so it
// must stay alive and answer HEAD and Range too.
type Attachment struct {
	Type        AttachmentType `json:"type"`
	URL         string         `json:"url"`                   // absolute http or https, at most MaxURL
	MIMEType    string         `json:"mimeType,omitempty"`    // optional, a media type
	FileName    string         `json:"fileName,omitempty"`    // optional, with an extension, at most MaxFileName
	Description string         `json:"description,omitempty"` // optional, images only, at most MaxDescription
}

// readMessage reads the fields that belong to the message's type.
func readMessage(o object) *Message {
	m := &Message{Type: MessageType(o.text("type"))}
	switch m.Type {
	case TypeText:
		m.Text = o.text("text")
	case TypeAttachment:
		if a, ok := o.object("attachment"); ok {
			m.Attachment = &Attachment{
				Type:        AttachmentType(a.text("type")),
				URL:         a.text("url"),
				MIMEType:    a.text("mimeType"),
				FileName:    a.filled("fileName"),
				Description: a.text("description"),
			}
		}
	case TypeLocation:
		m.Latitude, m.Longitude = o.number("latitude"), o.number("longitude")
		m.Address = o.text("address")
	case TypeQuickReply:
		m.Title = o.text("title")
		list := o.array("replies")
		m.Replies = make([]string, len(list))
		// Those over the limit are only counted.
		for i := range min(len(list), MaxReplies) {
			m.Replies[i] = readText(index(o.at("replies"), i), list[i], o.r)
		}
	}
	return m
}

// message checks a message; nil is a missing one.
func (r *report) message(path string, m *Message) {
	if m == nil {
		r.add(path, RuleRequired, "an object", "")
		return
	}
	if !oneOf(r, path+".type", m.Type, limitMessages) {
		return
	}
	switch m.Type {
	case TypeText:
		r.text(path+".text", m.Text, true, MaxText)
	case TypeAttachment:
		r.attachment(path+".attachment", m.Attachment)
	case TypeLocation:
		r.degrees(path+".latitude", m.Latitude, MaxLatitude)
		r.degrees(path+".longitude", m.Longitude, MaxLongitude)
		r.text(path+".address", m.Address, false, MaxAddress)
	case TypeQuickReply:
		r.text(path+".title", m.Title, true, MaxTitle)
		r.replies(path+".replies", m.Replies)
	}
	r.foreignMessage(path, m)
}

// replies checks the elements before their number, whose problem would silence them.
func (r *report) replies(path string, replies []string) {
	for i, reply := range replies[:min(len(replies), MaxReplies)] {
		r.text(index(path, i), reply, true, MaxReply)
	}
	if n, limit := len(replies), "1 to "+strconv.Itoa(MaxReplies); n == 0 {
		r.add(path, RuleRequired, limit, "")
	} else if n > MaxReplies {
		r.add(path, RuleCount, limit, strconv.Itoa(n))
	}
}

func (r *report) attachment(path string, a *Attachment) {
	if a == nil {
		r.add(path, RuleRequired, "an object", "")
		return
	}
	typed := oneOf(r, path+".type", a.Type, limitAttachments)
	r.link(path+".url", a.URL)
	r.mediaType(path+".mimeType", a.MIMEType)
	r.text(path+".fileName", a.FileName, false, MaxFileName)
	if a.FileName != "" && !hasExtension(a.FileName) {
		r.add(path+".fileName", RuleFormat, limitExtension, "")
	}
	r.text(path+".description", a.Description, false, MaxDescription)
	r.foreign(path+".description", typed && a.Description != "" && a.Type != AttachmentImage, limitImages)
}

// foreignMessage reports fields of another type. Decoding never sets one.
func (r *report) foreignMessage(path string, m *Message) {
	only := func(name string, set bool, owner MessageType) {
		r.foreign(path+"."+name, set && m.Type != owner, string(owner)+" messages")
	}
	only("text", m.Text != "", TypeText)
	only("attachment", m.Attachment != nil, TypeAttachment)
	only("latitude", m.Latitude != nil, TypeLocation)
	only("longitude", m.Longitude != nil, TypeLocation)
	only("address", m.Address != "", TypeLocation)
	only("title", m.Title != "", TypeQuickReply)
	only("replies", len(m.Replies) > 0, TypeQuickReply)
}

// fit returns the message with its attachment's address as every reader
// understands it, without a media type that is none, and without a description
// that is not an image's. Nothing else of a message can be repaired without
// changing what was said.
func (m *Message) fit() *Message {
	if m == nil || m.Attachment == nil {
		return m
	}
	fitted, attachment := *m, *m.Attachment
	attachment.URL = normalLink(attachment.URL)
	if attachment.Type != AttachmentImage {
		attachment.Description = ""
	}
	if !mediatype.Valid(attachment.MIMEType) {
		attachment.MIMEType = ""
	}
	fitted.Attachment = &attachment
	return &fitted
}
