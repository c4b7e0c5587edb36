package matrix

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/url"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider/download"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

const (
	// maxUpload bounds what is tried at all; what a homeserver takes is its own choice: Dendrite 10 MB, Synapse 50 MB
	// unless they are told otherwise.
	maxUpload = 100 << 20
	// maxUntold bounds a file whose address does not tell its size: it is held in memory, since Synapse wants to know the
	// size beforehand (rest/media/upload_resource.py).
	maxUntold = 10 << 20
	// transferTimeout bounds a download and an upload of up to maxUpload, which run at the same time.
	transferTimeout = 2 * time.Minute
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

var msgtypes = map[messagev1.AttachmentKind]string{
	messagev1.AttachmentKind_ATTACHMENT_KIND_IMAGE: "m.image", messagev1.AttachmentKind_ATTACHMENT_KIND_VIDEO: "m.video",
	messagev1.AttachmentKind_ATTACHMENT_KIND_AUDIO: "m.audio", messagev1.AttachmentKind_ATTACHMENT_KIND_FILE: "m.file",
}

// upload streams a file from where it is to the homeserver and returns its mxc:// address.
// https://spec.matrix.org/latest/client-server-api/#post_matrixmediav3upload
func (s *sender) upload(ctx context.Context, src *download.File) (string, error) {
	body, length, err := sized(src)
	if err != nil {
		return "", err
	}
	resp, err := s.client.Do(ctx, httpclient.Request{
		Method: "POST", Header: s.header(), Body: body, Length: length, ContentType: src.MediaType, Timeout: transferTimeout,
		Idempotent: true, NoAnswer: noAnswer,
		URL: s.address(call{prefix: "/_matrix/media/v3", path: []string{"upload"}, query: url.Values{"filename": {src.Name}}}),
	})
	if broken := src.Failed(); broken != nil { // the request broke off with its source
		return "", broken
	}
	if err != nil {
		return "", err
	}
	var uploaded struct {
		URI string `json:"content_uri"`
	}
	err = understand("upload", resp, &uploaded)
	if err == nil && uploaded.URI == "" {
		err = outcome.Temporary(noAnswer, errors.New("upload: an answer without an address"))
	}
	return uploaded.URI, err
}

// sized is the file with its length.
func sized(src *download.File) (io.Reader, int64, error) {
	if src.Size > 0 {
		return src, src.Size, nil
	}
	data, err := io.ReadAll(io.LimitReader(src, maxUntold+1))
	switch {
	case err != nil:
		return nil, 0, err
	case len(data) > maxUntold:
		return nil, 0, outcome.Reject(untold, errors.New("file of unknown size over 10 MB"))
	case len(data) == 0:
		return nil, 0, outcome.Reject(fileEmpty, errors.New("empty file"))
	}
	return bytes.NewReader(data), int64(len(data)), nil
}
