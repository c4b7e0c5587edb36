package ingress

import (
	"fmt"

	"github.com/bonychat/puente/pkg/customchannel"
	"github.com/bonychat/puente/pkg/mediatype"
	"github.com/bonychat/puente/pkg/weburl"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

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
