package content

import (
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/customchannel"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Text is a plain text. Do not make one of an empty body, from which no agent can tell what came: use a [Note].
func Text(body string) *messagev1.Content {
	return &messagev1.Content{Kind: &messagev1.Content_Text{Text: &messagev1.Text{Body: body}}}
}

// Attachment is a file: its kind, and where it is. A file that anybody can open has a Url; one that only the network's own code can
// fetch has a Handle.
func Attachment(a *messagev1.Attachment) *messagev1.Content {
	return &messagev1.Content{Kind: &messagev1.Content_Attachment{Attachment: a}}
}

// Location is a place, in degrees north and east. The address is the place in words, "" where it has none.
func Location(latitude, longitude float64, address string) *messagev1.Content {
	return &messagev1.Content{Kind: &messagev1.Content_Location{
		Location: &messagev1.Location{Latitude: latitude, Longitude: longitude, Address: address},
	}}
}

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

// JoinNonEmpty joins the parts that are not empty: ", " and "Calle Mayor 1", "", "Madrid" make "Calle Mayor 1, Madrid".
func JoinNonEmpty(separator string, parts ...string) string {
	given := make([]string, 0, len(parts))
	for _, p := range parts {
		if p != "" {
			given = append(given, p)
		}
	}
	return strings.Join(given, separator)
}
