package fit

import (
	"fmt"
	"strconv"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// link is an attachment in words: its caption, its name where that tells something, and where to fetch it. "" where it
// has none of them.
func link(a *messagev1.Attachment) string {
	var lines []string
	if a.GetCaption() != "" {
		lines = append(lines, a.GetCaption())
	}
	// next to a caption the name of a picture (IMG_2041.jpg) says nothing, that of a document does
	if name := a.GetFileName(); name != "" && (a.GetCaption() == "" || a.GetKind() == messagev1.AttachmentKind_ATTACHMENT_KIND_FILE) {
		lines = append(lines, name)
	}
	if a.GetUrl() != "" {
		lines = append(lines, a.GetUrl())
	}
	return strings.Join(lines, "\n")
}

// place is a location in words: its address and a link that any phone opens in a map, made of characters of every
// alphabet. https://developers.google.com/maps/documentation/urls/get-started
func place(l *messagev1.Location) string {
	degrees := func(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
	link := "https://www.google.com/maps?q=" + degrees(l.GetLatitude()) + "," + degrees(l.GetLongitude())
	if l.GetAddress() == "" {
		return link
	}
	return l.GetAddress() + "\n" + link
}

// list is a question with its answers numbered from 1.
func list(q *messagev1.QuickReply) string {
	var b strings.Builder
	if q.GetTitle() != "" {
		b.WriteString(q.GetTitle())
		b.WriteString("\n")
	}
	for i, reply := range q.GetReplies() {
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%d. %s", i+1, reply)
	}
	return b.String()
}
