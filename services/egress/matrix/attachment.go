package matrix

import (
	"context"

	"github.com/bonychat/puente/pkg/provider/download"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"
)

// attachment uploads a file and is the content of the event that shows it. A file that is uploaded again by another try
// is another one, which nobody sees.
func (s *sender) attachment(ctx context.Context, a *messagev1.Attachment) (params, error) {
	src, err := download.Open(ctx, s.client, a, maxUpload, tooLarge, transferTimeout)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	uri, err := s.upload(ctx, src)
	if err != nil {
		return nil, err
	}
	body := a.GetCaption()
	if body == "" {
		body = src.Name
	}
	info := params{"mimetype": src.MediaType, "size": src.Length()}
	// https://spec.matrix.org/latest/client-server-api/#media-captions
	return params{"msgtype": msgtypes[a.GetKind()], "body": body, "filename": src.Name, "url": uri, "info": info}, nil
}

var msgtypes = map[messagev1.AttachmentKind]string{image: "m.image", video: "m.video", audio: "m.audio", other: "m.file"}
