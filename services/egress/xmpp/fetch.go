package xmpp

import (
	"context"
	"net/http"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
)

// transferTimeout bounds one file's way.
const transferTimeout = 2 * time.Minute

// Fetch implements [provider.Fetcher]. The contact wrote the address, so it reaches nothing inside.
func (s *sender) Fetch(ctx context.Context, a *messagev1.Attachment) (*provider.File, error) {
	stream, err := s.client.Open(ctx, httpclient.Request{
		URL: a.GetHandle(), Guarded: true, Timeout: transferTimeout, Idempotent: true, NoAnswer: fileGone,
	})
	if err != nil {
		return nil, err
	}
	if stream.Status == http.StatusOK {
		file := &provider.File{Body: stream.Body, MediaType: a.GetMediaType(), ContentType: stream.Header.Get("Content-Type"), Name: a.GetFileName()}
		if file.Name == "" {
			file.Name = stream.FileName()
		}
		if file.MediaType == "" {
			file.MediaType = file.ContentType
		}
		return file, nil
	}
	_ = stream.Body.Close()
	return nil, stream.NoFile(fileGone)
}
