package clicksend

import (
	"net/url"
	"path"
	"regexp"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/mediatype"
	"github.com/bonychat/puente/pkg/provider/content"
)

// links are what may be an address in a text.
var links = regexp.MustCompile(`https?://[^\s"<>]+`)

// media takes the files out of a message. An MMS comes by the rules of SMS, its files as addresses that are good for a
// week: https://help.clicksend.com/article/wgpb6ftkpx-how-does-inbound-mms-work. Where they stand is not documented: it
// may be the field that ClickSend's MMS have elsewhere (https://developers.clicksend.com/docs/messaging/mms), and what
// in the body is at ClickSend's own stores of files. Other addresses are what the contact wrote.
func (f fields) media() (files []string, words string) {
	words = f.first("body", "message")
	if u := f.first("_media_file_url", "media_file"); links.FindString(u) == u && u != "" {
		files = append(files, u)
		words = strings.ReplaceAll(words, u, "")
	}
	words = links.ReplaceAllStringFunc(words, func(u string) string {
		if !stored(u) {
			return u
		}
		files = append(files, u)
		return ""
	})
	return files, strings.TrimSpace(words)
}

// store is a bucket of ClickSend's: clicksend-api-downloads.s3.ap-southeast-2.amazonaws.com
var store = regexp.MustCompile(`^clicksend-[a-z0-9-]+\.s3[a-z0-9.-]*\.amazonaws\.com$`)

// stored says whether an address is a file that ClickSend keeps.
func stored(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return store.MatchString(host) || host == "rest.clicksend.com" && strings.HasPrefix(u.Path, "/files/")
}

// kinds are what a file is shown as, by the family of its type.
var kinds = map[string]messagev1.AttachmentKind{"image": image, "video": video, "audio": audio}

const (
	image = messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE
	video = messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO
	audio = messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO
	other = messagev1.AttachmentKind_ATTACHMENT_KIND_FILE
)

// attachment is a file to be fetched while its address is good.
func attachment(address, caption string) *messagev1.Content {
	a := &messagev1.Attachment{Kind: other, Handle: address, Caption: caption}
	if u, err := url.Parse(address); err == nil {
		if kind, ok := kinds[mediatype.Family(mediatype.OfName(u.Path))]; ok {
			a.Kind, a.FileName = kind, mediatype.CleanName(path.Base(u.Path))
		}
	}
	return content.Attachment(a)
}
