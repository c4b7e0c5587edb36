package viber

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	messagev1 "github.com/bonychat/puente/proto/gen/puente/message/v1"

	"github.com/bonychat/puente/pkg/mediatype"
	"github.com/bonychat/puente/pkg/provider/content"
	"github.com/bonychat/puente/pkg/provider/download"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
)

// The largest of each, in bytes: https://developers.viber.com/docs/api/rest-bot-api/#video-message and #file-message.
const (
	maxVideo = 26 << 20
	maxFile  = 50 << 20
)

// attachment sends a file by its address, which Viber's apps fetch: it has to end as that kind of file does. What Viber
// would not take, what does not tell how large it is, and words with what is no picture go as a text with a link.
func (s *sender) attachment(ctx context.Context, a *messagev1.Attachment) (params, error) {
	if a.GetUrl() == "" {
		return nil, outcome.Reject(noFileAddress, errors.New("attachment without an address"))
	}
	ending := strings.ToLower(path.Ext(pathOf(a.GetUrl())))
	if a.GetKind() == image && (ending == ".jpg" || ending == ".jpeg" || ending == ".png") { // a GIF would stand still
		return params{"type": "picture", "text": a.GetCaption(), "media": a.GetUrl()}, nil
	}
	size := s.size(ctx, a)
	switch {
	case size == 0 || size > maxFile || ending == "" || a.GetCaption() != "":
		return params{"type": "text", "text": content.JoinNonEmpty("\n", a.GetCaption(), a.GetUrl())}, nil
	case a.GetKind() == video && ending == ".mp4" && size <= maxVideo:
		return params{"type": "video", "media": a.GetUrl(), "size": size}, nil
	default:
		return params{"type": "file", "media": a.GetUrl(), "size": size, "file_name": fileName(a, ending)}, nil
	}
}

// size is an attachment's, as it was told or as its address tells; 0 where it does not, and where what is there is a web
// page in place of the file.
func (s *sender) size(ctx context.Context, a *messagev1.Attachment) int64 {
	if a.GetSize() > 0 {
		return a.GetSize()
	}
	stream, err := s.client.Open(ctx, httpclient.Request{Method: http.MethodHead, URL: a.GetUrl(), Guarded: true})
	if err != nil {
		return 0 // the link still says where it is
	}
	defer stream.Body.Close()
	switch stream.Status {
	case http.StatusMethodNotAllowed, http.StatusNotImplemented, http.StatusBadRequest, http.StatusForbidden:
		// many servers refuse HEAD, and so does an address that is signed for GET
		seen, err := download.Look(ctx, s.client, a)
		if err != nil {
			return 0
		}
		return max(0, seen.Size)
	}
	size, err := strconv.ParseInt(stream.Header.Get("Content-Length"), 10, 64)
	if err != nil || stream.Status != http.StatusOK || mediatype.IsPage(download.MediaTypeOf(a), stream.Header.Get("Content-Type"), nil) {
		return 0
	}
	return size
}

// fileName is a name with the ending that the file has, of at most 256 characters.
func fileName(a *messagev1.Attachment, ending string) string {
	name := a.GetFileName()
	if name == "" {
		name = path.Base(pathOf(a.GetUrl()))
	}
	if path.Ext(name) == "" {
		name += ending
	}
	if runes := []rune(name); len(runes) > 256 {
		name = string(runes[len(runes)-256:]) // the ending is its last part
	}
	return name
}

func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Path
}
