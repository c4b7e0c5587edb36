// Package fit makes a canonical content fit what the other side carries: it splits long texts, turns a place or a file
// that does not go as such into words, and writes quick replies that cannot be tapped as a numbered list. Whatever it
// does, nothing of what a person wrote is lost.
//
// Its functions are pure, change no argument, and are safe for concurrent use. Which message the parts belong to, and
// remembering a numbered list until it is answered, is the caller's job. What is not valid to begin with (no kind, an
// empty text, a file without any address) is returned as it is, for the sender to refuse.
//
//	parts, numbered := fit.Fit(m.GetContent(), network.Carries)
//	…
//	if reply, ok := fit.Answer(text, numbered); ok { … }
package fit

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Fit returns c as parts that fit, at least one, in the order in which they are to be sent; c itself where it fits as
// it is. numbered is nil unless quick replies became a numbered list: then it is those replies, for [Answer].
func Fit(c *messagev1.Content, carries provider.Carries) (parts []*messagev1.Content, numbered []string) {
	switch k := c.GetKind().(type) {
	case *messagev1.Content_Text:
		return fitText(c, carries), nil
	case *messagev1.Content_Attachment:
		return fitAttachment(c, carries), nil
	case *messagev1.Content_Location:
		return fitLocation(c, carries), nil
	case *messagev1.Content_QuickReply:
		q := k.QuickReply
		switch {
		case len(q.GetReplies()) == 0 && q.GetTitle() != "": // nothing to choose from is only words
			return texts(q.GetTitle(), carries), nil
		case !tappable(q.GetReplies(), carries):
			return texts(list(q), carries), slices.Clone(q.GetReplies())
		}
		return fitQuickReply(c, carries), nil
	default:
		return []*messagev1.Content{c}, nil
	}
}

func fitText(c *messagev1.Content, carries provider.Carries) []*messagev1.Content {
	if fits(c.GetText().GetBody(), carries.Text.Max, carries.Text.Unit) {
		return []*messagev1.Content{c}
	}
	return texts(c.GetText().GetBody(), carries)
}

// fitAttachment sends what is not carried as words, and a caption that is not carried as words after the file.
func fitAttachment(c *messagev1.Content, carries provider.Carries) []*messagev1.Content {
	a := c.GetAttachment()
	if !carries.Attachment(a.GetKind()) {
		if words := link(a); words != "" {
			return texts(words, carries)
		}
		return []*messagev1.Content{c}
	}
	if a.GetCaption() == "" || carries.Caption.Max > 0 && fits(a.GetCaption(), carries.Caption.Max, carries.Caption.Unit) {
		return []*messagev1.Content{c}
	}
	bare := proto.CloneOf(c)
	bare.GetAttachment().Caption = ""
	return append([]*messagev1.Content{bare}, texts(a.GetCaption(), carries)...)
}

// fitLocation sends a place that is not carried as a link to a map, and an address that is not carried as words after
// the place.
func fitLocation(c *messagev1.Content, carries provider.Carries) []*messagev1.Content {
	l := c.GetLocation()
	if carries.Location == "" {
		return texts(place(l), carries)
	}
	if l.GetAddress() == "" || carries.LocationAddress != "" {
		return []*messagev1.Content{c}
	}
	bare := proto.CloneOf(c)
	bare.GetLocation().Address = ""
	return append([]*messagev1.Content{bare}, texts(l.GetAddress(), carries)...)
}

// fitQuickReply keeps the buttons under the last part of the question.
func fitQuickReply(c *messagev1.Content, carries provider.Carries) []*messagev1.Content {
	title := c.GetQuickReply().GetTitle()
	if fits(title, carries.Text.Max, carries.Text.Unit) {
		return []*messagev1.Content{c}
	}
	parts := texts(title, carries)
	last := proto.CloneOf(c)
	last.GetQuickReply().Title = parts[len(parts)-1].GetText().GetBody()
	parts[len(parts)-1] = last
	return parts
}

// tappable says whether all replies go as buttons. Two that read the same are refused by some networks, and one that
// nobody sees by most; in a list each has its number.
func tappable(replies []string, carries provider.Carries) bool {
	if len(replies) > carries.Buttons.Max {
		return false
	}
	seen := map[string]bool{}
	for _, reply := range replies {
		words := strings.TrimSpace(reply)
		if seen[words] || customchannel.Blank(words) || !fits(reply, carries.ButtonText.Max, carries.ButtonText.Unit) {
			return false
		}
		seen[words] = true
	}
	return true
}

// texts is words as text contents.
func texts(words string, carries provider.Carries) []*messagev1.Content {
	var parts []*messagev1.Content
	for _, body := range Split(words, carries.Text.Max, carries.Text.Unit) {
		parts = append(parts, &messagev1.Content{Kind: &messagev1.Content_Text{Text: &messagev1.Text{Body: body}}})
	}
	return parts
}
