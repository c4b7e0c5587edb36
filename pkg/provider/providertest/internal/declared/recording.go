package declared

import (
	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider/providertest/conversation"
)

// recording is a message that a conversation sends and the network takes.
type recording struct {
	*conversation.Conversation
	act     *conversation.Act
	message *messagev1.Message
}

// recorded is the first recording of a kind, nil for none.
func (t Trial) recorded(kind string) *recording {
	for _, c := range t.Conversations {
		for _, a := range c.Acts {
			if m, err := a.Message(); err == nil && a.Succeeds() && len(a.Answers) > 0 && kindOf(m.GetContent()) == kind {
				return &recording{c, a, m}
			}
		}
	}
	return nil
}

var attachments = map[messagev1.AttachmentKind]string{
	messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE: "image", messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO: "video",
	messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO: "audio", messagev1.AttachmentKind_ATTACHMENT_KIND_FILE: "file",
}

func kindOf(c *messagev1.Content) string {
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
