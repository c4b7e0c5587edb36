package twilio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// transferTimeout bounds a download. WhatsApp's files have up to 16 MB.
const transferTimeout = 50 * time.Second

// mediaPath is that of a Media resource: https://www.twilio.com/docs/messaging/api/media-resource
var mediaPath = regexp.MustCompile(`^/2010-04-01/Accounts/[0-9A-Za-z]+/Messages/[0-9A-Za-z]+/Media/[0-9A-Za-z]+$`)

// Fetch implements [provider.Fetcher]. A handle is the URL that Twilio told. A Media resource is asked for at the
// configured api address, with the account's credentials; where that redirects to, on another host, is guarded by the
// client and told none. Anything else is fetched as what it is: an address from outside, without credentials.
func (s *sender) Fetch(ctx context.Context, a *messagev1.Attachment) (*provider.File, error) {
	u, err := url.Parse(a.GetHandle())
	if err != nil || u.Host == "" {
		return nil, outcome.Reject(noFileAddress, errors.New("handle is no URL"))
	}
	r := httpclient.Request{URL: u.String(), Guarded: true, Told: true, Timeout: transferTimeout, Idempotent: true, NoAnswer: noAnswer}
	if mediaPath.MatchString(u.EscapedPath()) && u.RawQuery == "" {
		r = httpclient.Request{URL: s.api + u.EscapedPath(), Header: s.header(), Timeout: transferTimeout, Idempotent: true, NoAnswer: noAnswer}
	}
	stream, err := s.client.Open(ctx, r)
	if err != nil {
		return nil, err
	}
	if stream.Status == http.StatusOK {
		return &provider.File{
			Body: stream.Body, MediaType: stream.Header.Get("Content-Type"), Name: stream.FileName(),
		}, nil
	}
	_ = stream.Body.Close()
	cause := fmt.Errorf("download: status %d", stream.Status)
	switch stream.Status {
	case http.StatusUnauthorized:
		return nil, outcome.Suspend(suspended[20003], cause)
	case http.StatusGone:
		return nil, outcome.Reject(fileGone, cause)
	case http.StatusTooManyRequests:
		return nil, atOnce.wait(stream.Header, cause)
	default: // one that is not found too: it may not be there yet
		return nil, stream.NoFile(notHandedOut)
	}
}
