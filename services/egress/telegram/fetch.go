package telegram

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"strings"
	"time"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// maxFetch is what bots can download: https://core.telegram.org/bots/api#getfile
const maxFetch = 20 << 20

// noPathFor is how long Telegram is asked again for a path that it did not tell.
const noPathFor = 10 * time.Second

// Fetch implements [provider.Fetcher]. The file's URL holds the token, so it never leaves this function.
func (s *sender) Fetch(ctx context.Context, a *messagev1.Attachment) (*provider.File, error) {
	if a.GetSize() > maxFetch {
		return nil, outcome.Reject(tooLargeToFetch, errors.New("file over 20 MB"))
	}
	var f struct {
		Path string `json:"file_path"`
	}
	err := s.ask(ctx, "getFile", params{"file_id": a.GetHandle()}, &f)
	if r, ok := errors.AsType[*refusal](err); ok && outcome.Classify(err).Class == result.Rejected {
		switch r.what {
		case "too big":
			return nil, outcome.Reject(tooLargeToFetch, r)
		case temporarilyUnavailable:
			return nil, outcome.Temporary(notHandedOutNow, r)
		default:
			return nil, outcome.Reject(fileGone, r)
		}
	}
	if err != nil {
		return nil, err
	}
	switch {
	case path.IsAbs(f.Path): // https://github.com/tdlib/telegram-bot-api#usage, --local
		return nil, outcome.Reject(localServer,
			errors.New("getFile: an absolute file_path"))
	case f.Path == "", path.Clean("/"+f.Path) != "/"+f.Path:
		return nil, outcome.TemporaryFor(noPathFor, notHandedOut, errors.New("getFile: no usable file_path"))
	}
	return s.open(ctx, f.Path, a)
}

func (s *sender) open(ctx context.Context, filePath string, a *messagev1.Attachment) (*provider.File, error) {
	segments := strings.Split(filePath, "/")
	for i := range segments {
		segments[i] = url.PathEscape(segments[i])
	}
	stream, err := s.client.Open(ctx, httpclient.Request{
		URL:     s.api + "/file/bot" + url.PathEscape(s.token.Reveal()) + "/" + strings.Join(segments, "/"),
		Timeout: transferTimeout,
	})
	if err != nil {
		return nil, outcome.Temporary(noAnswer, err)
	}
	if stream.Status == 200 {
		return &provider.File{Body: stream.Body, MediaType: a.GetMediaType(), ContentType: stream.Header.Get("Content-Type"), Name: a.GetFileName()}, nil
	}
	_ = stream.Body.Close()
	cause := fmt.Errorf("download: status %d", stream.Status)
	switch {
	case stream.Status == 401:
		return nil, outcome.Suspend(tokenRefused, cause)
	case stream.Status == 413:
		return nil, outcome.Reject(tooLargeToFetch, cause)
	case stream.Status == 429:
		return nil, stream.Err()
	default: // a link that expired too: the next try asks for a new one
		return nil, stream.NoFile(notHandedOutNow)
	}
}
