package whatsapp

import (
	"context"
	"errors"
	"fmt"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/mediatype"
	"github.com/bonychat/puente/pkg/provider/download"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// taken is what WhatsApp takes as a picture, a film or a sound; whatever else is a document.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media#supported-media-types
var taken = map[messagev1.AttachmentKind]struct {
	name  string
	most  int64 // bytes
	types []string
}{
	messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE: {"image", 5 << 20, []string{"image/jpeg", "image/png"}},
	messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO: {"video", 16 << 20, []string{"video/mp4", "video/3gpp"}},
	messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO: {"audio", 16 << 20, []string{"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}},
	messagev1.AttachmentKind_ATTACHMENT_KIND_FILE:  {"document", maxDocument, nil},
}

const maxDocument = 100 << 20

// attachment is a file that WhatsApp fetches. What it does not take as what it is goes as a document, and so does a
// sound with words: only a document can carry both.
func attachment(a *messagev1.Attachment) (kind, error) {
	t, ok := taken[a.GetKind()]
	switch {
	case !ok:
		return kind{}, outcome.Reject(unknownAttachment, fmt.Errorf("unknown attachment %v", a.GetKind()))
	case a.GetUrl() == "":
		return kind{}, outcome.Reject(noFileAddress, errors.New("attachment without url"))
	case a.GetSize() > maxDocument:
		return kind{}, outcome.Reject(fileTooLarge, errors.New("file over 100 MB"))
	}
	name := t.name
	if a.GetSize() > t.most || !takes(t.types, download.MediaTypeOf(a)) || name == "audio" && a.GetCaption() != "" {
		name = "document"
	}
	of := object{"link": a.GetUrl()}
	if a.GetCaption() != "" {
		of["caption"] = a.GetCaption()
	}
	if file := download.NameOf(a); name == "document" && file != "" {
		of["filename"] = mediatype.FileName(file, download.MediaTypeOf(a), "file")
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

// named gives a document a name that fits its type, where neither the platform nor its address tells one: WhatsApp shows it,
// and opens the file by it. What cannot be looked at from here goes without.
func (s *sender) named(ctx context.Context, k kind, a *messagev1.Attachment) kind {
	if k.name != "document" || k.of["filename"] != nil {
		return k
	}
	seen := download.Seen{MediaType: download.MediaTypeOf(a)}
	if seen.MediaType == "" {
		var err error
		if seen, err = download.Look(ctx, s.client, a); err != nil || seen.MediaType == "" {
			return k
		}
	}
	k.of["filename"] = mediatype.FileName(seen.Name, seen.MediaType, "file")
	return k
}
