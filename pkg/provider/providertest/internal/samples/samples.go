// Package samples makes messages at the limits of what a network carries, to see whether they reach it whole. It knows no network.
package samples

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/content"
)

// Sample is a message at a limit.
type Sample struct {
	// What says in words what it is.
	What string
	// Content is the message's.
	Content *messagev1.Content
	// Holds are texts that have to reach the network, word for word.
	Holds []string
}

// Of are messages at these limits, by kind ([KindOf]).
func Of(c provider.Carries) map[string][]Sample {
	out := map[string][]Sample{"text": {{"a short text", content.Text("x"), nil}}}
	add := func(kind, what string, of *messagev1.Content, holds ...string) {
		out[kind] = append(out[kind], Sample{what, of, holds})
	}
	title := words(bounded(customchannel.MaxTitle, c.Text.Max), c.Text.Unit)
	if c.Text.Max > 0 {
		long := words(c.Text.Max, c.Text.Unit)
		add("text", fmt.Sprintf("a text of exactly %s (Carries.Text)", amount(c.Text)), content.Text(long), long)
		if c.Text.Unit == provider.GSM7 {
			text := foreign(c.Text.Max)
			add("text", "a text of another alphabet than GSM-7, as long as it may be", content.Text(text), text)
		}
	}
	for kind, name := range attachments {
		if !c.Attachment(kind) {
			continue
		}
		a := &messagev1.Attachment{Kind: kind, Url: "<server>/file", FileName: "file", MediaType: "application/octet-stream"}
		add(name, "Carries says "+name+"; an attachment without a caption", content.Attachment(a))
		if c.Caption.Max > 0 {
			a := proto.CloneOf(a)
			a.Caption = words(c.Caption.Max, c.Caption.Unit)
			add(name, fmt.Sprintf("%s with a caption of exactly %s (Carries.Caption)", name, amount(c.Caption)), content.Attachment(a), a.GetCaption())
		}
	}
	if c.Location != "" {
		add("location", "Carries says Location; a place", content.Location(41.3874, 2.1686, ""), "41.3874", "2.1686")
	}
	if c.LocationAddress != "" {
		address := words(customchannel.MaxAddress, "")
		add("location", "a place with its address (Carries.LocationAddress)", content.Location(41.3874, 2.1686, address), "41.3874", address)
	}
	if c.Buttons.Max > 0 {
		replies := make([]string, c.Buttons.Max)
		for i := range replies {
			size := bounded(customchannel.MaxReply, c.ButtonText.Max)
			replies[i] = ("R" + strconv.Itoa(i) + strings.Repeat("x", size))[:size]
		}
		add("quick reply", fmt.Sprintf("%d quick replies (Carries.Buttons) of exactly Carries.ButtonText, with a long title", c.Buttons.Max), &messagev1.Content{
			Kind: &messagev1.Content_QuickReply{QuickReply: &messagev1.QuickReply{Title: title, Replies: replies}},
		}, append([]string{title}, replies...)...)
	}
	return out
}

// bounded is the platform's bound, or the network's where that is lower; 0 for none.
func bounded(most, limit int) int {
	if limit == 0 {
		return most
	}
	return min(most, limit)
}

// amount is a limit in words.
func amount(l provider.Limit) string {
	return fmt.Sprintf("%d %s", l.Max, cmp.Or(l.Unit, provider.UTF16))
}

var attachments = map[messagev1.AttachmentKind]string{
	messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE: "image", messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO: "video",
	messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO: "audio", messagev1.AttachmentKind_ATTACHMENT_KIND_FILE: "file",
}

// KindOf is the kind of a content: "text", "image", "video", "audio", "file", "location" or "quick reply"; "" for any other.
func KindOf(c *messagev1.Content) string {
	switch k := c.GetKind().(type) {
	case *messagev1.Content_Text:
		return "text"
	case *messagev1.Content_Attachment:
		return attachments[k.Attachment.GetKind()]
	case *messagev1.Content_Location:
		return "location"
	case *messagev1.Content_QuickReply:
		return "quick reply"
	default:
		return ""
	}
}
