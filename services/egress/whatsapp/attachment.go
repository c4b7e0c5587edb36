package whatsapp

import (
	"errors"
	"fmt"
	"mime"
	"net/url"
	"path"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
)

// taken is what WhatsApp takes as a picture, a film or a sound; whatever else is a document.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media#supported-media-types
var taken = map[messagev1.AttachmentKind]struct {
	name  string
	most  int64 // bytes
	types []string
}{
	image: {"image", 5 << 20, []string{"image/jpeg", "image/png"}},
	video: {"video", 16 << 20, []string{"video/mp4", "video/3gp", "video/3gpp"}},
	audio: {"audio", 16 << 20, []string{"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}},
	other: {"document", maxDocument, nil},
}

const maxDocument = 100 << 20

// attachment is a file that WhatsApp fetches. What it does not take as what it is goes as a document, and so does a
// sound with words: only a document can carry both.
func attachment(a *messagev1.Attachment) (kind, error) {
	t, ok := taken[a.GetKind()]
	switch {
	case !ok:
		return kind{}, provider.Reject("this version cannot send such an attachment to WhatsApp", fmt.Errorf("unknown attachment %v", a.GetKind()))
	case a.GetUrl() == "":
		return kind{}, provider.Reject("the attachment has no address", errors.New("attachment without url"))
	case a.GetSize() > maxDocument:
		return kind{}, provider.Reject("the file is larger than the 100 MB that WhatsApp takes", errors.New("file over 100 MB"))
	}
	name := t.name
	if a.GetSize() > t.most || !takes(t.types, mediaType(a)) || name == "audio" && a.GetCaption() != "" {
		name = "document"
	}
	of := object{"link": a.GetUrl()}
	if a.GetCaption() != "" {
		of["caption"] = a.GetCaption()
	}
	if file := nameOf(a); name == "document" && file != "" {
		of["filename"] = file
	}
	return kind{name, of}, nil
}

// takes says whether a type is one of these. A type that nobody told is left to WhatsApp.
func takes(types []string, media string) bool {
	if len(types) == 0 || media == "" {
		return true
	}
	for _, t := range types {
		if t == media {
			return true
		}
	}
	return false
}

// extensions are the types of files of which nothing else is told.
var extensions = map[string]string{
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".webp": "image/webp", ".heic": "image/heic",
	".bmp": "image/bmp", ".tif": "image/tiff", ".tiff": "image/tiff", ".svg": "image/svg+xml", ".avif": "image/avif",
	".mp4": "video/mp4", ".3gp": "video/3gpp", ".mov": "video/quicktime", ".webm": "video/webm", ".avi": "video/x-msvideo", ".mkv": "video/x-matroska",
	".aac": "audio/aac", ".amr": "audio/amr", ".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".ogg": "audio/ogg", ".oga": "audio/ogg",
	".opus": "audio/ogg", ".wav": "audio/wav", ".flac": "audio/flac",
}

// mediaType is what the attachment says of itself, or what its name says; "" where nothing is told.
func mediaType(a *messagev1.Attachment) string {
	if media, _, err := mime.ParseMediaType(a.GetMediaType()); err == nil && media != "application/octet-stream" {
		return media
	}
	return extensions[strings.ToLower(path.Ext(nameOf(a)))]
}

// nameOf is the file's name, or what its address ends with; "" for none.
func nameOf(a *messagev1.Attachment) string {
	if a.GetFileName() != "" {
		return a.GetFileName()
	}
	u, err := url.Parse(a.GetUrl())
	if err != nil {
		return ""
	}
	if name := path.Base(u.Path); name != "/" && name != "." {
		return name
	}
	return ""
}
