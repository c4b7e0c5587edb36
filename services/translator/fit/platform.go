package fit

import (
	"mime"
	"net/url"
	"path"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/provider"
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// platform is what the contract carries.
var platform = provider.Carries{
	Text: customchannel.MaxText, Unit: provider.UTF16, Caption: customchannel.MaxDescription,
	Image: true, Video: true, Audio: true, File: true, Location: true, LocationAddress: true,
	Buttons: customchannel.MaxReplies, ButtonText: customchannel.MaxReply,
}

// ForPlatform returns c as parts that the contract takes, at least one, in their order. What the contract has no room
// for follows as a text: the caption of anything but an image, a longer caption, file name or address. A file name is
// given an extension where it has none. Quick replies that the contract does not take become a numbered list.
func ForPlatform(c *messagev1.Content) []*messagev1.Content {
	carries, after := platform, ""
	switch k := c.GetKind().(type) {
	case *messagev1.Content_Attachment:
		if k.Attachment.GetKind() != messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE {
			carries.Caption = 0
		}
		if customchannel.UTF16Len(k.Attachment.GetUrl()) > customchannel.MaxURL {
			return texts(link(k.Attachment), carries)
		}
		c, after = named(c)
	case *messagev1.Content_Location:
		carries.LocationAddress = customchannel.UTF16Len(k.Location.GetAddress()) <= customchannel.MaxAddress
	case *messagev1.Content_QuickReply:
		if !askable(k.QuickReply) {
			carries.Buttons = 0
		}
	}
	parts, _ := Fit(c, carries)
	if after != "" {
		parts = append(parts, texts(after, carries)...)
	}
	return parts
}

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
	name := a.GetFileName()
	stem, ext := cutExtension(name)
	if name == "" || ext != "" && customchannel.UTF16Len(name) <= customchannel.MaxFileName {
		return c, ""
	}
	if ext == "" || len(ext) > maxExtension {
		stem, ext = strings.TrimRight(name, "."), extension(a)
	}
	if stem == "" {
		stem = "file"
	}
	fitted = proto.CloneOf(c)
	short := customchannel.CutUTF16(stem, customchannel.MaxFileName-customchannel.UTF16Len(ext))
	fitted.GetAttachment().FileName = short + ext
	if short != stem {
		full = name
	}
	return fitted, full
}

// maxExtension is the longest extension that is kept when a name is shortened, in bytes and with its dot.
const maxExtension = 32

// cutExtension cuts ".pdf" off a name. A name that starts with its only dot, or ends with one, has no extension.
func cutExtension(name string) (stem, ext string) {
	dot := strings.LastIndexByte(name, '.')
	if dot <= 0 || dot == len(name)-1 {
		return name, ""
	}
	return name[:dot], name[dot:]
}

// extensions of the media types that people send. The system's own tables differ from machine to machine.
var extensions = map[string]string{
	"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp", "image/heic": ".heic",
	"video/mp4": ".mp4", "video/3gpp": ".3gp", "video/quicktime": ".mov", "video/webm": ".webm",
	"audio/ogg": ".ogg", "audio/opus": ".opus", "audio/mpeg": ".mp3", "audio/mp4": ".m4a", "audio/aac": ".aac",
	"audio/amr": ".amr", "audio/wav": ".wav", "audio/x-wav": ".wav", "audio/webm": ".webm",
	"application/pdf": ".pdf", "application/zip": ".zip", "application/json": ".json", "text/plain": ".txt",
	"text/csv": ".csv", "text/vcard": ".vcf", "text/calendar": ".ics", "application/msword": ".doc",
	"application/vnd.ms-excel": ".xls", "application/vnd.ms-powerpoint": ".ppt",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   ".docx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         ".xlsx",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
}

// extension is what a file's name should end with, by its media type, else by its address.
func extension(a *messagev1.Attachment) string {
	media, _, _ := mime.ParseMediaType(a.GetMediaType())
	if ext := extensions[media]; ext != "" {
		return ext
	}
	if u, err := url.Parse(a.GetUrl()); err == nil {
		if _, ext := cutExtension(path.Base(u.Path)); ext != "" && len(ext) <= maxExtension {
			return ext
		}
	}
	return ".bin"
}
