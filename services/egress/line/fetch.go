package line

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/mediatype"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// transcoding is how long is waited for a film or a recording that LINE is still preparing.
const transcoding = 2 * time.Second

// Fetch implements [provider.Fetcher]. LINE keeps a file for a while that it does not tell.
// https://developers.line.biz/en/reference/messaging-api/#get-content
func (s *sender) Fetch(ctx context.Context, a *messagev1.Attachment) (*provider.File, error) {
	stream, err := s.client.Open(ctx, httpclient.Request{
		URL:    s.data + "/v2/bot/message/" + url.PathEscape(a.GetHandle()) + "/content",
		Header: s.authorization(), Timeout: time.Minute,
	})
	if err != nil {
		return nil, outcome.Temporary(noAnswer, err)
	}
	if stream.Status == http.StatusOK {
		return &provider.File{Body: stream.Body, MediaType: mediatype.Base(stream.Header.Get("Content-Type")), Name: a.GetFileName()}, nil
	}
	_ = stream.Body.Close()
	cause := fmt.Errorf("content: status %d", stream.Status)
	switch stream.Status {
	case http.StatusAccepted:
		return nil, outcome.WaitBecause(transcoding, outcome.Contact, filePrepared.With("after", transcoding), cause)
	case http.StatusUnauthorized:
		return nil, outcome.Suspend(tokenRefused, cause)
	case http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusGone:
		return nil, outcome.Reject(fileGone, cause)
	case http.StatusTooManyRequests:
		return nil, overRate(stream.Header, cause)
	default:
		return nil, stream.NoFile(notHandedOut)
	}
}
