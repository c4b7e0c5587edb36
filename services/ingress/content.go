package ingress

import (
	"encoding/hex"
	"fmt"

	"github.com/google/uuid"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/mediatype"
	"github.com/bonychat/puente/pkg/weburl"
	"github.com/bonychat/puente/services/ingress/channels"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// canonical is the message with a new id.
func canonical(c *channels.Channel, s *customchannel.Send) (*messagev1.Message, error) {
	content, err := content(&s.Message)
	if err != nil {
		return nil, err
	}
	id := uuid.Must(uuid.NewV7())
	return &messagev1.Message{
		Id: hex.EncodeToString(id[:]), Network: c.Network, Channel: c.ID, Contact: &messagev1.Contact{Address: s.ContactID},
		Direction: messagev1.Direction_DIRECTION_OUTBOUND, AcceptedAt: timestamppb.Now(), Content: content,
	}, nil
}

func content(m *customchannel.Message) (*messagev1.Content, error) {
	switch m.Type {
	case customchannel.TypeText:
		return &messagev1.Content{Kind: &messagev1.Content_Text{Text: &messagev1.Text{Body: m.Text}}}, nil
	case customchannel.TypeAttachment:
		a := m.Attachment
		kind, ok := kinds[a.Type]
		if !ok {
			return nil, fmt.Errorf("unknown attachment %q", a.Type)
		}
		return attachment(kind, a)
	case customchannel.TypeLocation:
		return &messagev1.Content{Kind: &messagev1.Content_Location{Location: &messagev1.Location{
			Latitude: *m.Latitude, Longitude: *m.Longitude, Address: m.Address,
		}}}, nil
	case customchannel.TypeQuickReply:
		return &messagev1.Content{Kind: &messagev1.Content_QuickReply{QuickReply: &messagev1.QuickReply{Title: m.Title, Replies: m.Replies}}}, nil
	default:
		return nil, fmt.Errorf("unknown message type %q", m.Type)
	}
}

var kinds = map[customchannel.AttachmentType]messagev1.AttachmentKind{
	customchannel.AttachmentImage: messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE,
	customchannel.AttachmentVideo: messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO,
	customchannel.AttachmentAudio: messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO,
	customchannel.AttachmentFile:  messagev1.AttachmentKind_ATTACHMENT_KIND_FILE,
}

// attachment is a file as it can be handed on: its address as every reader understands it, its type by the name that
// networks know, its name as a file's. Nothing after this needs to escape them again.
func attachment(kind messagev1.AttachmentKind, a *customchannel.Attachment) (*messagev1.Content, error) {
	address, err := weburl.Normal(a.URL)
	if err != nil { // the contract has no such address
		return nil, fmt.Errorf("address of the attachment: %w", err)
	}
	return &messagev1.Content{Kind: &messagev1.Content_Attachment{Attachment: &messagev1.Attachment{
		Kind: kind, Url: address, MediaType: mediatype.Normal(a.MIMEType), FileName: mediatype.CleanName(a.FileName), Caption: a.Description,
	}}}, nil
}
