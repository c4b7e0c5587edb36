package discord

import (
	"context"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// transferTimeout bounds one file's way.
const transferTimeout = 2 * time.Minute

// Fetch implements [provider.Fetcher]. The handle is the file's address, which is signed and ends after a while:
// https://docs.discord.com/developers/reference#signed-attachment-cdn-urls
func (s *sender) Fetch(ctx context.Context, a *messagev1.Attachment) (*provider.File, error) {
	stream, err := s.client.Open(ctx, httpclient.Request{URL: a.GetHandle(), Guarded: true, Told: true, Timeout: transferTimeout})
	if err != nil {
		if outcome.Classify(err).Class == result.Rejected {
			return nil, err
		}
		return nil, outcome.Temporary(noAnswer, err)
	}
	if stream.Status == 200 {
		return &provider.File{Body: stream.Body, MediaType: a.GetMediaType(), ContentType: stream.Header.Get("Content-Type"), Name: a.GetFileName()}, nil
	}
	_ = stream.Body.Close()
	return nil, stream.NoFile(fileGone)
}
