package line

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/bonychat/puente/pkg/provider"
)

const (
	// headSize is how much of a file is looked at, each time.
	headSize = 64 << 10
	// lookTimeout bounds each look.
	lookTimeout = 10 * time.Second
	// fetchFor is how long a file is tried whose address belongs to the platform.
	fetchFor    = 15 * time.Minute
	cannotFetch = "the file cannot be fetched from its address"
)

// remote is a file that the platform named.
type remote struct {
	client *provider.Client
	url    string
	// seen says that something of it was read; then size is its size in bytes, -1 where nobody tells, and mediaType what
	// it is served as.
	seen      bool
	size      int64
	mediaType string
}

// errNoRanges is a server that hands a file out from its beginning only.
var errNoRanges = errors.New("the server hands out no ranges")

// read is at most n bytes from an offset. Nothing was sent to LINE yet, so no failure is uncertain.
func (f *remote) read(ctx context.Context, offset int64, n int) ([]byte, error) {
	stream, err := f.client.Open(ctx, provider.Request{
		URL: f.url, Guarded: true, Timeout: lookTimeout,
		Header: http.Header{"Range": {fmt.Sprintf("bytes=%d-%d", offset, offset+int64(n)-1)}},
	})
	if err != nil {
		if provider.Classify(err).Class == provider.Rejected {
			return nil, err
		}
		return nil, provider.TemporaryFor(fetchFor, cannotFetch, err)
	}
	defer stream.Body.Close()
	size := int64(-1)
	switch {
	case stream.Status == http.StatusPartialContent:
		size = total(stream.Header.Get("Content-Range"))
	case stream.Status == http.StatusOK && offset > 0:
		return nil, provider.TemporaryFor(fetchFor, cannotFetch, errNoRanges)
	case stream.Status == http.StatusOK:
		if length, err := strconv.ParseInt(stream.Header.Get("Content-Length"), 10, 64); err == nil {
			size = length
		}
	case stream.Status >= 500 || stream.Status == http.StatusTooManyRequests || stream.Status < 400:
		return nil, provider.TemporaryFor(fetchFor, cannotFetch, fmt.Errorf("status %d", stream.Status))
	default:
		return nil, provider.Reject(fmt.Sprintf("%s (%d)", cannotFetch, stream.Status), fmt.Errorf("status %d", stream.Status))
	}
	data, err := io.ReadAll(io.LimitReader(stream.Body, int64(n)))
	if err != nil {
		return nil, provider.TemporaryFor(fetchFor, cannotFetch, errors.New("the file broke off"))
	}
	f.seen, f.size, f.mediaType = true, size, stream.Header.Get("Content-Type")
	return data, nil
}

// total is the size in "bytes 0-65535/1234567", -1 where it is not told.
func total(contentRange string) int64 {
	_, digits, _ := strings.Cut(contentRange, "/")
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil && n >= 0 {
		return n
	}
	return -1
}

// sniff is what a file's first bytes show it to be, "" where they show nothing of interest.
func sniff(head []byte) string {
	at := func(offset int, what string) bool {
		return len(head) >= offset+len(what) && string(head[offset:offset+len(what)]) == what
	}
	switch {
	case at(0, "\xff\xd8\xff"):
		return "image/jpeg"
	case at(0, "\x89PNG\r\n\x1a\n"):
		return "image/png"
	case at(0, "GIF8"):
		return "image/gif"
	case at(0, "RIFF") && at(8, "WEBP"):
		return "image/webp"
	case at(0, "RIFF") && at(8, "WAVE"):
		return "audio/wav"
	case at(0, "OggS"):
		return "audio/ogg"
	case at(0, "\x1aE\xdf\xa3"):
		return "video/webm"
	case at(4, "ftypqt"):
		return "video/quicktime"
	case at(4, "ftyphei"), at(4, "ftypmif1"), at(4, "ftypavif"):
		return "image/heic"
	case at(4, "ftyp3gp"):
		return "video/3gpp"
	case at(4, "ftyp"):
		return "video/mp4"
	case at(0, "ID3"):
		return "audio/mpeg"
	}
	if _, ok := frameAt(head); ok {
		return "audio/mpeg"
	}
	return ""
}
