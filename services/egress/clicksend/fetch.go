package clicksend

import (
	"context"
	"fmt"
	"net/http"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// fetchTimeout bounds a download.
const fetchTimeout = time.Minute

// Fetch implements [provider.Fetcher]. The address came from outside, and ClickSend's credentials are not for it.
func (s *sender) Fetch(ctx context.Context, a *messagev1.Attachment) (*provider.File, error) {
	stream, err := s.client.Open(ctx, httpclient.Request{URL: a.GetHandle(), Guarded: true, Told: true, Timeout: fetchTimeout})
	if err != nil {
		if f := outcome.Classify(err); f.Class == result.Rejected {
			return nil, err
		}
		return nil, outcome.Temporary(cannotFetch, err)
	}
	if stream.Status == http.StatusOK {
		return &provider.File{Body: stream.Body, MediaType: stream.Header.Get("Content-Type"), Name: a.GetFileName()}, nil
	}
	_ = stream.Body.Close()
	cause := fmt.Errorf("download: status %d", stream.Status)
	switch stream.Status {
	case http.StatusForbidden, http.StatusNotFound, http.StatusGone: // an address that is over is answered 403 by S3
		return nil, outcome.Reject(fileGone, cause)
	case http.StatusTooManyRequests:
		return nil, stream.Err() // whose limit it is, nobody knows: it may be another host's
	default:
		return nil, stream.NoFile(notHandedOut)
	}
}
