// Package attachment has the words for what an attachment is, for people and for file names. It is the business of those who fetch
// and send files: pkg/provider/runtime and pkg/provider/download.
package attachment

import (
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// Kind is the word for what an attachment is shown as: "image", "video", "audio" or "file"; "unspecified" for none.
func Kind(k messagev1.AttachmentKind) string {
	return strings.ToLower(strings.TrimPrefix(k.String(), "ATTACHMENT_KIND_"))
}
