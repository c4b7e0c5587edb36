package fit

import (
	"net/url"
	"path"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/mediatype"
	"github.com/bonychat/puente/pkg/provider"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// contract is where the platform says so.
const contract provider.Page = "https://bonychat.com"

// platform is what the contract carries.
var platform = provider.Carries{
	Text:    provider.Limit{Max: customchannel.MaxText, Page: contract},
	Caption: provider.Limit{Max: customchannel.MaxDescription, Page: contract},
	Image:   contract, Video: contract, Audio: contract, File: contract, Location: contract, LocationAddress: contract,
	Buttons:    provider.Limit{Max: customchannel.MaxReplies, Page: contract},
	ButtonText: provider.Limit{Max: customchannel.MaxReply, Page: contract},
}

// ForPlatform returns c as parts that the contract takes, at least one, in their order. What the contract has no room
// for follows as a text: the caption of anything but an image, a longer caption, file name or address. A file name is
// given an extension where it has none. Quick replies that the contract does not take become a numbered list.
func ForPlatform(c *messagev1.Content) []*messagev1.Content {
	carries, after := platform, ""
	switch k := c.GetKind().(type) {
	case *messagev1.Content_Text:
		if customchannel.Blank(k.Text.GetBody()) {
			return texts(emptyMessage, carries)
		}
	case *messagev1.Content_Attachment:
		if k.Attachment.GetKind() != messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE {
			carries.Caption = provider.Limit{}
		}
		if customchannel.UTF16Len(k.Attachment.GetUrl()) > customchannel.MaxURL {
			return texts(link(k.Attachment), carries)
		}
		c, after = named(c)
	case *messagev1.Content_Location:
		if customchannel.UTF16Len(k.Location.GetAddress()) > customchannel.MaxAddress {
			carries.LocationAddress = ""
		}
	case *messagev1.Content_QuickReply:
		if !askable(k.QuickReply) {
			carries.Buttons = provider.Limit{}
		}
	}
	parts, _ := Fit(c, carries)
	if after != "" {
		parts = append(parts, texts(after, carries)...)
	}
	return parts
}

// emptyMessage stands for a text in which nobody sees anything: the agent knows that somebody wrote.
const emptyMessage = "[empty message]"

// askable says whether the contract takes the texts of a quick reply; Fit sees to the number and length of replies.
func askable(q *messagev1.QuickReply) bool {
	if q.GetTitle() == "" || customchannel.UTF16Len(q.GetTitle()) > customchannel.MaxTitle {
		return false
	}
	for _, reply := range q.GetReplies() {
		if reply == "" {
			return false
		}
	}
	return true
}

// named gives the file of c a name that the contract takes, and returns a name that had to be shortened in full.
func named(c *messagev1.Content) (fitted *messagev1.Content, full string) {
	a := c.GetAttachment()
	if a.GetFileName() == "" {
		return c, ""
	}
	name := a.GetFileName()
	if u, err := url.Parse(a.GetUrl()); err == nil && !mediatype.HasEnding(name) && mediatype.Ending(a.GetMediaType()) == "" && mediatype.HasEnding(path.Base(u.Path)) {
		name = strings.TrimRight(name, ".") + path.Ext(u.Path)
	}
	name = mediatype.FileName(name, a.GetMediaType(), "file")
	ending := path.Ext(name)
	short := customchannel.CutUTF16(strings.TrimSuffix(name, ending), customchannel.MaxFileName-customchannel.UTF16Len(ending)) + ending
	if short == a.GetFileName() {
		return c, ""
	}
	if short != name {
		full = name
	}
	fitted = proto.CloneOf(c)
	fitted.GetAttachment().FileName = short
	return fitted, full
}
