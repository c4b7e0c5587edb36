package teams

import (
	"context"
	"errors"
	"net/http"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// transferTimeout bounds one file's way.
const transferTimeout = 50 * time.Second

// Fetch implements [provider.Fetcher]. The handle is the file's address. A file's link opens by itself for some minutes; a picture of the
// text is had with the bot's token, which goes to Microsoft alone:
// https://learn.microsoft.com/en-us/microsoftteams/platform/bots/how-to/bots-filesv4#fetch-inline-images-from-message
func (s *sender) Fetch(ctx context.Context, a *messagev1.Attachment) (f *provider.File, err error) {
	if !s.account.trusted(a.GetHandle()) {
		return s.fetch(ctx, a, nil)
	}
	err = s.token.Use(ctx, func(access string) (err error) {
		f, err = s.fetch(ctx, a, http.Header{"Authorization": {"Bearer " + access}})
		return err
	})
	return f, err
}

func (s *sender) fetch(ctx context.Context, a *messagev1.Attachment, header http.Header) (*provider.File, error) {
	stream, err := s.client.Open(ctx, httpclient.Request{URL: a.GetHandle(), Header: header, Guarded: true, Told: true, Timeout: transferTimeout})
	if err != nil {
		if outcome.Classify(err).Class == result.Rejected {
			return nil, err
		}
		return nil, outcome.Temporary(noAnswer, err)
	}
	if stream.Status == http.StatusOK {
		return &provider.File{Body: stream.Body, MediaType: a.GetMediaType(), ContentType: stream.Header.Get("Content-Type"), Name: a.GetFileName()}, nil
	}
	_ = stream.Body.Close()
	if stream.Status == http.StatusUnauthorized && header != nil {
		return nil, outcome.Suspend(tokenRefused, errors.New("download: status 401"))
	}
	return nil, stream.NoFile(fileGone)
}
