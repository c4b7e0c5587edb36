package teams

import (
	"encoding/json"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/mediatype"
	"github.com/bonychat/puente/pkg/provider/content"
)

// read is what an attachment says: a file that is to be fetched, or words for one that cannot be.
func (a attachment) read() *messagev1.Content {
	address, media := a.URL, mediatype.Base(a.Type)
	if a.Type == typeFile {
		var f file
		if json.Unmarshal(a.Content, &f) != nil || f.DownloadURL == "" {
			return content.Text(content.Note("file that cannot be had", a.Name))
		}
		address, media = f.DownloadURL, mediatype.OfName(a.Name)
		if media == "" && f.Type != "" {
			media = mediatype.OfName("file." + f.Type)
		}
	}
	kind, known := kinds[mediatype.Family(a.Type)]
	if a.Type == typeFile {
		if kind, known = kinds[mediatype.Family(media)]; !known {
			kind = messagev1.AttachmentKind_ATTACHMENT_KIND_FILE
		}
	} else if !known || address == "" {
		return content.Text(content.Note("attachment that cannot be shown", a.Name))
	}
	if strings.HasSuffix(media, "*") { // a picture, of whatever kind
		media = ""
	}
	return content.Attachment(&messagev1.Attachment{Kind: kind, Handle: address, FileName: a.Name, MediaType: media})
}

var kinds = map[string]messagev1.AttachmentKind{
	"image": messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE,
	"video": messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO,
	"audio": messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO,
}
