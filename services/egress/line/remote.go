package line

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/bonychat/puente/pkg/delivery/result"
	"github.com/bonychat/puente/pkg/provider/download"
	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

const (
	// headSize is how much of a file is looked at, each time.
	headSize = 64 << 10
	// lookTimeout bounds each look.
	lookTimeout = 10 * time.Second
)

// remote is a file that the platform named.
type remote struct {
	client *httpclient.Client
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
	stream, err := f.client.Open(ctx, httpclient.Request{
		URL: f.url, Guarded: true, Timeout: lookTimeout,
		Header: http.Header{"Range": {fmt.Sprintf("bytes=%d-%d", offset, offset+int64(n)-1)}},
	})
	if err != nil {
		if outcome.Classify(err).Class == result.Rejected {
			return nil, err
		}
		return nil, download.Failed(err)
	}
	defer stream.Body.Close()
	size := int64(-1)
	switch {
	case stream.Status == http.StatusPartialContent:
		size = stream.Total()
	case stream.Status == http.StatusOK && offset > 0:
		return nil, download.Failed(errNoRanges)
	case stream.Status == http.StatusOK:
		if length, err := strconv.ParseInt(stream.Header.Get("Content-Length"), 10, 64); err == nil {
			size = length
		}
	case stream.Status >= 500 || stream.Status == http.StatusTooManyRequests || stream.Status < 400:
		return nil, download.Failed(fmt.Errorf("status %d", stream.Status))
	default:
		return nil, outcome.Reject(reason.NoFileAtAddress.With("status", stream.Status), fmt.Errorf("status %d", stream.Status))
	}
	data, err := io.ReadAll(io.LimitReader(stream.Body, int64(n)))
	if err != nil {
		return nil, download.Failed(errors.New("the file broke off"))
	}
	f.seen, f.size, f.mediaType = true, size, stream.Header.Get("Content-Type")
	return data, nil
}
