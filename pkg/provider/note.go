package provider

import (
	"strings"

	"google.golang.org/protobuf/proto"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/customchannel"
)

// maxNote is how much of somebody's words a [Note] quotes, in UTF-16 code units.
const maxNote = 200

// Note is a line in brackets about what came with a message and is not part of its words: "[forwarded from: Ana]". The
// detail may be anybody's text: it is made one line of at most 200 UTF-16 code units, cut at a whole character. Without a
// detail the note is what alone.
func Note(what, detail string) string {
	detail = strings.Join(strings.Fields(detail), " ")
	if short := customchannel.CutUTF16(detail, maxNote); short != detail {
		detail = strings.TrimSpace(short) + "…"
	}
	if detail == "" {
		return "[" + what + "]"
	}
	return "[" + what + ": " + detail + "]"
}

// WithNotes returns c with notes before its words, a line each: before a text, a caption, the address of a location. Empty
// notes are left out. c itself is not changed.
func WithNotes(c *messagev1.Content, notes ...string) *messagev1.Content {
	var before strings.Builder
	for _, note := range notes {
		if note != "" {
			before.WriteString(note + "\n")
		}
	}
	if before.Len() == 0 || c == nil {
		return c
	}
	add := func(words *string) { *words = strings.TrimSuffix(before.String()+*words, "\n") }
	c = proto.CloneOf(c)
	switch k := c.GetKind().(type) {
	case *messagev1.Content_Text:
		add(&k.Text.Body)
	case *messagev1.Content_Attachment:
		add(&k.Attachment.Caption)
	case *messagev1.Content_Location:
		add(&k.Location.Address)
	case *messagev1.Content_QuickReply:
		add(&k.QuickReply.Title)
	}
	return c
}
